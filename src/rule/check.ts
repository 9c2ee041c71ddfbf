/** Checks the types of a rule, once, before it ever runs. CEL leaves that to whoever knows the variables. */
import { isCelError, plan } from "@bufbuild/cel";
import type { Constant, Expr, Expr_Comprehension } from "@bufbuild/cel-spec/cel/expr/syntax_pb.js";
import { ENVIRONMENT, metered, MOST_STEPS, patternFault } from "./functions.ts";
import type { RuleFault } from "./error.ts";
import { comparable, fits, fitsCel, joined, ruleType, scalar } from "./fit.ts";
import { METRICS, PARTS, type RuleType, type Scalar, typeText, VARIABLES } from "./types.ts";

const [BOOL, DYN, NONE] = [scalar("bool"), scalar("dyn"), scalar("none")];
const CONSTANTS: Record<string, Scalar> = {
  boolValue: "bool",
  bytesValue: "bytes",
  doubleValue: "double",
  int64Value: "int",
  nullValue: "null",
  stringValue: "string",
  uint64Value: "uint",
};

/** What is wrong where the constant given to a function is no time. */
const TIMES: Record<string, string> = {
  duration: "that is no duration: there are h, m, s and ms, as in 36h or 1h30m",
  timestamp: "that is no moment: say it like 2026-11-01T00:00:00Z",
};

/** So many loops may be in one another: with four of them, fifty elements are more than can be gone through. */
const MOST_LOOPS = 3;

/** Told of a fault; it throws. */
export type Blame = (id: bigint, fault: RuleFault, reason: string) => never;

/** A pass over a rule. */
export class RuleChecker {
  /**
   * The fields of `resource`, and variables, that it reads; `*` where it takes the whole resource, and
   * `measurements memory` where of the measurements only that one.
   */
  readonly reads: Set<string> = new Set();
  #scope: { name: string; type: RuleType }[] = [];

  /** @param blame is told what is wrong */
  constructor(private readonly blame: Blame) {}

  /** The type of an expression. */
  check(expr: Expr | undefined): RuleType {
    const kind = expr?.exprKind;
    switch (kind?.case) {
      case "constExpr":
        return scalar(CONSTANTS[(kind.value as Constant).constantKind.case ?? ""] ?? "dyn");
      case "identExpr":
        return this.#name(expr!, kind.value.name);
      case "selectExpr":
        return this.#field(expr!, kind.value.operand, kind.value.field, kind.value.testOnly);
      case "callExpr":
        return this.#call(expr!, kind.value.function, kind.value.target, kind.value.args);
      case "listExpr": {
        if (kind.value.optionalIndices.length > 0) this.#unsupported(expr!);
        const types = kind.value.elements.map((one) => this.check(one));
        return { kind: "list", of: types.reduce(joined, NONE) };
      }
      case "structExpr": {
        if (kind.value.messageName !== "") this.#unsupported(expr!);
        let of = NONE;
        for (const { keyKind, value, optionalEntry } of kind.value.entries) {
          if (optionalEntry || keyKind.case !== "mapKey") this.#unsupported(expr!);
          else this.#expect(keyKind.value, scalar("string"), "a map's key");
          of = joined(of, this.check(value));
        }
        return { kind: "map", of };
      }
      case "comprehensionExpr":
        return this.#comprehension(expr!, kind.value);
      default:
        return this.blame(expr?.id ?? 0n, "syntax", "there is an expression missing");
    }
  }

