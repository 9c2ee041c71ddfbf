/** Things that are like one, in the metric of the space and the context that it is seen in. */
import { SENSITIVITY } from "../spaces/concept.ts";
import { Metric } from "../spaces/metric.ts";
import { Neighbours } from "../spaces/neighbours.ts";
import { similarity } from "../spaces/similarity.ts";
import { dimensionsOf, pointOf, type Space } from "../spaces/space.ts";
import type { Weights } from "../spaces/weights.ts";
import { Table } from "../table/table.ts";
import { shown, threeDigits } from "./classified.ts";
import { PerceptionError } from "./error.ts";
import { quantity } from "./quantity.ts";
import type { Thing } from "./thing.ts";

/** What is to be different: less or more of it, or so much, in the dimension's unit. */
export type Difference = "less" | "more" | number;

/** How things are looked for. */
export interface SimilarOptions {
  /** How many: 10 without it. */
  readonly count?: number;
  /** Like this one, but: by dimension. */
  readonly but?: Readonly<Record<string, Difference>>;
}

/** A thing that is like another. */
export interface Similar {
  readonly thing: Thing;
  readonly distance: number;
  /** exp(−c · distance), with the c of concepts that say nothing else. */
  readonly similarity: number;
  /** How much of what matters is known of both, 0 to 1. */
  readonly known: number;
  /** The dimensions in which they differ, those first that make up most of the distance. */
  readonly differences: readonly {
    readonly dimension: string;
    readonly unit: string;
    readonly value: number;
    readonly other: number;
    /** Its share of the distance. */
    readonly share: number;
  }[];
}

/** Things that are like one, the nearest first. As the last expression of a notebook's cell it is a table. */
export class Similarities {
  /**
   * @param thing what was asked about
   * @param rows the nearest first
   */
  constructor(readonly thing: Thing, readonly rows: readonly Similar[]) {}

  /** The rows as a table. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      [text("name"), text("kind"), number("similarity"), number("known"), text("differs_in")],
      this.rows.map(({ thing, similarity, known, differences }) => [
        thing.name,
        thing.kind,
        threeDigits(similarity),
        threeDigits(known),
        differences.slice(0, 3).map(({ dimension, unit, value, other }) =>
          `${dimension.split(".").at(-1)} ${quantity(other, unit)} (${quantity(value, unit)})`
        ).join("; "),
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

/** What is searched: the things of a space, seen in a context. */
interface Seen {
  readonly space: Space;
  readonly things: readonly Thing[];
  readonly context: { readonly weights: Weights } | undefined;
}

/**
 * The things that are most like one. What is to be less or more does not count for the distance, and what is to be so
 * much is put in place of the thing's own value.
 *
 * @throws {PerceptionError} `unknown_dimension`, also where the thing's own value would be needed and is not known;
 * `no_difference` for what is none
 */
export function similarTo(
  { space, things, context }: Seen,
  thing: Thing,
  { count = 10, but = {} }: SimilarOptions,
): Similarities {
  const dimensions = dimensionsOf(space);
  const sides = Object.entries(but).filter(([, how]) => typeof how === "string");
  for (const [dimension, how] of Object.entries(but)) requireDifference(space, dimension, how);
  for (const [dimension, how] of sides) {
    if (thing.values[dimension] != null) continue;
    throw new PerceptionError(
      "unknown_dimension",
      `The ${dimension} of ${thing.name} is not known: nothing can be said to have ${how}`,
    );
  }
  const others = things.filter((other) =>
    other !== thing && sides.every(([dimension, how]) => differs(thing, other, dimension, how))
  );
  const ignored = Object.fromEntries(sides.map(([dimension]) => [dimension, 0]));
  const metric = new Metric(space, { context: { ...context?.weights, ...ignored } });
  const sought = Object.fromEntries(
    Object.entries(but).filter(([, how]) => typeof how === "number"),
  );
  const values = { ...thing.values, ...sought as Record<string, number> };
  const point = pointOf(space, values);
  const points = others.map((other) => pointOf(space, other.values));
  if (points.length === 0) return new Similarities(thing, []);
  const nearest = new Neighbours(metric, points).nearest(point, count);
  return new Similarities(
    thing,
    nearest.map(({ index, distance }) => {
      const other = others[index]!;
      const shares = metric.shares(point, points[index]!);
      const differences = dimensions.flatMap(({ name, unit }, at) => {
        const share = distance > 0 ? shares[at]! / distance : 0;
        return share > 0
          ? [{ dimension: name, unit, value: values[name]!, other: other.values[name]!, share }]
          : [];
      }).sort((a, b) => b.share - a.share);
      return {
        thing: other,
        distance,
        similarity: similarity(distance, SENSITIVITY),
        known: metric.measure(point, points[index]!).known,
        differences,
      };
    }),
  );
}

function requireDifference(space: Space, dimension: string, how: unknown): void {
  const names = dimensionsOf(space).map(({ name }) => name);
  if (!names.includes(dimension)) {
    throw new PerceptionError(
      "unknown_dimension",
      `The space ${space.name} has no dimension ${JSON.stringify(dimension)}: it has ${
        names.join(", ")
      }`,
    );
  }
  if (how === "less" || how === "more" || Number.isFinite(how)) return;
  throw new PerceptionError(
    "no_difference",
    `${dimension}: ${how} is no difference: say less, more or a number in its unit`,
  );
}

function differs(thing: Thing, other: Thing, dimension: string, how: unknown): boolean {
  const [own, its] = [thing.values[dimension], other.values[dimension]];
  if (own == null || its == null) return false;
  return how === "less" ? its < own : its > own;
}
