/** How good alerts are: compared with what is known to have happened. */
import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Table } from "../table/table.ts";
import type { Alert } from "./alerts.ts";
import { momentMicros } from "./moment.ts";

/** What is known to have happened: `incidents` of a sample's `ground_truth.json`; what else it says is not needed. */
export const Truth = Type.Object({
  incidents: Type.Array(Type.Object({
    kind: Type.String(),
    from: Type.String(),
    to: Type.Union([Type.String(), Type.Null()]),
    resources: Type.Array(Type.Object({ id: Type.String() })),
  })),
});
/** {@linkcode Truth} as a type. */
export type Truth = Type.Static<typeof Truth>;

/** What is said to have happened is in no form that can be read. */
export class TruthInvalid extends Error {
  override readonly name = "TruthInvalid";
  /** Stable, for programs. */
  readonly code = "truth_invalid";
}

/** How a policy's alerts compare with the incidents of a kind. */
export interface Judged {
  policy: string;
  kind: string;
  /** Alerts of this policy, and those of them that are about an incident of this kind. */
  alerts: number;
  right: number;
  /** Incidents of this kind, and those of them that an alert of this policy is about. */
  incidents: number;
  found: number;
  /** Right alerts among its alerts; undefined where there are none. */
  precision?: number;
  /** Found incidents among those there were. */
  recall: number;
  /** How long after its beginning the first alert about an incident fired, in seconds: of several incidents the longest. */
  delay_seconds?: number;
}

/** What is compared. */
export interface JudgeOptions {
  /** The time that was looked at: of incidents those that were going on in it. */
  from?: string | Date;
  to?: string | Date;
  /** The names of policies that may have raised no alert at all, and are judged as well. */
  policies?: readonly string[];
}

let validator: Validator | undefined;

/**
 * Reads what is known to have happened.
 *
 * @throws {TruthInvalid} when it is something else
 */
export function truthOf(json: string): Truth {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new TruthInvalid(`That is no JSON: ${(error as Error).message}`, { cause: error });
  }
  validator ??= Compile(Truth);
  if (validator.Check(value)) return value as Truth;
  const [first] = validator.Errors(value);
  throw new TruthInvalid(
    `That is no ground truth, as a sample has it: ${first?.instancePath || "it"} ${first?.message}`,
  );
}

/**
 * Compares alerts with incidents. An alert is about an incident if it is about a resource that has a part in it, be it
 * its cause or its victim, and they overlap in time, from when on the policy was not kept. Pending ones are none.
 *
 * @example
 * ```ts
 * import { judge } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const [from, to] = ["2026-11-01T00:00:00Z", null];
 * const truth = { incidents: [{ kind: "slow_leak", from, to, resources: [{ id: "a" }] }] };
 * strictEqual(judge([], truth, { policies: ["full"] })[0]?.recall, 0);
 * ```
 */
export function judge(
  raised: readonly Alert[],
  truth: Truth,
  { from, to, policies = [] }: JudgeOptions = {},
): Judged[] {
  const start = from === undefined ? -Infinity : momentMicros(from);
  const end = to === undefined ? Infinity : momentMicros(to);
  const fired = raised.filter(({ state }) => state !== "pending");
  const incidents = truth.incidents.map(({ kind, resources, from, to }) => ({
    kind,
    resources: new Set(resources.map(({ id }) => id)),
    from: momentMicros(from),
    to: to === null ? Infinity : momentMicros(to),
  })).filter((one) => one.from <= end && one.to >= start);
  const isAbout = (alert: Alert, incident: typeof incidents[number]) =>
    incident.resources.has(alert.resource) && momentMicros(alert.since) <= incident.to &&
    (alert.resolved_at === undefined || momentMicros(alert.resolved_at) >= incident.from);
  const names = [...new Set([...policies, ...raised.map(({ policy }) => policy)])].sort();
  const kinds = [...new Set(incidents.map(({ kind }) => kind))].sort();
  return names.flatMap((policy) =>
    kinds.map((kind) => {
      const own = fired.filter((alert) => alert.policy === policy);
      const those = incidents.filter((one) => one.kind === kind);
      const right = own.filter((alert) => those.some((one) => isAbout(alert, one)));
      const found = those.filter((one) => own.some((alert) => isAbout(alert, one)));
      const delays = found.map((one) =>
        Math.min(
          ...own.filter((alert) => isAbout(alert, one)).map((alert) =>
            Math.max(0, momentMicros(alert.fired_at!) - one.from) / 1e6
          ),
        )
      );
      return {
        policy,
        kind,
        alerts: own.length,
        right: right.length,
        incidents: those.length,
        found: found.length,
        ...(own.length === 0 ? {} : { precision: right.length / own.length }),
        recall: found.length / those.length,
        ...(delays.length === 0 ? {} : { delay_seconds: Math.max(...delays) }),
      };
    })
  );
}

/**
 * Compares the alerts of all policies together with the incidents, as {@linkcode judge} does those of each: a row for
 * every kind that there was, whose policy is "".
 */
export function judgeTogether(
  raised: readonly Alert[],
  truth: Truth,
  options: Pick<JudgeOptions, "from" | "to"> = {},
): Judged[] {
  const together = raised.map((alert) => ({ ...alert, policy: "" }));
  return judge(together, truth, { ...options, policies: [""] });
}

/**
 * What came of {@linkcode judge}, as a table: what each policy found; a policy that found nothing; and at the end, with
 * an empty policy, each kind that none found.
 *
 * @param together what came of {@linkcode judgeTogether}
 */
export function judgedTable(judged: readonly Judged[], together: readonly Judged[]): Table {
  const hits = new Set(judged.filter(({ found }) => found > 0).map(({ policy }) => policy));
  const vain = Map.groupBy(judged.filter(({ policy }) => !hits.has(policy)), (one) => one.policy);
  const rows: Row[] = [
    ...judged.filter(({ found }) => found > 0),
    ...[...vain.values()].map(([one]) => ({ ...one!, kind: "", incidents: undefined })),
    ...together.filter(({ found }) => found === 0)
      .map((one) => ({ ...one, alerts: undefined, right: undefined, precision: undefined })),
  ];
  const columns = [
    "policy",
    "kind",
    "alerts",
    "right",
    "incidents",
    "found",
    "precision",
    "recall",
  ];
  return new Table(
    [...columns, "delay_seconds"].map((name, at) => ({
      name,
      type: at < 2 ? "VARCHAR" : "DOUBLE",
      numeric: at >= 2,
    })),
    rows.map((one) => [
      ...columns.map((name) => rounded(one[name as keyof Row])),
      rounded(one.delay_seconds),
    ]),
  );
}

/** A row of the table; what does not go with it is not there. */
type Row = { [Field in keyof Judged]?: Judged[Field] | undefined };

function rounded(value: string | number | undefined): string | number | null {
  return typeof value === "number" ? Math.round(value * 1_000) / 1_000 : value ?? null;
}
