/** A rule in CEL (https://cel.dev): parsed and checked once, then evaluated at a bounded cost. */
import {
  type CelResult,
  type CelValue,
  isCelError,
  isCelList,
  isCelMap,
  parse,
  plan,
} from "@bufbuild/cel";
import type { ParsedExpr } from "@bufbuild/cel-spec/cel/expr/syntax_pb.js";
import { RuleChecker } from "./check.ts";
import { PolicyRuleInvalid, positionOf, type RuleFault } from "./error.ts";
import { ENVIRONMENT, metered, MOST_STEPS } from "./functions.ts";
import { extentOf, marked } from "./plan.ts";
import { typeText } from "./types.ts";

/** So long may a rule be, in characters, as SetPolicy has it. */
const MOST_CHARACTERS = 16_384;
/** So many nodes may its syntax tree have, one in another. */
const MOST_DEPTH = 250;
/** So many elements of a list are shown of what decided, so many lists in one another, and characters of a text. */
const [MOST_ELEMENTS, MOST_LISTS, MOST_TEXT] = [10, 3, 200];

/** The values that a rule sees, by the names in `VARIABLES`. */
export type RuleVariables = Record<string, unknown>;

/** What came of an evaluation: true or false, or why neither; and the values of its parts that decided. */
export type Outcome =
  & ({ holds: boolean } | { holds: undefined; error: string })
  & { because: Record<string, unknown> };

/** A rule that can be evaluated. */
export interface Rule {
  readonly text: string;
  /** What it reads of a resource, and of the variables; `*` for all of the resource. */
  readonly reads: ReadonlySet<string>;
  /** Evaluates it; nothing is thrown, and the same values always give the same. */
  evaluate(variables: RuleVariables): Outcome;
}

/**
 * Compiles a rule or selector, which has to be true or false.
 *
 * @param mostSteps what an evaluation may cost
 * @throws {PolicyRuleInvalid} with the position and the reason
 * @example
 * ```ts
 * import { compileRule } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const rule = compileRule("resource.cpu_cores >= 2 && has(resource.owner)");
 * deepStrictEqual(rule.evaluate({ resource: { cpu_cores: 4n } }), {
 *   holds: false,
 *   because: { "resource.cpu_cores": 4, "has(resource.owner)": false },
 * });
 * ```
 */
export function compileRule(text: string, mostSteps: number = MOST_STEPS): Rule {
  const parsed = parsedRule(text);
  const offset = (id: bigint) => parsed.sourceInfo?.positions[String(id)] ?? 0;
  const checker = new RuleChecker((id: bigint, fault: RuleFault, reason: string) => {
    throw new PolicyRuleInvalid(fault, positionOf(text, offset(id)), reason);
  });
  const type = checker.check(parsed.expr);
  if (type.kind !== "bool" && type.kind !== "dyn") {
    throw new PolicyRuleInvalid(
      "type",
      positionOf(text, offset(parsed.expr!.id)),
      `a rule is true or false, and this is ${typeText(type)}`,
    );
  }
  const { expr, parts } = marked(parsed);
  const evaluate = plan(ENVIRONMENT, expr);
  return {
    text,
    reads: checker.reads,
    evaluate(variables) {
      const { result, meter } = metered(mostSteps, () => evaluate(variables as never));
      const because: Record<string, unknown> = {};
      for (const [place, value] of meter.seen) because[parts[place]!] = plain(value);
      if (meter.isSpent) {
        return { holds: undefined, error: `it takes more than ${mostSteps} steps`, because };
      }
      if (typeof result === "boolean") return { holds: result, because };
      const error = isCelError(result)
        ? `${place(text, offset(BigInt(result.exprId ?? 0)))}: ${result.message}`
        : `it is neither true nor false, but ${JSON.stringify(plain(result as CelValue))}`;
      return { holds: undefined, error, because };
    },
  };
}

function place(text: string, offset: number): string {
  const { line, column } = positionOf(text, offset);
  return `line ${line}, column ${column}`;
}

function parsedRule(text: string): ParsedExpr {
  if (text.length > MOST_CHARACTERS) {
    throw new PolicyRuleInvalid(
      "too_long",
      positionOf(text, MOST_CHARACTERS),
      `it has ${text.length} characters; ${MOST_CHARACTERS} may be`,
    );
  }
  const tooDeep = () =>
    new PolicyRuleInvalid(
      "too_deep",
      { line: 1, column: 1 },
      `it is nested over ${MOST_DEPTH} deep`,
    );
  let parsed: ParsedExpr;
  try {
    parsed = parse(text);
  } catch (error) {
    if (error instanceof RangeError && /stack/i.test(error.message)) throw tooDeep();
    const { location, rawMessage, message } = error as Error & {
      rawMessage?: string;
      location?: { start: { line: number; column: number } };
    };
    const { line, column } = location?.start ?? { line: 1, column: 1 };
    throw new PolicyRuleInvalid("syntax", { line, column }, rawMessage ?? message, {
      cause: error,
    });
  }
  if (!parsed.expr) {
    throw new PolicyRuleInvalid("syntax", { line: 1, column: 1 }, "there is nothing in it");
  }
  if (extentOf(parsed.expr).depth > MOST_DEPTH) throw tooDeep();
  return parsed;
}

/** A value for people and for JSON, cut where it is long. */
function plain(value: CelValue | CelResult, lists = 0): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === "string") {
    return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT - 1).toWellFormed()}…` : value;
  }
  if (value === null || typeof value !== "object") return value;
  if ((isCelList(value) || isCelMap(value)) && lists === MOST_LISTS) {
    return `… ${value.size} in all`;
  }
  if (isCelList(value)) {
    const all = [...value];
    const shown: unknown[] = all.slice(0, MOST_ELEMENTS).map((one) => plain(one, lists + 1));
    return all.length > MOST_ELEMENTS ? [...shown, `… ${all.length} in all`] : shown;
  }
  if (isCelMap(value)) {
    const all = [...value.entries()];
    const shown = all.slice(0, MOST_ELEMENTS).map(([key, one]) => [
      String(key),
      plain(one, lists + 1),
    ]);
    if (all.length > MOST_ELEMENTS) shown.push(["…", `${all.length} in all`]);
    return Object.fromEntries(shown);
  }
  const { message } = value as { message?: { seconds: bigint; nanos: number; $typeName: string } };
  if (message?.$typeName === "google.protobuf.Timestamp") {
    return new Date(Number(message.seconds) * 1000 + message.nanos / 1e6).toISOString();
  }
  if (message?.$typeName === "google.protobuf.Duration") {
    return `${Number(message.seconds) + message.nanos / 1e9}s`;
  }
  return String(value);
}
