/** Which types go together. */
import type { CelType } from "@bufbuild/cel";
import type { RuleType, Scalar } from "./types.ts";

/** A type that has no parts. */
export const scalar = (kind: Scalar): RuleType => ({ kind });
const DYN = scalar("dyn");
const NUMBERS = new Set<string>(["int", "uint", "double"]);

/** Whether a value may stand where a type is asked for. */
export function fits(found: RuleType, wanted: RuleType): boolean {
  if (isOpen(found) || isOpen(wanted)) return true;
  if (found.kind === "list" && wanted.kind === "list") return fits(found.of, wanted.of);
  return found.kind === wanted.kind;
}

function isOpen({ kind }: RuleType): boolean {
  return kind === "dyn" || kind === "none";
}

/** Whether two values can be equal. */
export function comparable(one: RuleType, other: RuleType): boolean {
  if (one.kind === "null" || other.kind === "null") return true;
  if (NUMBERS.has(one.kind) && NUMBERS.has(other.kind)) return true;
  if (one.kind === "list" && other.kind === "list") return comparable(one.of, other.of);
  if (one.kind === "record" || other.kind === "record") return one.kind === other.kind;
  return fits(one, other);
}

/** Whether a value may be given to a function of CEL that asks for a type. */
export function fitsCel(found: RuleType, wanted: CelType): boolean {
  if (isOpen(found) || wanted.kind === "scalar" && wanted.scalar === "dyn") return true;
  switch (wanted.kind) {
    case "list":
      return found.kind === "list";
    case "map":
      return found.kind === "map" || found.kind === "record";
    default:
      return found.kind === ruleType(wanted).kind;
  }
}

/** A type of CEL as one of ours. */
export function ruleType(type: CelType): RuleType {
  switch (type.kind) {
    case "scalar":
      return scalar(
        type.scalar === "null_type" ? "null" : type.scalar === "type" ? "dyn" : type.scalar,
      );
    case "list":
      return { kind: "list", of: ruleType(type.element) };
    case "map":
      return { kind: "map", of: ruleType(type.value) };
    default:
      return scalar(type.name === "google.protobuf.Duration" ? "duration" : "timestamp");
  }
}

/** The type of what may be of one type or of the other. */
export function joined(one: RuleType, other: RuleType): RuleType {
  if (one.kind === "none") return other;
  if (other.kind === "none" || one === other) return one;
  if (one.kind === "list" && other.kind === "list") {
    return { kind: "list", of: joined(one.of, other.of) };
  }
  if (one.kind === "map" && other.kind === "map") {
    return { kind: "map", of: joined(one.of, other.of) };
  }
  return one.kind === other.kind && one.kind !== "record" ? one : DYN;
}
