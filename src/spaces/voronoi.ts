/** A space divided among prototypes (Voronoi, 1908; Gärdenfors, Conceptual Spaces, 2000, chapter 3). */
import { difference } from "./dimension.ts";
import { PrototypeSet } from "./nearest_prototype.ts";
import { nearestOf, type Prototype } from "./prototype.ts";
import { type Coordinates, dimensionsOf } from "./space.ts";

/** So often the way between two prototypes is halved: then the border is where a number can say that it is. */
const HALVINGS = 60;
/** A third prototype that is farther by no more than this share may be as near, but for rounding. */
const ROUNDING = 1e-9;

/**
 * The cells of some prototypes, in any number of dimensions: each point lies in the cell of its nearest prototype.
 * Things are alike that lie in one cell, and next to those are the ones in adjoining cells.
 *
 * @example
 * ```ts
 * import { Metric, pointOf, Voronoi } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const cpu = { name: "load.cpu", unit: "1", scale: "linear", range: [0, 1] } as const;
 * const space = { name: "host", domains: [{ name: "load", dimensions: [cpu] }] };
 * const metric = new Metric(space);
 * const voronoi = new Voronoi([0, 0.5, 1].map((at, concept) => (
 *   { concept, metric, point: pointOf(space, { "load.cpu": at }) }
 * )));
 * deepStrictEqual([...voronoi.cells(Float64Array.of(0.125, 0.5, 0.625, NaN))], [0, 1, 1, -1]);
 * deepStrictEqual(voronoi.adjoining(), [[0, 1], [1, 2]]);
 * ```
 */
export class Voronoi {
  readonly #set: PrototypeSet;
  readonly #isCircular: boolean[];

  /** @throws {SpaceInvalid} for no prototype at all, and for points of different widths */
  constructor(readonly prototypes: readonly Prototype[]) {
    this.#set = new PrototypeSet(prototypes);
    this.#isCircular = dimensionsOf(prototypes[0]!.metric.space)
      .map(({ scale }) => scale === "circular");
  }

  /**
   * In whose cell each point lies: the place of a prototype; of two that are as near the first's; −1 where no distance
   * is known.
   *
   * @param points their coordinates, point by point
   * @throws {SpaceInvalid} for a number of coordinates that makes no whole points
   */
  cells(points: Float64Array): Int32Array {
    return this.#set.nearest(points).prototype;
  }

  /**
   * Which cells adjoin: pairs of prototypes' places, in order. Each has a witness, a place on the border of the two
   * cells that is farther from any third prototype: on the way from one prototype to the other (Gabriel & Sokal, 1969),
   * or from one of the given points, whose nearest two they are, to the second one (the edge that Martinetz & Schulten
   * draw, 1994). So what it says is so; but cells that touch far from where anything is, it can miss: more points find
   * more of them. A prototype that has another one in its own place, before it, has no cell.
   *
   * Costs a distance for each pair and third prototype, and for each point and prototype.
   *
   * @param points coordinates, point by point
   * @param of only what adjoins the cells of these prototypes, by their places; all without it
   */
  adjoining(
    points: Float64Array = new Float64Array(),
    of: Iterable<number> = this.prototypes.keys(),
  ): [number, number][] {
    const all = this.prototypes;
    const shown = [...all.keys()].filter((at) => nearestOf(all, all[at]!.point).prototype === at);
    const asked = new Set(of);
    const found = new Map<string, [number, number]>();
    const look = (a: number, b: number, from: Coordinates) => {
      const pair: [number, number] = a < b ? [a, b] : [b, a];
      if (!asked.has(a) && !asked.has(b)) return;
      if (!found.has(pair.join()) && this.#adjoin(a, b, from, shown)) found.set(pair.join(), pair);
    };
    for (const [at, a] of shown.entries()) {
      for (const b of shown.slice(at + 1)) look(a, b, all[a]!.point);
    }
    const { width } = all[0]!.metric;
    for (let at = 0; at < points.length; at += width) {
      const point = points.subarray(at, at + width);
      const first = nearestAmong(all, shown, point);
      const second = nearestAmong(all, shown.filter((place) => place !== first), point);
      if (first >= 0 && second >= 0) look(first, second, point);
    }
    return [...found.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  /** Whether the border of two cells on the way from a point, which is nearer to a, to b is one of them alone. */
  #adjoin(a: number, b: number, from: Coordinates, shown: readonly number[]): boolean {
    const to = this.prototypes[b]!.point;
    const distance = (of: number, point: Coordinates) =>
      this.prototypes[of]!.metric.distance(point, this.prototypes[of]!.point);
    let [low, high] = [0, 1];
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (low + high) / 2;
      const point = this.#between(from, to, middle);
      if (distance(a, point) <= distance(b, point)) low = middle;
      else high = middle;
    }
    const border = this.#between(from, to, low);
    const own = Math.max(distance(a, border), distance(b, border)) * (1 + ROUNDING);
    return !Number.isNaN(own) &&
      shown.every((third) => third === a || third === b || !(distance(third, border) <= own));
  }

  /** The point at a share of the way; where one end is not known, the other. */
  #between(from: Coordinates, to: Coordinates, share: number): Coordinates {
    return from.map((start, at) => {
      const end = to[at]!;
      if (Number.isNaN(start) || Number.isNaN(end)) return Number.isNaN(start) ? end : start;
      return start + share * difference(this.#isCircular[at]!, start, end);
    });
  }
}

/** The place of the nearest one of some prototypes; −1 where there is none. */
function nearestAmong(
  prototypes: readonly Prototype[],
  places: readonly number[],
  point: Coordinates,
): number {
  const { prototype } = nearestOf(places.map((place) => prototypes[place]!), point);
  return places[prototype] ?? -1;
}
