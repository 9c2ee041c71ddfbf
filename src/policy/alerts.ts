/** Alerts: a policy with `for` that was not kept for that long. */
import { interruption } from "../interruption.ts";
import { sayingOnly } from "../progress.ts";
import type { Model } from "../replay/model.ts";
import { ReplayRange } from "../replay/until.ts";
import { Table } from "../table/table.ts";
import { becauseText } from "./compliance.ts";
import { course, type Judgement } from "./course.ts";
import { eventIds, momentMicros, momentOfModel, momentText } from "./moment.ts";
import {
  forMicros,
  policiesOutsideLog,
  type PolicyText,
  type PolicyVersion,
  policyVersions,
  type Severity,
} from "./policies.ts";

/** A policy that was not kept for longer than it may, by one resource. */
export interface Alert {
  policy: string;
  description?: string;
  severity: Severity;
  /** The id of the resource. */
  resource: string;
  hostname: string;
  /** `pending`: not for long enough yet; `firing`; `resolved`: it was, and is over. */
  state: "pending" | "firing" | "resolved";
  /** Since when the policy is not kept. */
  since: string;
  /** From when on it is an alert; undefined while it is pending. */
  fired_at?: string;
  /** When it was over: the policy is kept, cannot be judged, does not apply any more, or the resource is gone. */
  resolved_at?: string;
  /** The parts of the rule that decided, with their values, when it was judged last. */
  because: Record<string, unknown>;
  /** The ids of the events that it rests on. */
  evidence: string[];
}

/** Which alerts are of interest. */
export interface AlertOptions {
  /** Policies that are in no log, instead of those that are: "which alerts would this rule have raised?" */
  policies?: readonly PolicyText[];
  /** Those that were firing at some time from then on, whenever they had fired; from the beginning without it. */
  from?: string | Date;
  /** Up to when to look, by the clocks of those who measure; the moment of the model without it. */
  to?: string | Date;
  /** Ends the work, with its reason. */
  signal?: AbortSignal;
}

/** A policy that cannot be an alert: it does not say for how long it may not hold. */
export class NoAlert extends Error {
  override readonly name = "NoAlert";
  /** Stable, for programs. */
  readonly code = "no_alert";
}

/**
 * The alerts that policies raised, or would have raised: a fold over measurements in the order in which they were made
 * (`observed_at`; those of one moment by sequence) and over everything else in the order of the log. The last value of a
 * series holds until the next. The same log always gives the same alerts. A policy that is changed meanwhile is judged by
 * what it said at each moment, its `for` as well.
 *
 * @throws {PolicyRuleInvalid} for a given policy whose rule is none
 * @throws {PoliciesInvalid} where two of the given policies have one name
 * @throws {NoAlert} for a given policy without `for`
 * @throws {ReplayRange} for a moment that is none, and where `from` is after `to`
 * @example
 * ```ts
 * import { alerts, MemoryLog, replay } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * await using model = await replay(new MemoryLog(() => new Date()));
 * const rule = { name: "full", severity: "warning" as const, selector: "true", rule: "measurements.memory < 0.9" };
 * deepStrictEqual(await alerts(model, { policies: [{ ...rule, for: "30m" }] }), []);
 * ```
 */
export async function alerts(
  model: Model,
  { policies, from, to, signal = interruption() }: AlertOptions = {},
): Promise<Alert[]> {
  policies?.forEach(requireFor);
  const versions = policies
    ? policiesOutsideLog(policies)
    : (await policyVersions(model)).filter((one) => one.for !== undefined);
  const end = to === undefined ? await momentOfModel(model) : momentMicros(to);
  const start = from === undefined ? -Infinity : momentMicros(from);
  if (to !== undefined && start > end) {
    throw new ReplayRange(
      `There is no time from ${textOf(from!)} to ${textOf(to)}: from is after to`,
    );
  }
  const found: Failed[] = [];
  const ofPolicy = Map.groupBy(versions, ({ id }) => id);
  const failed = (judgement: Judgement, until?: number) =>
    found.push(new Failed(judgement, until, ofPolicy.get(judgement.policy.id)!));
  const last = await sayingOnly("Looking for alerts …", () =>
    course(model, versions, {
      order: "observed_at",
      end,
      signal,
      onTurn: (_, before, __, at) => {
        if (before?.verdict === "fail") failed(before, at);
      },
    }));
  for (const one of last) if (one.verdict === "fail") failed(one);
  const shown = found.filter((one) => one.counts(start));
  const ids = await eventIds(model, shown.flatMap(({ sequences }) => sequences));
  return shown.sort(inOrder).map((one) => one.alert(end, ids));
}

function textOf(moment: string | Date): string {
  return momentText(momentMicros(moment));
}

function requireFor(policy: PolicyText): void {
  if (forMicros(policy.for) !== undefined) return;
  throw new NoAlert(
    `The policy ${
      JSON.stringify(policy.name)
    } is no alert: say in "for" how long its rule may not hold, like "15m"`,
  );
}

/** Alerts as a table. */
export function alertsTable(alerts: readonly Alert[]): Table {
  const columns = ["policy", "severity", "hostname", "state", "since", "fired_at", "resolved_at"];
  return new Table(
    [...columns, "because"].map((name) => ({ name, type: "VARCHAR", numeric: false })),
    alerts.map((alert) => [
      ...columns.map((name) => alert[name as keyof Alert] ?? null),
      becauseText(alert.because),
    ]),
  );
}

/** A time in which a policy was not kept. */
class Failed {
  readonly sequences: number[];
  /** From when on it is an alert, if it goes on for so long. */
  readonly fires: number;

  constructor(
    readonly judgement: Judgement,
    readonly until: number | undefined,
    versions: readonly PolicyVersion[],
  ) {
    this.sequences = [...new Set([...judgement.evidence(), judgement.sinceSequence])]
      .sort((a, b) => a - b);
    this.fires = firesAt(judgement.since, versions);
  }

  /** Whether it is an alert, or may become one, and is not over before a moment. */
  counts(start: number): boolean {
    return this.until === undefined || (this.fires < this.until && this.until >= start);
  }

  alert(end: number, ids: ReadonlyMap<number, string>): Alert {
    const { policy, resource, hostname, since, because } = this.judgement;
    const isPending = this.fires > end;
    return {
      policy: policy.name,
      ...(policy.description === undefined ? {} : { description: policy.description }),
      severity: policy.severity,
      resource,
      hostname,
      state: isPending ? "pending" : this.until === undefined ? "firing" : "resolved",
      since: momentText(since),
      ...(isPending ? {} : { fired_at: momentText(this.fires) }),
      ...(this.until === undefined ? {} : { resolved_at: momentText(this.until) }),
      because,
      evidence: this.sequences.flatMap((sequence) => ids.get(sequence) ?? []),
    };
  }
}

/** At each moment the `for` counts that the policy has then; what has fired stays so when it is changed. */
function firesAt(since: number, versions: readonly PolicyVersion[]): number {
  for (const { since: set, until, for: text } of versions) {
    const at = Math.max(since + forMicros(text)!, set);
    if (until === null || at < until) return at;
  }
  return Infinity;
}

function inOrder({ judgement: a }: Failed, { judgement: b }: Failed): number {
  if (a.since !== b.since) return a.since - b.since;
  const key = ({ policy, hostname, resource }: Judgement) =>
    `${policy.name}\0${hostname}\0${resource}`;
  return key(a) < key(b) ? -1 : 1;
}
