/** Which resources keep to which policies, since when, and why. */
import { interruption } from "../interruption.ts";
import { sayingOnly } from "../progress.ts";
import type { Model } from "../replay/model.ts";
import { Table } from "../table/table.ts";
import { course } from "./course.ts";
import { eventIds, momentMicros, momentOfModel, momentText } from "./moment.ts";
import { policiesOutsideLog, type PolicyText, policyVersions, type Severity } from "./policies.ts";
import type { Verdict } from "./verdict.ts";

/** What a policy says of a resource. */
export interface ComplianceRow {
  policy: string;
  severity: Severity;
  /** The id of the resource. */
  resource: string;
  hostname: string;
  verdict: Verdict;
  /** The parts of the rule that decided, with their values; of the selector where that does not pick the resource. */
  because: Record<string, unknown>;
  /** Why it could not be judged. */
  error?: string;
  /** Since when the verdict is this one, and since which event. */
  since: string;
  since_sequence: number;
  /** The ids of the events that it rests on: the policy, the resource, the newest of what the rule reads, and the one since. */
  evidence: string[];
}

/** There is no policy of that name, at that moment. */
export class UnknownPolicy extends Error {
  override readonly name = "UnknownPolicy";
  /** Stable, for programs. */
  readonly code = "unknown_policy";
}

/** The rows, in the order of policies' and hosts' names; as the last expression of a notebook's cell they are a table. */
export class Compliance {
  /** @param rows one for each policy and resource */
  constructor(readonly rows: readonly ComplianceRow[]) {}

  /** Whether nothing fails, and everything could be judged. */
  get complies(): boolean {
    return this.rows.every(({ verdict }) => verdict === "pass" || verdict === "not_applicable");
  }

  /** How many rows there are of each verdict. */
  get counts(): Record<Verdict, number> {
    const counts = { pass: 0, fail: 0, error: 0, not_applicable: 0 };
    for (const { verdict } of this.rows) counts[verdict]++;
    return counts;
  }

  /**
   * The rows as a table.
   *
   * @param verdicts of these only
   */
  table(...verdicts: Verdict[]): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const columns = ["policy", "severity", "hostname", "verdict", "because", "since"].map(text);
    return new Table(
      columns,
      this.rows
        .filter(({ verdict }) => verdicts.length === 0 || verdicts.includes(verdict))
        .map((row) => [
          row.policy,
          row.severity,
          row.hostname,
          row.verdict,
          row.error ?? becauseText(row.because),
          row.since,
        ]),
    );
  }

  /** The rows as text, as the table has them. */
  toString(): string {
    return String(this.table());
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const table = this.table() as unknown as Record<symbol, () => Record<string, string>>;
    return table[Symbol.for("Jupyter.display")]!();
  }
}

/** The values that decided, in a line. */
export function becauseText(because: Record<string, unknown>): string {
  return Object.entries(because).map(([part, value]) => `${part} = ${JSON.stringify(value)}`)
    .join(", ");
}

/** Of what to judge. */
export interface ComplianceOptions {
  /** The name of the one policy that is of interest; all without it. */
  policy?: string;
  /** Policies that are in no log, instead of those that are. */
  policies?: readonly PolicyText[];
  /** What `now` is in a rule; the moment of the model without it. */
  now?: string | Date;
  /** Ends the work, with its reason. */
  signal?: AbortSignal;
}

/**
 * Judges every resource by every policy, as of the moment of the model. `since` comes of judging all of history, in the
 * order of the log: each version of the resource, of what belongs to it and of the policy, each measurement that the rule
 * reads, and, for a rule that reads `now`, every five minutes; of a resource that nothing was heard of for a day every
 * hour, for a year every day. A late measurement counts from when it was recorded.
 *
 * @throws {UnknownPolicy} when there is none of that name
 * @throws {PolicyRuleInvalid} for a given policy whose rule is none
 * @throws {PoliciesInvalid} where two of the given policies have one name
 * @example
 * ```ts
 * import { compliance, MemoryLog, replay } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using model = await replay(new MemoryLog(() => new Date()));
 * strictEqual((await compliance(model)).complies, true); // without a policy nothing is amiss
 * ```
 */
export async function compliance(
  model: Model,
  { policy, policies, now, signal = interruption() }: ComplianceOptions = {},
): Promise<Compliance> {
  const versions = policies
    ? policiesOutsideLog(policies).filter(({ name }) => policy === undefined || name === policy)
    : await policyVersions(model, policy);
  if (policy !== undefined && !versions.some(({ ended }) => ended === null)) {
    const names = policies?.map(({ name }) => name) ??
      (await model.query("SELECT name FROM policies ORDER BY name")).column("name").map(String);
    throw new UnknownPolicy(unknown(policy, names));
  }
  const end = now === undefined ? await momentOfModel(model) : momentMicros(now);
  const found = await sayingOnly(
    "Judging all of history …",
    () => course(model, versions, { order: "sequence", end, signal }),
  );
  const judged = found.map((one) => ({
    ...one,
    sequences: [...new Set([...one.evidence(), one.sinceSequence])].sort((a, b) => a - b),
  }));
  const ids = await eventIds(model, judged.flatMap(({ sequences }) => sequences));
  const rows = judged.map(({ policy, sequences, since, sinceSequence, error, ...one }) => ({
    policy: policy.name,
    severity: policy.severity,
    resource: one.resource,
    hostname: one.hostname,
    verdict: one.verdict,
    because: one.because,
    ...(error === undefined ? {} : { error }),
    since: momentText(since),
    since_sequence: sinceSequence,
    evidence: sequences.flatMap((sequence) => ids.get(sequence) ?? []),
  }));
  const key = ({ policy, hostname, resource }: ComplianceRow) =>
    `${policy}\0${hostname}\0${resource}`;
  return new Compliance(rows.sort((a, b) => key(a) < key(b) ? -1 : 1));
}

function unknown(name: string, names: readonly string[]): string {
  const there = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  return `There is no policy ${JSON.stringify(name)} at that moment: ${there}`;
}
