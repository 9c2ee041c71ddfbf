/** How far apart two points of a space are. */
import { type Covariance, DomainCovariance, requireCovariance } from "./covariance.ts";
import { difference } from "./dimension.ts";
import { type Coordinates, dimensionsOf, requirePoint, requireSpace, type Space } from "./space.ts";
import { requireWeights, weightOf, type Weights } from "./weights.ts";

/** What distance means: nothing is needed, then each dimension and domain counts the same. */
export interface MetricOptions {
  /** Of a concept, or of whoever knows what matters. */
  readonly salience?: Weights;
  /** Of a named context: what matters at the moment. They multiply the {@linkcode salience}. */
  readonly context?: Weights;
  /** What is usual is near: inside a domain distance is counted in standard deviations (Mahalanobis, 1936). */
  readonly covariance?: Covariance;
}

/** A distance, and how much it knows. */
export interface Distance {
  /** NaN where no dimension that matters is known of both points. */
  readonly distance: number;
  /** How much of what matters is known of both points, by weight: 0 to 1. */
  readonly known: number;
}

/** One domain, ready to be measured in. */
interface Part {
  /** Its first coordinate, and the one after its last. */
  start: number;
  end: number;
  weight: number;
  /** The sum of its dimensions' weights. */
  total: number;
  covariance: DomainCovariance | undefined;
}

/**
 * The distance of a space,
 *
 * d(x, y) = Σ_δ w_δ · √( Δ_δᵀ S_δ⁻¹ Δ_δ ),
 *
 * city block across domains δ and Euclid inside them (Gärdenfors, 2000, chapter 1; Johannesson, 2001): with S_δ diagonal, the
 * inverse of the salience weights, or the covariance, whose coordinates these weights stretch. A dimension that is not
 * known of both leaves its domain's distance to the others, and a domain of which nothing is known leaves it to the
 * other domains, as if it were as far there as where it is known. So it is a metric between points that know the same
 * dimensions; what is of weight 0 is not seen.
 *
 * @example
 * ```ts
 * import { Metric, pointOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const of = (name: string, ...dimensions: string[]) => ({
 *   name,
 *   dimensions: dimensions.map((dimension) => ({ name: `${name}.${dimension}`, ...share })),
 * });
 * const space = { name: "host", domains: [of("load", "cpu", "memory"), of("wear", "age")] };
 * const metric = new Metric(space);
 * const a = pointOf(space, { "load.cpu": 0.25, "load.memory": 0, "wear.age": 0 });
 * const b = pointOf(space, { "load.cpu": 0.75, "load.memory": 0, "wear.age": 1 });
 * strictEqual(metric.distance(a, b), 1.5); // 0.5 in one domain, and 1 in the other
 * ```
 */
export class Metric {
  /** How many coordinates a point has. */
  readonly width: number;
  readonly #isCircular: boolean[];
  /** The weights of dimensions, and their roots, which stretch coordinates. */
  readonly #salience: Float64Array;
  readonly #stretch: Float64Array;
  readonly #parts: Part[];
  readonly #weight: number;
  /** Of the measurement that is going on: stretched differences, and each one's part of its domain's square. */
  readonly #ways: Float64Array;
  readonly #squares: Float64Array;

