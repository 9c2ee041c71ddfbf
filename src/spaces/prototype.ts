/** A prototype, ready to be measured from. */
import type { Metric } from "./metric.ts";
import type { Coordinates } from "./space.ts";

/** A point that stands for a concept. */
export interface Prototype {
  readonly point: Coordinates;
  /** Which concept it is of: a number of the caller's own. */
  readonly concept: number;
  /** How distance to it is measured. Prototypes can share one. */
  readonly metric: Metric;
}

/** What is nearest to a point. */
export interface Nearest {
  /** The place of the nearest prototype, of equals the first; −1 where the distance to none is known. */
  prototype: number;
  /** To that one; NaN where there is none. */
  distance: number;
  /** To the nearest prototype of any other concept; NaN where there is none. */
  runnerUp: number;
}

/** The nearest of some prototypes, measured one by one. */
export function nearestOf(prototypes: readonly Prototype[], point: Coordinates): Nearest {
  let [nearest, distance, runnerUp] = [-1, NaN, NaN];
  for (const [at, prototype] of prototypes.entries()) {
    const own = prototype.metric.distance(point, prototype.point);
    if (Number.isNaN(own)) continue;
    const isOfAnother = nearest >= 0 && prototypes[nearest]!.concept !== prototype.concept;
    if (nearest < 0 || own < distance) {
      if (isOfAnother) runnerUp = distance;
      [nearest, distance] = [at, own];
    } else if (isOfAnother && !(own >= runnerUp)) runnerUp = own;
  }
  return { prototype: nearest, distance, runnerUp };
}
