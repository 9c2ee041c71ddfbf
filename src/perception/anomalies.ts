/** What is anomalous of the resources of a model, as incidents. */
import { setTimeout as wait } from "node:timers/promises";
import { interruption } from "../interruption.ts";
import { dimensionsOf, type Space } from "../spaces/space.ts";
import type { Anomaly } from "./anomaly.ts";
import { endedWithResources } from "./anomaly_end.ts";
import { type Course, coursesOf, judgedOf, resourcesOf, STEP, stepOf } from "./anomaly_course.ts";
import { type JudgedRow, judgedRows } from "./anomaly_discovery.ts";
import { evidenceOf, NORMAL } from "./anomaly_evidence.ts";
import { misdeclaredOf } from "./anomaly_kind.ts";
import { lostLinksOf } from "./anomaly_link.ts";
import { silencesOf } from "./anomaly_silence.ts";
import { spansOf } from "./anomaly_span.ts";
import { eventIdsOf } from "./event_ids.ts";
import { type FoundIncident, incidentOf, togetherOf } from "./incident.ts";
import { connectedOf } from "./incident_topology.ts";
import { type Coverage, Incidents } from "./incidents.ts";
import { JudgedPoints } from "./judged_points.ts";
import type { Asked, Thing } from "./thing.ts";

/** What is looked for. */
export interface IncidentOptions {
  /** The share of discoveries that may be false, in each half hour: 0.05 without it. */
  readonly fdr?: number;
  /** Only incidents that were going on at this moment or later. */
  readonly from?: string | Date;
  /** Only incidents that were going on at this moment or before. */
  readonly to?: string | Date;
  /** Only these resources are looked at, by their ids: others are no peers either. All without it. */
  readonly among?: readonly string[];
  /** Ends it between two steps of the work, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The incidents of a model, from all that it knows; nothing of it depends on what came later, nor on a clock.
 *
 * @param only incidents that this one has a part in
 * @throws {PerceptionError} `no_history` for a space of other things than resources
 * @throws {RangeError} for a share beyond 0 to 1, or a moment that is none
 */
export async function incidentsIn(
  model: Asked,
  space: Space,
  { fdr = 0.05, from, to, among, signal = interruption() }: IncidentOptions,
  only?: Thing,
): Promise<Incidents> {
  if (!(fdr > 0 && fdr <= 1)) {
    throw new RangeError(`Cannot take ${fdr} as a false discovery rate: say a share from 0 to 1`);
  }
  const [begin, end] = [millisOf(from, -Infinity), millisOf(to, Infinity)];
  const judged = judgedOf(space);
  const dimensions = dimensionsOf(space);
  const names = dimensions.map(({ name }) => name);
  const ids = await resourcesOf(model, among);
  const goOn = async () => {
    await wait(0); // until then no signal of the system gets through
    signal?.throwIfAborted();
  };
  const courses: Course[] = [];
  for await (const course of coursesOf(model, space, ids)) {
    await goOn();
    courses.push(course);
  }
  const last = courses.reduce((most, { rows }) => Math.max(most, rows.at(-1)?.at ?? 0), 0);
  const { anomalies, coverage, points } = departing(courses, judged, names, stepOf(last), fdr);
  await goOn();
  const compared = [...names.keys()].filter((at) => names[at] !== "reliability.uptime");
  const misdeclared = misdeclaredOf(courses, names, compared, stepOf(last) * STEP);
  await goOn();
  const links = await lostLinksOf(model);
  const all = await endedWithResources(model, [
    ...anomalies,
    ...misdeclared,
    ...await silencesOf(model, ids),
    ...links.filter(({ id }) => ids.includes(id)),
  ]);
  const groups = togetherOf(all, await connectedOf(model)).filter((group) =>
    (!only || group.some(({ id }) => id === only.id)) &&
    group.some((one) => one.from <= end && (one.to ?? Infinity) >= begin)
  );
  const events = await eventIdsOf(model, groups.flat().flatMap(({ sequences }) => sequences));
  const incidents: FoundIncident[] = groups.map((group) => incidentOf(group, events));
  return new Incidents(
    incidents.sort((a, b) => a.from < b.from ? 1 : a.from > b.from ? -1 : 0),
    coverage,
    new JudgedPoints(points, judged.map((at) => dimensions[at]!)),
  );
}

/** Anomalies of measurements, and what they were told from. */
function departing(
  courses: readonly Course[],
  judged: readonly number[],
  names: readonly string[],
  before: number,
  fdr: number,
): { anomalies: Anomaly[]; coverage: Coverage; points: JudgedRow[] } {
  const evidence = evidenceOf(courses, judged, before);
  const rows = [...judgedRows(evidence, judged.length, fdr)];
  const rowsOf = Map.groupBy(rows, ({ id }) => id);
  const judgedNames = judged.map((at) => names[at]!);
  const calibrated = rows.map(({ calibratedOn }) => calibratedOn).filter((count) => count > 0);
  return {
    anomalies: courses.flatMap(({ id, name }) => spansOf(name, rowsOf.get(id) ?? [], judgedNames)),
    coverage: {
      fdr,
      dimensions: judgedNames,
      resources: courses.length,
      points: rows.length,
      needed: NORMAL,
      short: courses.filter(({ rows }) => rows.length <= NORMAL)
        .map(({ id, name, rows }) => ({ id, name, points: rows.length })),
      calibratedOn: calibrated.reduce((most, count) => Math.max(most, count), 0),
      drifted: rows.filter(({ hasDrifted }) => hasDrifted).length,
    },
    points: rows,
  };
}

function millisOf(moment: string | Date | undefined, otherwise: number): number {
  if (moment === undefined) return otherwise;
  // Without an offset it would be in the time zone of this machine.
  const isWhole = moment instanceof Date || /(Z|[+-]\d\d:\d\d)$/i.test(moment);
  const millis = isWhole ? new Date(moment).getTime() : NaN;
  if (Number.isNaN(millis)) {
    throw new RangeError(
      `Cannot take ${JSON.stringify(moment)} as a moment: say 2026-11-01T00:00Z`,
    );
  }
  return millis;
}