  /** Checks that an expression is of a type. */
  #expect(expr: Expr | undefined, type: RuleType, who: string): void {
    const found = this.check(expr);
    if (!fits(found, type)) {
      this.blame(expr!.id, "type", `${who} is ${typeText(type)}, not ${typeText(found)}`);
    }
  }

  #unsupported(expr: Expr): never {
    return this.blame(expr.id, "syntax", "messages and optional values are not known here");
  }

  #name(expr: Expr, name: string): RuleType {
    const local = this.#scope.findLast((one) => one.name === name);
    if (local) return local.type;
    const type = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
    if (!type) {
      return this.blame(
        expr.id,
        "unknown_name",
        `there is no ${name}; there are ${Object.keys(VARIABLES).join(", ")}`,
      );
    }
    this.reads.add(name === "resource" ? "*" : name);
    return type;
  }

  #field(expr: Expr, operand: Expr | undefined, field: string, isTest: boolean): RuleType {
    if (this.#isMetric(operand, field)) return isTest ? BOOL : scalar("double");
    const of = this.#operand(operand, field);
    if (of.kind === "map") return isTest ? BOOL : of.of;
    if (of.kind === "dyn") return isTest ? BOOL : DYN;
    if (of.kind !== "record") {
      return this.blame(expr.id, "type", `${typeText(of)} has no fields, and no ${field}`);
    }
    const type = Object.hasOwn(of.fields, field) ? of.fields[field] : undefined;
    if (!type) {
      const known = Object.keys(of.fields).join(", ");
      return this.blame(expr.id, "unknown_name", `${of.name} has no ${field}; it has ${known}`);
    }
    return isTest ? BOOL : type;
  }

  /** What a field is taken of; of the resource only that field is read. */
  #operand(operand: Expr | undefined, field: string): RuleType {
    if (!isName(operand, "resource") || this.#isLocal("resource")) return this.check(operand);
    this.reads.add(field);
    return VARIABLES.resource!;
  }

  #call(expr: Expr, name: string, target: Expr | undefined, args: Expr[]): RuleType {
    switch (name) {
      case "_&&_":
      case "_||_":
        for (const arg of args) this.#expect(arg, BOOL, `what ${shown(name)} is between`);
        return BOOL;
      case "_?_:_":
        this.#expect(args[0], BOOL, "what is before ?");
        return this.#either(args[1]!, args[2]!);
      case "_[_]":
        return this.#index(args[0]!, args[1]!);
      case "@not_strictly_false":
        this.check(args[0]);
        return BOOL;
    }
    if (name === "has") this.#noField(expr, args[0]);
    const types = [...target ? [target] : [], ...args].map((arg) => this.check(arg));
    if ((name === "_==_" || name === "_!=_") && !comparable(types[0]!, types[1]!)) {
      this.#mismatch(args[1] ?? expr, name, types);
    }
    if (name === "@in") {
      const [value, within] = types as [RuleType, RuleType];
      const of = within.kind === "list"
        ? within.of
        : scalar(within.kind === "dyn" ? "dyn" : "string");
      if (!comparable(value, of)) this.#mismatch(args[1] ?? expr, name, types);
    }
    if (name === "matches") this.#pattern(args.at(-1));
    if (Object.hasOwn(TIMES, name)) this.#time(expr, args[0], TIMES[name]!);
    if (name === "_+_" && types.every(({ kind }) => kind === "list")) {
      return types.reduce(joined);
    }
    const overloads = [...ENVIRONMENT.funcs.find(name) ?? []];
    if (overloads.length === 0) {
      this.blame(expr.id, "unknown_name", `there is no function ${shown(name)}`);
    }
    const found = overloads.find((one) => {
      const wanted = [...one.target ? [one.target] : [], ...one.arguments];
      return (one.target === undefined) === (target === undefined) &&
        wanted.length === types.length && wanted.every((type, at) => fitsCel(types[at]!, type));
    });
    return found ? ruleType(found.result) : this.#mismatch(args.at(-1) ?? expr, name, types);
  }

  /** `has` of a field never comes here: the parser has made a test of it. */
  #noField(expr: Expr, arg: Expr | undefined): never {
    const kind = arg?.exprKind;
    const name = kind?.case === "identExpr" ? kind.value.name : undefined;
    const isPart = name !== undefined && Object.hasOwn(PARTS, name);
    return this.blame(
      expr.id,
      "syntax",
      `has() takes a field, as in has(resource.${isPart ? name : "owner"})` +
        (name === undefined ? "" : `, and ${name} is none`),
    );
  }

  #either(one: Expr, other: Expr): RuleType {
    const types = [this.check(one), this.check(other)] as const;
    const isNull = types.some(({ kind }) => kind === "null");
    if (isNull || fits(...types)) return joined(...types);
    return this.blame(
      other.id,
      "type",
      `on both sides of : there is one type, not ${types.map(typeText).join(" and ")}`,
    );
  }

  #mismatch(at: Expr, name: string, types: RuleType[]): never {
    return this.blame(
      at.id,
      "type",
      `there is no ${shown(name)} for ${types.map(typeText).join(" and ")}`,
    );
  }

  #pattern(pattern: Expr | undefined): void {
    const kind = pattern?.exprKind;
    const value = kind?.case === "constExpr" ? kind.value.constantKind.value : undefined;
    const fault = typeof value === "string" ? patternFault(value) : undefined;
    if (fault) this.blame(pattern!.id, "pattern", fault);
  }

  /** A duration or moment that is written in the rule and is none, as `duration("1d")`. */
  #time(expr: Expr, text: Expr | undefined, should: string): void {
    if (text?.exprKind.case !== "constExpr") return;
    const { result } = metered(MOST_STEPS, () => plan(ENVIRONMENT, expr)());
    if (isCelError(result)) this.blame(text.id, "syntax", should);
  }

  /** Whether a certain measurement is read, and no other. */
  #isMetric(operand: Expr | undefined, key: string): boolean {
    const kind = operand?.exprKind;
    let part: string | undefined;
    if (kind?.case === "identExpr") part = kind.value.name;
    else if (kind?.case === "selectExpr" && isName(kind.value.operand, "resource")) {
      part = kind.value.field;
    }
    const root = kind?.case === "identExpr" ? part : "resource";
    if (part === undefined || !METRICS.has(part) || this.#isLocal(root!)) return false;
    this.reads.add(`${part} ${key}`);
    return true;
  }

  #isLocal(name: string): boolean {
    return this.#scope.some((one) => one.name === name);
  }

  #index(of: Expr, key: Expr): RuleType {
    const name = key.exprKind.case === "constExpr" ? key.exprKind.value.constantKind : undefined;
    if (name?.case === "stringValue") {
      if (this.#isMetric(of, name.value)) return scalar("double");
      const type = this.#operand(of, name.value);
      if (type.kind === "record") {
        const field = Object.hasOwn(type.fields, name.value) ? type.fields[name.value] : undefined;
        return field ??
          this.blame(key.id, "unknown_name", `${type.name} has no ${name.value}`);
      }
    }
    const type = this.check(of);
    if (type.kind === "dyn") {
      this.check(key);
      return DYN;
    }
    if (type.kind === "list") this.#expect(key, scalar("int"), "a place in a list");
    else if (type.kind === "map") this.#expect(key, scalar("string"), "a map's key");
    else return this.blame(of.id, "type", `nothing can be taken out of ${typeText(type)} by [ ]`);
    return type.of;
  }

  #comprehension(expr: Expr, of: Expr_Comprehension): RuleType {
    const range = this.check(of.iterRange);
    if (range.kind !== "list" && range.kind !== "map" && range.kind !== "dyn") {
      this.blame(of.iterRange!.id, "type", `${typeText(range)} is no list and no map to go over`);
    }
    const item = range.kind === "list" ? range.of : range.kind === "map" ? scalar("string") : DYN;
    const initial = this.check(of.accuInit);
    const outer = this.#scope;
    if (outer.length >= 2 * MOST_LOOPS) {
      this.blame(
        expr.id,
        "too_costly",
        `it is the ${MOST_LOOPS + 1}th loop in a loop; ${MOST_LOOPS} may be`,
      );
    }
    this.#scope = [
      ...outer,
      { name: of.accuVar, type: initial },
      { name: of.iterVar, type: item },
    ];
    this.check(of.loopCondition);
    const accumulated = joined(initial, this.check(of.loopStep));
    this.#scope = [...outer, { name: of.accuVar, type: accumulated }];
    const result = this.check(of.result);
    this.#scope = outer;
    return result;
  }
}

function isName(expr: Expr | undefined, name: string): boolean {
  return expr?.exprKind.case === "identExpr" && expr.exprKind.value.name === name;
}

/** `_>=_` as it is written. */
function shown(name: string): string {
  return name.replace(/^@/, "").replaceAll(
    "_",
    (at, place: number) => place === 0 || place === name.length - 1 ? "" : at,
  ) || name;
}
