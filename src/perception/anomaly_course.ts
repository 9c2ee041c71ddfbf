/** The courses of resources through a space: where each one was, half an hour for half an hour. */
import { dimensionsOf, pointOf, type Space } from "../spaces/space.ts";
import { PerceptionError } from "./error.ts";
import { type Asked, columnOf } from "./thing.ts";

/** Milliseconds from one row to the next at least: positions rest on a window of an hour, so that more say no more. */
export const STEP = 1_800_000;
/** So many resources are asked for at a time. */
const AT_A_TIME = 20;

/** One resource's way. Its rows are those that were the newest at the end of a step, in the order of time. */
export interface Course {
  readonly id: string;
  /** Its newest host name. */
  readonly name: string;
  readonly rows: readonly CourseRow[];
}

/** Where a resource was. */
export interface CourseRow {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The newest event that the position rests on. */
  readonly sequence: number;
  /** What it was declared to be then. */
  readonly kind: string;
  /** In the order of the space's dimensions; NaN where nothing is known. */
  readonly point: Float64Array;
}

/** In which step a moment is. */
export function stepOf(at: number): number {
  return Math.floor(at / STEP);
}

/** What of a space has a history: resources. */
const DOMAINS = new Set(["performance", "capacity", "reliability"]);
/** Dimensions that say what another one of the space says as well, by what: its share of the whole. */
const REPEATED: Readonly<Record<string, string>> = {
  "capacity.cpu_available": "performance.cpu",
  "capacity.memory_available": "performance.memory",
};
/** Dimensions that nobody measures: events say what they are. */
const DECLARED = new Set([
  "capacity.cpu",
  "capacity.memory",
  "capacity.storage",
  "capacity.bandwidth",
  "capacity.connections",
  "reliability.redundancy",
]);
/** It only grows, and is never again what it was. */
const AGE = "reliability.uptime";

/**
 * The places of the dimensions in which a resource can depart from what it usually is: what is measured of it, and each
 * once.
 *
 * @throws {PerceptionError} `no_history` for a space of other things than resources
 */
export function judgedOf(space: Space): number[] {
  if (!space.domains.every(({ name }) => DOMAINS.has(name))) {
    throw new PerceptionError(
      "no_history",
      `The space ${space.name} has no anomalies: only resources have a history in which they can be told; take ` +
        `compute, performance, capacity or reliability`,
    );
  }
  const names = dimensionsOf(space).map(({ name }) => name);
  return [...names.keys()].filter((at) => {
    const name = names[at]!;
    return !DECLARED.has(name) && name !== AGE && !names.includes(REPEATED[name] ?? "");
  });
}

/**
 * The ids of all resources that ever were, in their order.
 *
 * @param among only these of them
 */
export async function resourcesOf(model: Asked, among?: readonly string[]): Promise<string[]> {
  const { values } = await model.query(
    "SELECT compute_id::VARCHAR FROM (SELECT DISTINCT compute_id FROM resources_history) ORDER BY compute_id",
  );
  const only = among && new Set(among);
  return values.map(([id]) => String(id)).filter((id) => only?.has(id) ?? true);
}

/**
 * The courses of resources, so many at a time that memory does not grow with events.
 *
 * @param ids in their order
 */
export async function* coursesOf(
  model: Asked,
  space: Space,
  ids: readonly string[],
): AsyncGenerator<Course> {
  const dimensions = dimensionsOf(space);
  const columns = dimensions.map(({ name }) => `"${columnOf(name)}"`).join(", ");
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    const some = ids.slice(from, from + AT_A_TIME);
    const places = some.map((_, at) => `$${at + 1}::UUID`).join(", ");
    // Nothing of this is anybody's text: names of columns, which the project brings.
    const { values } = await model.query(
      `SELECT compute_id::VARCHAR, hostname, resource_type, epoch_ms(observed_at), sequence, ${columns}
       FROM compute_positions_history WHERE compute_id IN (${places})
       QUALIFY row_number() OVER (
         PARTITION BY compute_id, epoch_ms(observed_at) // ${STEP} ORDER BY observed_at DESC
       ) = 1
       ORDER BY compute_id, observed_at`,
      some,
    );
    const rowsOf = Map.groupBy(values, ([id]) => String(id));
    for (const [id, own] of rowsOf) {
      yield {
        id,
        name: String(own.at(-1)![1]),
        rows: own.map(([, , kind, at, sequence, ...known]) => ({
          at: Number(at),
          sequence: Number(sequence),
          kind: String(kind),
          point: pointOf(
            space,
            Object.fromEntries(
              dimensions.map(({ name }, place) => [name, known[place] as number | null]),
            ),
          ),
        })),
      };
    }
  }
}
