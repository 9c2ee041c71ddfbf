/** What is unlike others of its concept at a moment, whatever came before. */
import { discoveries } from "../spaces/anomaly/discoveries.ts";
import { fitRows } from "../spaces/anomaly/row_scorer.ts";
import { Metric } from "../spaces/metric.ts";
import { Neighbours } from "../spaces/neighbours.ts";
import { dimensionsOf, pointOf, type Space } from "../spaces/space.ts";
import { Table } from "../table/table.ts";
import { type DimensionShare, sharesText } from "./anomaly.ts";
import { shown, threeDigits } from "./classified.ts";
import { eventIdsOf } from "./event_ids.ts";
import type { Asked, Thing } from "./thing.ts";

/** Of a concept that fewer things are of, nothing is said. */
const LEAST = 8;

/** How points are judged. */
export interface PointOptions {
  /** The share of discoveries that may be false: 0.05 without it. */
  readonly fdr?: number;
  /** What chance is drawn from: 1 without it. */
  readonly seed?: number;
}

/** How far a thing is from the others of its concept. */
export interface AnomalousPoint {
  readonly thing: Thing;
  /** What it is said to be: its label, or else what it was declared as. */
  readonly concept: string;
  /** Its squared distance from the region in which most of the concept lies, by dimension: about 1 for what is usual. */
  readonly distance: number;
  /** The one of its concept that is nearest, and how far away that is in the space's metric. */
  readonly nearest: Thing;
  readonly nearestDistance: number;
  /** The smaller one of the p-values of both, times 2 (Bonferroni). */
  readonly p: number;
  /** On how many others of the concept the distance and the nearest neighbour were calibrated: p is at least 2/(n + 1). */
  readonly calibratedOn: { readonly distance: number; readonly nearest: number };
  /** Whether it is a discovery among all of them, at the false discovery rate. */
  readonly isDiscovery: boolean;
  /** The version of the concept: what things of it were like up to this event. */
  readonly sequence: number;
  /** The newest event that the thing's place rests on, and then that of the nearest one, if it is another. */
  readonly eventIds: readonly string[];
  /** Each dimension's exact share of the distance: together 1. In what it is nearer than the others let expect, negative. */
  readonly shares: readonly DimensionShare[];
}

/** Points, the most unusual first. As the last expression of a notebook's cell they are a table. */
export class AnomalousPoints {
  /** @param few concepts that too few things are of to say anything, by name, and of how many */
  constructor(
    readonly rows: readonly AnomalousPoint[],
    readonly few: readonly { readonly concept: string; readonly things: number }[],
  ) {}

  /** A row for each thing. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      [
        text("name"),
        text("concept"),
        number("p"),
        number("of"),
        { name: "discovery", type: "BOOLEAN", numeric: false },
        number("distance"),
        text("nearest"),
        number("nearest_distance"),
        text("dimensions"),
      ],
      this.rows.map((row) => [
        row.thing.name,
        row.concept,
        threeDigits(row.p),
        row.calibratedOn.nearest,
        row.isDiscovery,
        threeDigits(row.distance),
        row.nearest.name,
        threeDigits(row.nearestDistance),
        sharesText(row.shares),
      ]),
    );
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}

/** What is looked at. */
interface Seen {
  readonly space: Space;
  readonly things: readonly Thing[];
  declared(thing: Thing): string | null;
}

/** @throws {RangeError} for a share beyond 0 to 1 */
export async function anomalousPoints(
  model: Asked,
  seen: Seen,
  { fdr = 0.05, seed = 1 }: PointOptions,
): Promise<AnomalousPoints> {
  const concepts = Map.groupBy(
    seen.things.filter(({ values }) =>
      dimensionsOf(seen.space).some(({ name }) => values[name] != null)
    ),
    (thing) => seen.declared(thing) ?? thing.kind ?? "",
  );
  const all = [...concepts].filter(([, things]) => things.length >= LEAST)
    .flatMap(([concept, things]) => pointsOf(seen.space, concept, things, seed));
  const found = new Set(discoveries(all.map(({ p }) => p), fdr));
  const restsOn = ({ thing, nearest }: Placed) => [...new Set([thing.sequence, nearest.sequence])];
  const ids = await eventIdsOf(model, all.flatMap(restsOn));
  return new AnomalousPoints(
    all.map((point, at) => ({
      ...point,
      eventIds: restsOn(point).flatMap((sequence) => ids.get(sequence) ?? []),
      isDiscovery: found.has(at),
    })).sort((a, b) => a.p - b.p || b.distance - a.distance),
    [...concepts].filter(([, { length }]) => length < LEAST)
      .map(([concept, { length }]) => ({ concept, things: length })),
  );
}

/** A point before it is held against all others. */
type Placed = Omit<AnomalousPoint, "isDiscovery" | "eventIds">;

/** @param things of one concept */
function pointsOf(
  space: Space,
  concept: string,
  things: readonly Thing[],
  seed: number,
): Placed[] {
  const names = dimensionsOf(space).map(({ name }) => name);
  const points = things.map(({ values }) => pointOf(space, values));
  const rows = Float64Array.from(points.flatMap((point) => [...point]));
  const region = fitRows(rows, names.length, { seed });
  const scores = region.score(rows);
  const neighbours = new Neighbours(new Metric(space), points);
  const nearest = points.map((point, at) => neighbours.nearest(point, 1, { except: at })[0]);
  const sequence = things.reduce((newest, thing) => Math.max(newest, thing.sequence), 0);
  return things.flatMap((thing, at) => {
    const near = nearest[at];
    const byRegion = scores.p[at]!;
    if (!near || Number.isNaN(byRegion)) return [];
    const as = nearest.filter((other) => other && other.distance >= near.distance).length;
    const parts = scores.shares.subarray(at * names.length, (at + 1) * names.length);
    return [{
      thing,
      concept,
      distance: scores.score[at]!,
      nearest: things[near.index]!,
      nearestDistance: near.distance,
      p: Math.min(1, 2 * Math.min(byRegion, as / things.length)),
      calibratedOn: { distance: region.heldOut, nearest: things.length - 1 },
      sequence,
      shares: names.map((dimension, own) => ({ dimension, share: parts[own]! / scores.score[at]! }))
        .filter(({ share }) => Number.isFinite(share))
        .sort((a, b) => b.share - a.share),
    }];
  });
}
