/** Why a rule is refused. */

/** What kind of fault a rule has. */
export type RuleFault =
  | "syntax"
  | "type"
  | "unknown_name"
  | "too_long"
  | "too_deep"
  | "too_costly"
  | "pattern";

/** Where in a rule's text: both from 1; the column in characters as JavaScript counts them. */
export interface RulePosition {
  line: number;
  column: number;
}

/**
 * A rule, or selector, that is none: it does not parse, has a wrong type, speaks of what there is not, or is too long.
 *
 * @example
 * ```ts
 * import { compileRule, PolicyRuleInvalid } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * try {
 *   compileRule("resource.cpu_cores >= '2'");
 * } catch (error) {
 *   const { fault, position } = error as PolicyRuleInvalid;
 *   deepStrictEqual([fault, position], ["type", { line: 1, column: 23 }]);
 * }
 * ```
 */
export class PolicyRuleInvalid extends Error {
  override readonly name = "PolicyRuleInvalid";
  /** Stable, for programs. */
  readonly code = "policy_rule_invalid";

  /**
   * @param fault what kind of fault
   * @param position where it is
   * @param reason what is wrong, and what would be right
   */
  constructor(
    readonly fault: RuleFault,
    readonly position: RulePosition,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`line ${position.line}, column ${position.column}: ${reason}`, options);
  }
}

/** The position of an offset in a text. */
export function positionOf(text: string, offset: number): RulePosition {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
