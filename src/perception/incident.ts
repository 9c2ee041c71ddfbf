/** Incidents: anomalies of resources that have to do with each other, at one time. */
import type { Anomaly, DimensionShare } from "./anomaly.ts";
import { sharesOf } from "./anomaly.ts";
import type { Connected } from "./incident_topology.ts";

/** What begins so many milliseconds apart, six hours, and overlaps, is one incident if it happens to neighbours. */
const TOGETHER = 21_600_000;

/** What a resource had to do with an incident. */
export interface IncidentPart {
  readonly id: string;
  readonly name: string;
  /** What was anomalous of it, the first first. */
  readonly anomalies: readonly Anomaly[];
  /** Whether it began with this one. */
  readonly isFirst: boolean;
  /** Whether it was strongest in this one. */
  readonly isStrongest: boolean;
}

/** Something that happened. Moments are RFC 3339, in UTC. */
export interface FoundIncident {
  readonly from: string;
  /** Null while it is on. */
  readonly to: string | null;
  /** When there was enough of it to tell. */
  readonly found: string;
  /** When it was strongest: at the smallest p-value, or else when it was found. */
  readonly peak: string;
  /** The smallest p-value of its anomalies; null where none is told by chance. */
  readonly p: number | null;
  readonly calibratedOn: number | null;
  readonly hasDrifted: boolean;
  /** In the order in which they joined in: the others are neighbours of these, affected at the same time. */
  readonly parts: readonly IncidentPart[];
  /** Each dimension's share, the mean over the anomalies that have any at their peaks. */
  readonly dimensions: readonly DimensionShare[];
  /** The same, summed up by domain. */
  readonly domains: readonly DimensionShare[];
  /** The kind that the strongest one was compared with. */
  readonly concept: string | null;
  /** The version that judged the strongest one: all events up to this one. */
  readonly sequence: number;
  /** The events that put the resources where they were at the beginning and at the peak, in the order of the log. */
  readonly eventIds: readonly string[];
  /** In a sentence. */
  readonly text: string;
}

/** Anomalies that belong together: of one resource, or of neighbours, at one time. */
export function togetherOf(anomalies: readonly Anomaly[], areConnected: Connected): Anomaly[][] {
  const sorted = anomalies.toSorted((a, b) =>
    a.from - b.from || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.sign < b.sign ? -1 : 1)
  );
  const groups: Anomaly[][] = [];
  for (const one of sorted) {
    const own = groups.filter((group) => group.some((other) => belong(one, other, areConnected)));
    const [first, ...others] = own;
    if (!first) groups.push([one]);
    else {
      first.push(one);
      for (const other of others) {
        first.push(...other);
        groups.splice(groups.indexOf(other), 1);
      }
    }
  }
  return groups.map((group) => group.sort((a, b) => sorted.indexOf(a) - sorted.indexOf(b)));
}

function belong(one: Anomaly, other: Anomaly, areConnected: Connected): boolean {
  const [from, to] = [
    Math.max(one.from, other.from),
    Math.min(one.to ?? Infinity, other.to ?? Infinity),
  ];
  if (from > to) return false;
  if (one.id === other.id) return true;
  return Math.abs(one.from - other.from) <= TOGETHER && areConnected(one.id, other.id, from);
}

/** @param ids of events by their sequences */
export function incidentOf(
  anomalies: readonly Anomaly[],
  ids: ReadonlyMap<number, string>,
): FoundIncident {
  const strongest = anomalies.reduce((most, one) => (one.p ?? 1) < (most.p ?? 1) ? one : most);
  const ends = anomalies.map(({ to }) => to);
  const parts = [...Map.groupBy(anomalies, ({ id }) => id).values()].map((own, at) => ({
    id: own[0]!.id,
    name: own[0]!.name,
    anomalies: own,
    isFirst: at === 0,
    isStrongest: own.includes(strongest),
  }));
  const shares = anomalies.map((one) => one.shares).filter(({ length }) => length > 0);
  const dimensions = summed(shares.flat(), ({ dimension }) => dimension);
  const sequences = new Set(anomalies.flatMap((one) => one.sequences));
  const [from, to] = [
    Math.min(...anomalies.map((one) => one.from)),
    ends.includes(null) ? null : Math.max(...ends as number[]),
  ];
  const peak = moment(strongest.peak);
  return {
    from: moment(from),
    to: to === null ? null : moment(to),
    found: moment(Math.min(...anomalies.map(({ found }) => found))),
    peak,
    p: strongest.p,
    calibratedOn: strongest.calibratedOn,
    hasDrifted: strongest.hasDrifted,
    parts,
    dimensions,
    domains: summed(dimensions, ({ dimension }) => dimension.split(".")[0]!),
    concept: strongest.concept,
    sequence: strongest.sequences.at(-1)!,
    eventIds: [...sequences].sort((a, b) => a - b).flatMap((one) => ids.get(one) ?? []),
    text: `${told(parts)}, from ${moment(from)} ${to === null ? "on" : `to ${moment(to)}`}` +
      (strongest.p === null ? "" : `, most at ${peak}`),
  };
}

/** In a few words: what each resource shows. */
function told(parts: readonly IncidentPart[]): string {
  return parts.map(({ name, anomalies }) =>
    `${name}: ${[...new Set(anomalies.map(({ text }) => text))].join("; ")}`
  ).join("; ");
}

function summed(
  shares: readonly DimensionShare[],
  nameOf: (share: DimensionShare) => string,
): DimensionShare[] {
  const sums = [...Map.groupBy(shares, nameOf)].map(([name, own]) =>
    [name, own.reduce((sum, { share }) => sum + share, 0)] as const
  );
  return sharesOf(sums.map(([name]) => name), sums.map(([, sum]) => sum));
}

function moment(millis: number): string {
  return new Date(millis).toISOString();
}
