/** The policies of a read model, compiled. */
import type { Model } from "../replay/model.ts";
import { compileRule, type Rule } from "../rule/rule.ts";
import { PolicyRuleInvalid } from "../rule/error.ts";
import { PoliciesInvalid } from "./policy_file.ts";

/** How serious it is where a policy is not kept. */
export type Severity = "info" | "warning" | "critical";

/** A policy as it is said, by SetPolicy or in a file. */
export interface PolicyText {
  name: string;
  description?: string;
  severity: Severity;
  /** Which resources it is about, in CEL. */
  selector: string;
  /** What holds for them, in CEL. */
  rule: string;
  /** How long it may not hold before that is an alert: `5m`. */
  for?: string;
}

/** A policy, from one event to another. */
export interface PolicyVersion extends PolicyText {
  id: string;
  /** The event that set it; 0 for one that is in no log. */
  sequence: number;
  /** Compiled; or why it cannot be: an old event may have a rule that today's program does not know. */
  compiled: { selector: Rule; rule: Rule; reads: ReadonlySet<string> } | { error: string };
  /** When it was set, and when another took its place or it was revoked: microseconds since 1970, and the event. */
  since: number;
  until: number | null;
  ended: number | null;
}

/** Every version of every policy, or of the one with a name, in the order of the log. */
export async function policyVersions(model: Model, name?: string): Promise<PolicyVersion[]> {
  const { rows } = await model.query(
    `SELECT
      policy_id::VARCHAR AS id, version.sequence, valid_to_sequence AS ended,
      epoch_us(valid_from) AS since, epoch_us(valid_to) AS until,
      name, description, severity, selector, rule, alert_after
    FROM fold.versions AS version JOIN fold.policies AS state USING (sequence)
    WHERE $1 IS NULL OR name = $1 ORDER BY version.sequence`,
    [name ?? null],
  );
  return rows.map((row) => ({
    id: String(row.id),
    sequence: row.sequence as number,
    since: row.since as number,
    until: row.until as number | null,
    ended: row.ended as number | null,
    ...policyOf(row),
  }));
}

function policyOf(row: Record<string, unknown>) {
  const policy: PolicyText = {
    name: String(row.name),
    ...(row.description === null ? {} : { description: String(row.description) }),
    severity: row.severity as Severity,
    selector: String(row.selector),
    rule: String(row.rule),
    ...(row.alert_after === null ? {} : { for: String(row.alert_after) }),
  };
  try {
    return { ...policy, compiled: compilePolicy(policy) };
  } catch (error) {
    if (!(error instanceof PolicyRuleInvalid)) throw error;
    return { ...policy, compiled: { error: error.message } };
  }
}

/**
 * Policies that are in no log, valid all the time.
 *
 * @throws {PolicyRuleInvalid} which names the policy
 * @throws {PoliciesInvalid} where two have one name
 */
export function policiesOutsideLog(policies: readonly PolicyText[]): PolicyVersion[] {
  const names = new Set<string>();
  for (const { name } of policies) {
    if (names.has(name)) {
      throw new PoliciesInvalid(`There are two policies ${JSON.stringify(name)}: say each once`);
    }
    names.add(name);
  }
  return policies.map(policyOutsideLog);
}

function policyOutsideLog(policy: PolicyText): PolicyVersion {
  let compiled: PolicyVersion["compiled"];
  try {
    compiled = compilePolicy(policy);
  } catch (error) {
    if (!(error instanceof PolicyRuleInvalid)) throw error;
    error.message = `policy ${JSON.stringify(policy.name)}, ${error.message}`;
    throw error;
  }
  return {
    ...policy,
    id: `outside the log: ${policy.name}`,
    sequence: 0,
    since: 0,
    until: null,
    ended: null,
    compiled,
  };
}

/**
 * Compiles a policy's selector and rule.
 *
 * @throws {PolicyRuleInvalid} which says whether it is the selector or the rule
 */
export function compilePolicy(
  { selector, rule }: Pick<PolicyText, "selector" | "rule">,
): { selector: Rule; rule: Rule; reads: ReadonlySet<string> } {
  const both = { selector: named("selector", selector), rule: named("rule", rule) };
  return { ...both, reads: new Set([...both.selector.reads, ...both.rule.reads]) };
}

function named(what: string, text: string): Rule {
  try {
    return compileRule(text);
  } catch (error) {
    if (!(error instanceof PolicyRuleInvalid)) throw error;
    error.message = `${what}, ${error.message}`;
    throw error;
  }
}

/** `5m` in microseconds; of what is no such text, undefined. */
export function forMicros(text: string | undefined): number | undefined {
  const [, count, unit] = text?.match(/^([1-9]\d*)([smhd])$/) ?? [];
  return count ? Number(count) * { s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 }[unit!]! : undefined;
}