  /** @throws {SpaceInvalid} for a space, weights or a covariance that are none */
  constructor(readonly space: Space, readonly options: MetricOptions = {}) {
    const { salience = {}, context = {}, covariance } = options;
    requireSpace(space);
    requireWeights(space, salience, "salience");
    requireWeights(space, context, "context");
    if (covariance) requireCovariance(space, covariance);
    const weight = (name: string) => weightOf(salience, name) * weightOf(context, name);
    const dimensions = dimensionsOf(space);
    this.width = dimensions.length;
    this.#isCircular = dimensions.map(({ scale }) => scale === "circular");
    this.#salience = Float64Array.from(dimensions, ({ name }) => weight(name));
    this.#stretch = this.#salience.map(Math.sqrt);
    this.#ways = new Float64Array(this.width);
    this.#squares = new Float64Array(this.width);
    let start = 0;
    this.#parts = [];
    for (const domain of space.domains) {
      const end = start + domain.dimensions.length;
      const total = sumOf(this.#salience, start, end);
      const own = covariance && new DomainCovariance(covariance, domain);
      if (total > 0 && weight(domain.name) > 0) {
        this.#parts.push({ start, end, weight: weight(domain.name), total, covariance: own });
      }
      start = end;
    }
    this.#weight = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
  }

  /**
   * The distance of two points; NaN where no dimension that matters is known of both.
   *
   * @throws {SpaceInvalid} for a point of another space, by the number of its coordinates; so do the others
   */
  distance(x: Coordinates, y: Coordinates): number {
    return this.measure(x, y).distance;
  }

  /** The distance of two points, and how much of it is known. */
  measure(x: Coordinates, y: Coordinates): Distance {
    return this.#measure(x, y, undefined);
  }

  /**
   * Which part of the distance each dimension has: they add up to it exactly, but for rounding. Inside a whitened domain
   * one can be below 0, where it varies the usual way together with another. 0 for what does not matter, NaN for what
   * is not known of both.
   */
  shares(x: Coordinates, y: Coordinates): Float64Array {
    const shares = Float64Array.from(x, (from, at) => Number.isFinite(y[at]! - from) ? 0 : NaN);
    this.#measure(x, y, shares);
    return shares;
  }

  #measure(x: Coordinates, y: Coordinates, shares: Float64Array | undefined): Distance {
    if (x.length !== this.width) requirePoint(this.space, x);
    if (y.length !== this.width) requirePoint(this.space, y);
    let sum = 0;
    let weighed = 0;
    let known = 0;
    for (const part of this.#parts) {
      const share = this.#take(part, x, y) / part.total;
      if (share === 0) continue;
      if (part.covariance) this.#whiten(part, part.covariance);
      const square = Math.max(0, sumOf(this.#squares, part.start, part.end));
      const root = part.weight * Math.sqrt(square / share);
      sum += root;
      weighed += part.weight;
      known += part.weight * share;
      if (shares && square > 0) {
        for (let at = part.start; at < part.end; at++) {
          if (!Number.isNaN(shares[at]!)) shares[at] = this.#squares[at]! * (root / square);
        }
      }
    }
    if (weighed === 0) return { distance: NaN, known: 0 };
    const missing = this.#weight / weighed;
    if (shares && missing !== 1) {
      for (let at = 0; at < shares.length; at++) shares[at]! *= missing;
    }
    return { distance: sum * missing, known: known / this.#weight };
  }

  /** Takes a domain's differences and their squares, 0 where one is not known; gives the weight of the known ones. */
  #take({ start, end }: Part, x: Coordinates, y: Coordinates): number {
    const salience = this.#salience;
    const ways = this.#ways;
    const squares = this.#squares;
    let weight = 0;
    for (let at = start; at < end; at++) {
      const way = difference(this.#isCircular[at]!, x[at]!, y[at]!) * this.#stretch[at]!;
      const isKnown = Number.isFinite(way) && salience[at]! > 0;
      ways[at] = isKnown ? way : NaN;
      squares[at] = isKnown ? way * way : 0;
      if (isKnown) weight += salience[at]!;
    }
    return weight;
  }

  /** Counts the squares in standard deviations. */
  #whiten({ start, end }: Part, covariance: DomainCovariance): void {
    const places: number[] = [];
    for (let at = start; at < end; at++) {
      if (!Number.isNaN(this.#ways[at]!)) places.push(at - start);
    }
    const inverse = covariance.inverse(places);
    let cell = 0;
    for (const row of places) {
      let product = 0;
      for (const column of places) product += inverse[cell++]! * this.#ways[start + column]!;
      this.#squares[start + row] = this.#ways[start + row]! * product;
    }
  }
}

function sumOf(numbers: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += numbers[at]!;
  return sum;
}
