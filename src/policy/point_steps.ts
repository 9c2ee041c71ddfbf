/** What was measured of some resources, from the read model, as steps: a page at a time, as it may be much. */
import type { Model } from "../replay/model.ts";
import { seriesKey, SHARES } from "./series.ts";
import type { Range, Step } from "./steps.ts";

/** In which order history is gone through: as it was recorded, or as it happened. */
export type Order = "sequence" | "observed_at";

/** About so many points are in memory at once. */
const POINTS_AT_ONCE = 100_000;

interface Series {
  resource: string;
  key: string;
  isCounter: boolean;
}

/** What of the measurements rules read. */
export interface PointsRead {
  /** The names of the metrics; undefined where it may be any. */
  names: readonly string[] | undefined;
  /** Whether they ask when something was measured last, whatever it was. */
  withTimes: boolean;
}

/** What of the measurements rules read that read these fields and variables. */
export function pointsRead(reads: ReadonlySet<string>): PointsRead {
  const withTimes = reads.has("measured_at");
  if (["*", "measurements", "means", "rates"].some((one) => reads.has(one))) {
    return { names: undefined, withTimes };
  }
  const names = new Set<string>();
  for (const read of reads) {
    const [part, ...rest] = read.split(" ");
    if (part !== "measurements" && part !== "means" && part !== "rates") continue;
    const [name] = rest.join(" ").split("{");
    names.add(SHARES[name!] ?? name!);
  }
  return { names: [...names], withTimes };
}

/** The measurements of a range of resources, an event a step, in an order. */
export async function* pointSteps(
  model: Model,
  range: Range,
  order: Order,
  { names, withTimes }: PointsRead,
): AsyncGenerator<Step> {
  if (names?.length === 0 && !withTimes) return;
  const bounds = [range.first, range.last];
  const series = await seriesOf(model, bounds);
  const filter = [...bounds, names ? JSON.stringify(names) : null, withTimes];
  const key = order === "sequence" ? "point.sequence" : "epoch_us(observed_at)";
  const { rows } = await model.query(
    `SELECT max(place) AS bound FROM (
      SELECT ${key} AS place, row_number() OVER (ORDER BY place) // $5 AS page
      FROM fold.points AS point JOIN fold.series AS series USING (series_id) WHERE ${FILTER}
    ) GROUP BY page ORDER BY page`,
    [...filter, POINTS_AT_ONCE],
  );
  let from: unknown = null;
  for (const bound of new Set(rows.map((row) => row.bound))) {
    const page = await model.query(
      `SELECT
        point.sequence, epoch_us(recorded_at), series_id::VARCHAR, epoch_us(observed_at), value
      FROM fold.points AS point JOIN fold.series AS series USING (series_id)
      JOIN events ON events.sequence = point.sequence
      WHERE ${FILTER} AND ($5 IS NULL OR ${key} > $5) AND ${key} <= $6
      ORDER BY ${key}, point.sequence, series_id`,
      [...filter, from, bound],
    );
    yield* steps(page.values, series, order);
    from = bound;
  }
}

/** Of an event whose time is asked for one point is enough, the first. */
const FILTER = `compute_id BETWEEN $1::UUID AND $2::UUID AND (
  $3 IS NULL OR series.name IN (SELECT unnest(from_json($3, '["VARCHAR"]'))) OR ($4 AND point.place = 1)
)`;

async function seriesOf(model: Model, bounds: unknown[]): Promise<Map<string, Series>> {
  const { rows } = await model.query(
    `SELECT
      series_id::VARCHAR AS id, compute_id::VARCHAR AS resource, name, attributes,
      fold.instrument(name) = 'counter' AS counter
    FROM fold.series AS series WHERE compute_id BETWEEN $1::UUID AND $2::UUID`,
    bounds,
  );
  return new Map(rows.map(({ id, resource, name, attributes, counter }) => [String(id), {
    resource: String(resource),
    key: seriesKey(String(name), attributes as Record<string, string> | null),
    isCounter: counter === true,
  }]));
}

/** Points of one event are one step. */
function* steps(
  rows: readonly unknown[][],
  series: ReadonlyMap<string, Series>,
  order: Order,
): Generator<Step> {
  for (let first = 0, next: number; first < rows.length; first = next) {
    const [sequence, recorded, id, observed] = rows[first] as [number, number, string, number];
    next = first + 1;
    while (rows[next]?.[0] === sequence && rows[next]?.[3] === observed) next++;
    const points = rows.slice(first, next);
    yield {
      at: order === "sequence" ? recorded : observed,
      sequence,
      resource: series.get(id)!.resource,
      part: "measurements",
      apply(facts) {
        for (const [, , one, , value] of points) {
          const { resource, key, isCounter } = series.get(one as string)!;
          facts.measure(resource, {
            key,
            isCounter,
            observed,
            sequence,
            value: value as number,
          });
        }
      },
    };
  }
}
