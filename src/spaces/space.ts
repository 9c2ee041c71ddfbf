/** A conceptual space: quality dimensions, in domains. */
import { coordinate, type Dimension, requireDimension } from "./dimension.ts";
import { SpaceInvalid } from "./error.ts";

/** Dimensions that belong together: who knows a thing on one of them knows it on all (they are integral). */
export interface Domain {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
}

/** Some domains, in which things of one kind are points. */
export interface Space {
  readonly name: string;
  /** What its points are, for people. */
  readonly about?: string;
  readonly domains: readonly Domain[];
}

/**
 * A point: a coordinate for each dimension of a space, in the order of {@linkcode dimensionsOf}; NaN where it is not
 * known.
 */
export type Coordinates = Float64Array;

/** What is known of a thing: values by dimension, each in its unit. What is absent or null is not known. */
export type Values = Readonly<Record<string, number | null | undefined>>;

/**
 * The dimensions of a space, domain by domain: the order of a point's coordinates.
 *
 * @example
 * ```ts
 * import { dimensionsOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const of = (name: string) => ({ name, dimensions: [{ name: `${name}.x`, ...share }] });
 * const space = { name: "host", domains: [of("load"), of("wear")] };
 * deepStrictEqual(dimensionsOf(space).map(({ name }) => name), ["load.x", "wear.x"]);
 * ```
 */
export function dimensionsOf({ domains }: Space): Dimension[] {
  return domains.flatMap(({ dimensions }) => dimensions);
}

/**
 * The point of a thing. What is missing is missing, and never zero; what is said of other spaces' dimensions is passed
 * over.
 *
 * @example
 * ```ts
 * import { pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "load", domains: [{ name: "load", dimensions }] };
 * deepStrictEqual([...pointOf(space, { "load.cpu": 0.5 })], [0.5, NaN]);
 * ```
 */
export function pointOf(space: Space, values: Values): Coordinates {
  return Float64Array.from(
    dimensionsOf(space),
    (dimension) => coordinate(dimension, values[dimension.name]),
  );
}

/** @throws {SpaceInvalid} for a point that has not as many coordinates as the space has dimensions */
export function requirePoint(space: Space, point: Coordinates): void {
  const width = space.domains.reduce((sum, { dimensions }) => sum + dimensions.length, 0);
  if (point.length === width) return;
  throw new SpaceInvalid(
    "point",
    `it has ${point.length} coordinates, and the space ${space.name} ${width} dimensions: make it with pointOf`,
  );
}

/** @throws {SpaceInvalid} for a space without a dimension, or with a name that is there twice, or an impossible range */
export function requireSpace(space: Space): void {
  const names = new Set<string>();
  const take = (name: string) => {
    if (names.has(name)) {
      throw new SpaceInvalid(name, `it is there twice in the space ${space.name}: rename one`);
    }
    names.add(name);
  };
  for (const domain of space.domains) {
    take(domain.name);
    for (const dimension of domain.dimensions) {
      take(dimension.name);
      requireDimension(dimension);
    }
  }
  if (names.size === space.domains.length) {
    throw new SpaceInvalid(space.name, "it has no dimension: say one at least");
  }
}
