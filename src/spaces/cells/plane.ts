/** Planes through a space: what can be drawn of it on paper. */
import type { Dimension } from "../dimension.ts";
import { SpaceInvalid } from "../error.ts";
import { type Coordinates, dimensionsOf, requireSpace, type Space } from "../space.ts";

/** A place on a plane: how far along its first and its second axis. */
export type Place = readonly [x: number, y: number];

/** A rectangle of a plane, which is drawn. */
export interface PlaneWindow {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
}

/** How much a dimension has of an axis: −1 to 1, and their squares add up to 1. */
export interface Loading {
  readonly dimension: Dimension;
  readonly loading: number;
}

/**
 * What an axis goes along: one dimension, where a place is a {@linkcode coordinate}; or a principal component, where a
 * place is how far it is from the mean along it, with the share that it has of the points' variance.
 */
export type PlaneAxis =
  | { readonly dimension: Dimension }
  | { readonly loadings: readonly Loading[]; readonly share: number };

/** A plane through a space. */
export interface Plane {
  readonly space: Space;
  readonly axes: readonly [PlaneAxis, PlaneAxis];
  /**
   * The point of the space at a place. What the plane says nothing about is NaN in it.
   *
   * @param point one of this plane that is no longer needed, which then becomes this one
   */
  pointAt(place: Place, point?: Coordinates): Coordinates;
  /** Where a point is seen on the plane: straight below it. Undefined where too little is known of it. */
  placeOf(point: Coordinates): Place | undefined;
}

/** As far as windows go beyond a dimension's range, in ranges: points beyond are out of the picture. */
export const BEYOND = 1;
/** What is left free around everything that is in a window, of its width and height. */
const MARGIN = 0.04;

/**
 * The plane of two dimensions. A place on it is a thing of which these two are known and nothing else: so what is drawn
 * there is what a {@linkcode Classifier} says of such a thing, and the other dimensions leave the distance to these two.
 *
 * @throws {SpaceInvalid} for a dimension that the space does not have, or twice the same
 */
export function planeOf(space: Space, x: string, y: string): Plane {
  requireSpace(space);
  const dimensions = dimensionsOf(space);
  const [across, up] = [x, y].map((name, axis) => {
    const at = dimensions.findIndex((dimension) => dimension.name === name);
    if (at >= 0) return at;
    throw new SpaceInvalid(
      "xy"[axis]!,
      `the space ${space.name} has no dimension ${JSON.stringify(name)}: it has ${
        dimensions.map(({ name }) => name).join(", ")
      }`,
    );
  }) as [number, number];
  if (across === up) throw new SpaceInvalid("y", `it is ${x}, as x is: say another dimension`);
  return {
    space,
    axes: [{ dimension: dimensions[across]! }, { dimension: dimensions[up]! }],
    pointAt([x, y], point = new Float64Array(dimensions.length).fill(NaN)) {
      point[across] = x;
      point[up] = y;
      return point;
    },
    placeOf(point) {
      const place: Place = [point[across]!, point[up]!];
      return place.some(Number.isNaN) ? undefined : place;
    },
  };
}

/**
 * A window in which all of some places are: of a dimension it has at least the whole range, of a circular one just that.
 * What lies more than {@linkcode BEYOND} outside of a range is not in it.
 */
export function windowOf({ axes }: Plane, places: readonly Place[]): PlaneWindow {
  const along = (axis: 0 | 1): [number, number] => {
    const which = axes[axis];
    const isDimension = "dimension" in which;
    if (isDimension && which.dimension.scale === "circular") return [0, 1];
    let [low, high] = isDimension ? [0, 1] : [Infinity, -Infinity];
    for (const place of places) {
      if (isDimension && (place[axis] < -BEYOND || place[axis] > 1 + BEYOND)) continue;
      low = Math.min(low, place[axis]);
      high = Math.max(high, place[axis]);
    }
    // All in one place: something has to be around it.
    if (!(high - low > 1e-6)) [low, high] = low <= high ? [low - 0.5, high + 0.5] : [-0.5, 0.5];
    const margin = (high - low) * MARGIN;
    return [low - margin, high + margin];
  };
  return { x: along(0), y: along(1) };
}

/** Whether a place is in a window. */
export function isWithin({ x, y }: PlaneWindow, place: Place): boolean {
  return place[0] >= x[0] && place[0] <= x[1] && place[1] >= y[0] && place[1] <= y[1];
}
