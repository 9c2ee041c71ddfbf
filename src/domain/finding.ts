/** Findings: what is odd about what was observed, recorded with it and shown, and in nobody's way. */
import { isDeepStrictEqual } from "node:util";
import Type from "typebox";
import { Name } from "./values.ts";

/** What kind of oddity, for programs. Stable: tests hold each one. */
export const FindingCode = Type.Enum([
  "shared_evidence",
  "changed_evidence",
  "name_only",
  "shared_hostname",
  "shared_mac_address",
  "shared_address",
  "shared_position",
  "network_conflict",
  "gateway_outside",
  "unknown_interface",
  "interface_in_use",
  "not_there",
  "redacted",
  "duplicate",
]);

/** Something odd that was seen and does not stand in the way; for people to look into. */
export const Finding = Type.Object({
  code: FindingCode,
  /** Where in the command's data, as a path. */
  field: Type.String(),
  message: Name,
}, { additionalProperties: false });
/** {@linkcode Finding} as a type. */
export type Finding = Type.Static<typeof Finding>;

/** The findings that are kept in the state of an aggregate until they are settled. */
export const Findings = Type.Optional(Type.Array(Finding));

/** They tell of a change, which is seen once: the others are seen again as long as they are true. */
const OF_A_CHANGE: ReadonlySet<string> = new Set(["changed_evidence", "network_conflict"]);
/** They are about the command, and not about what it is about. */
const OF_THE_COMMAND: ReadonlySet<string> = new Set([
  "name_only",
  "not_there",
  "redacted",
  "duplicate",
]);
/** More than so many of one aggregate, or in one answer, tell nothing new; the first are kept. */
export const MOST_FINDINGS = 20;
/** How long a message may be: what is said in it of others is cut. */
const MOST_CHARACTERS = 1_000;

/** A finding, whose message is cut where what it tells of is long. */
export function finding(code: Finding["code"], field: string, message: string): Finding {
  return { code, field, message: message.slice(0, MOST_CHARACTERS).toWellFormed() };
}

/**
 * The findings that are open after a command, as a part of the aggregate's state: those that it brings, and those of
 * earlier changes, which stay until somebody declares how it is.
 *
 * @returns nothing where there are none, so that a state without findings has no such field
 */
export function openFindings(
  known: readonly Finding[] | undefined,
  now: readonly Finding[],
  source: "observed" | "declared",
): { findings?: Finding[] } {
  const isOfChange = ({ code }: Finding) => OF_A_CHANGE.has(code);
  const findings: Finding[] = [];
  // Those of changes first, so that the order does not depend on when each was seen.
  const changes = source === "declared" ? [] : [...known ?? [], ...now].filter(isOfChange);
  for (const one of changes) add(findings, one);
  // Not all are compared with all: one command can bring thousands.
  for (const one of now) {
    if (!isOfChange(one) && !OF_THE_COMMAND.has(one.code)) add(findings, one);
  }
  return findings.length > 0 ? { findings } : {};
}

function add(findings: Finding[], one: Finding): void {
  if (findings.length === MOST_FINDINGS) return;
  if (!findings.some((other) => isDeepStrictEqual(other, one))) findings.push(one);
}
