/** The nearest prototypes of many points at once. */
import { SpaceInvalid } from "./error.ts";
import { nearestOf, type Prototype } from "./prototype.ts";
import { type NearestColumns, PrototypeKernel } from "./prototype_kernel.ts";
import { GREATEST } from "./rounding.ts";

/** From so many points that know the same dimensions on it is worth while to lay out the prototypes for them. */
const WORTH_WHILE = 32;

/** What is nearest to each of some points; what {@linkcode Nearest} says, by column. */
export type NearestPrototypes = NearestColumns;

/**
 * Some prototypes, of which the nearest is asked for many points: a million points of 12 dimensions against 30 of them
 * are a quarter of a second.
 *
 * The answer is the {@linkcode Metric}'s own, but for rounding of the distances: where it is close, the metric decides.
 * It is slower by an order of magnitude where the metric has to be asked every time: where a circular dimension
 * matters, and for points that know what hardly another one of them knows.
 *
 * @example
 * ```ts
 * import { Metric, PrototypeSet, pointOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "host", domains: [{ name: "load", dimensions }] };
 * const metric = new Metric(space);
 * const idle = pointOf(space, { "load.cpu": 0, "load.memory": 0 });
 * const busy = pointOf(space, { "load.cpu": 1, "load.memory": 0 });
 * const prototypes = new PrototypeSet([
 *   { concept: 0, point: idle, metric },
 *   { concept: 1, point: busy, metric },
 * ]);
 * // Two points; of the second the memory is not known.
 * const { prototype, distance, runnerUp } = prototypes.nearest(Float64Array.of(0.25, 0, 1, NaN));
 * deepStrictEqual([...prototype], [0, 1]);
 * deepStrictEqual([...distance], [0.25, 0]);
 * deepStrictEqual([...runnerUp], [0.75, Math.SQRT2]); // where the memory is not known it counts as the cpu does
 * ```
 */
export class PrototypeSet {
  /** How many coordinates a point has. */
  readonly #width: number;
  /** For points that know every dimension. */
  readonly #complete: PrototypeKernel | undefined;

  /** @throws {SpaceInvalid} for none at all, and for points of different widths */
  constructor(readonly prototypes: readonly Prototype[]) {
    if (prototypes.length === 0) throw new SpaceInvalid("prototypes", "there is none: give one");
    this.#width = prototypes[0]!.metric.width;
    for (const [at, { point, metric }] of prototypes.entries()) {
      if (point.length === this.#width && metric.width === this.#width) continue;
      throw new SpaceInvalid(
        `prototypes/${at}`,
        `it has ${point.length} coordinates, in a space of ${metric.width}; give ${this.#width}`,
      );
    }
    this.#complete = PrototypeKernel.of(prototypes, () => true);
  }

  /**
   * The nearest prototype of each point.
   *
   * @param points their coordinates, point by point; NaN where one is not known
   * @throws {SpaceInvalid} for a number of coordinates that makes no whole points
   */
  nearest(points: Float64Array): NearestPrototypes {
    const size = points.length / this.#width;
    if (!Number.isInteger(size)) {
      throw new SpaceInvalid(
        "points",
        `${points.length} coordinates are no whole points of ${this.#width}`,
      );
    }
    const columns = {
      prototype: new Int32Array(size),
      distance: new Float64Array(size),
      runnerUp: new Float64Array(size),
    };
    for (const numbers of this.#alike(points, size)) {
      const kernel = this.#kernel(points, numbers);
      const open = kernel ? kernel.run(points, numbers, columns) : numbers;
      for (const number of open) {
        const nearest = nearestOf(this.prototypes, this.#point(points, number));
        columns.prototype[number] = nearest.prototype;
        columns.distance[number] = nearest.distance;
        columns.runnerUp[number] = nearest.runnerUp;
      }
    }
    return columns;
  }

  #point(points: Float64Array, number: number): Float64Array {
    return points.subarray(number * this.#width, (number + 1) * this.#width);
  }

  /** The numbers of the points, those together that know the same dimensions; the complete ones first. */
  #alike(points: Float64Array, size: number): Int32Array[] {
    const complete = new Int32Array(size);
    let count = 0;
    const others = new Map<string, number[]>();
    for (let number = 0, at = 0; number < size; number++) {
      let odd = 0;
      for (const end = at + this.#width; at < end; at++) {
        if (!(Math.abs(points[at]!) <= GREATEST)) odd++;
      }
      if (odd === 0) {
        complete[count++] = number;
        continue;
      }
      const key = Array.from(this.#point(points, number), kindOf).join("");
      const alike = others.get(key);
      if (alike) alike.push(number);
      else others.set(key, [number]);
    }
    return [
      complete.subarray(0, count),
      ...[...others.values()].map((one) => Int32Array.from(one)),
    ];
  }

  #kernel(points: Float64Array, numbers: Int32Array): PrototypeKernel | undefined {
    if (numbers.length === 0) return undefined;
    const point = this.#point(points, numbers[0]!);
    const kinds = Array.from(point, kindOf);
    if (kinds.every((kind) => kind === "known")) return this.#complete;
    if (numbers.length < WORTH_WHILE || kinds.includes("enormous")) return undefined;
    return PrototypeKernel.of(this.prototypes, (at) => kinds[at] === "known");
  }
}

function kindOf(value: number): "missing" | "known" | "enormous" {
  if (Number.isNaN(value)) return "missing";
  return Math.abs(value) <= GREATEST ? "known" : "enormous";
}
