/** How far apart two points of a space are. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { difference } from "./dimension.ts";
import { SpaceInvalid } from "./error.ts";
import { type Coordinates, dimensionsOf, type Space } from "./space.ts";

/**
 * Weights by the names of domains and dimensions: how much each matters, 1 where nothing is said. What has weight 0 is
 * of no importance: then it does not matter either whether it is known.
 */
export type Weights = Readonly<Record<string, number>>;

/** How values vary together, inside the domains of a space: a symmetric, positive definite matrix over coordinates. */
export interface Covariance {
  /** Its rows and columns. Dimensions of a space that are not named here count with the variance 1, by themselves. */
  readonly dimensions: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** What distance means: nothing is needed, then each dimension and domain counts the same. */
export interface MetricOptions {
  /** Of a concept, or of whoever knows what matters. */
  readonly salience?: Weights;
  /** Of a named context: what matters at the moment. They multiply the {@linkcode salience}. */
  readonly context?: Weights;
  /** What is usual is near: inside a domain distance is counted in standard deviations (Mahalanobis, 1936). */
  readonly covariance?: Covariance;
}

/** A distance, and what it is made of. */
export interface Distance {
  /** NaN where no dimension is known of both points. */
  readonly distance: number;
  /** How much of what matters is known of both points, by weight: 0 to 1. */
  readonly known: number;
}

/** One domain, ready to be measured in. */
interface Part {
  start: number;
  size: number;
  weight: number;
  /** Weights of its dimensions, and their sum. */
  salience: Float64Array;
  total: number;
  /** Of the whitened: the covariance, and the inverse of it for the dimensions that are known, by a mask of them. */
  covariance: Matrix | undefined;
  inverses: Map<string, Matrix>;
}

/**
 * The distance of a space,
 *
 * d(x, y) = Σ_δ w_δ · √( Δ_δᵀ S_δ⁻¹ Δ_δ ),
 *
 * city block across domains δ and Euclid inside them (Gärdenfors, 2000, 1.8; Johannesson, 2001): with S_δ diagonal, the
 * inverse of the salience weights, or the covariance. A dimension that is not known of both leaves its domain's distance
 * to the others, and a domain of which nothing is known leaves it to the other domains, as if it were as far there as
 * where it is known. So it is a metric between points that know the same dimensions.
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
  readonly #parts: Part[];
  readonly #weight: number;

  /** @throws {SpaceInvalid} for weights that are none, and a covariance that is none */
  constructor(readonly space: Space, readonly options: MetricOptions = {}) {
    const dimensions = dimensionsOf(space);
    this.width = dimensions.length;
    this.#isCircular = dimensions.map(({ scale }) => scale === "circular");
    const { salience = {}, context = {}, covariance } = options;
    for (const weights of [salience, context]) requireWeights(weights);
    const weightOf = (name: string) => (salience[name] ?? 1) * (context[name] ?? 1);
    let start = 0;
    this.#parts = space.domains.map((domain) => {
      const names = domain.dimensions.map(({ name }) => name);
      const weights = Float64Array.from(names, weightOf);
      const part: Part = {
        start,
        size: names.length,
        weight: weightOf(domain.name),
        salience: weights,
        total: weights.reduce((sum, weight) => sum + weight, 0),
        covariance: covariance && partOf(covariance, names),
        inverses: new Map(),
      };
      start += part.size;
      if (part.total === 0) part.weight = 0;
      return part;
    });
    this.#weight = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
    if (!(this.#weight > 0)) {
      throw new SpaceInvalid(
        "weights",
        `nothing matters in the space ${space.name}: say a weight above 0`,
      );
    }
  }

  /** The distance of two points; NaN where no dimension that matters is known of both. */
  distance(x: Coordinates, y: Coordinates): number {
    return this.measure(x, y).distance;
  }

  /** The distance of two points, and how much of it is known. */
  measure(x: Coordinates, y: Coordinates): Distance {
    return this.#measure(x, y, undefined);
  }

  /**
   * Which part of the distance each dimension has: they add up to it exactly, but for rounding. Inside a whitened domain
   * one can be below 0, where it varies the usual way together with another. NaN for what is not known.
   */
  shares(x: Coordinates, y: Coordinates): Float64Array {
    const shares = new Float64Array(this.width).fill(NaN);
    this.#measure(x, y, shares);
    return shares;
  }

  #measure(x: Coordinates, y: Coordinates, shares: Float64Array | undefined): Distance {
    let sum = 0;
    let weighed = 0;
    let known = 0;
    for (const part of this.#parts) {
      if (part.weight === 0) continue;
      const { square, share } = this.#square(part, x, y, shares);
      if (share === 0) continue;
      const root = Math.sqrt(square / share);
      sum += part.weight * root;
      weighed += part.weight;
      known += part.weight * share;
      if (shares) scale(shares, part, square > 0 ? part.weight * root / square : 0);
    }
    if (weighed === 0) return { distance: NaN, known: 0 };
    const missing = this.#weight / weighed;
    if (shares && missing !== 1) {
      for (let at = 0; at < shares.length; at++) {
        shares[at]! *= missing;
      }
    }
    return { distance: sum * missing, known: known / this.#weight };
  }

  /** Inside a domain: the square over the known dimensions, and what share of its weight those have. */
  #square(
    part: Part,
    x: Coordinates,
    y: Coordinates,
    shares: Float64Array | undefined,
  ): { square: number; share: number } {
    if (part.covariance) return this.#whitened(part, x, y, shares);
    const { start, size, salience, total } = part;
    let square = 0;
    let weight = 0;
    for (let at = 0; at < size; at++) {
      const way = difference(this.#isCircular[start + at]!, x[start + at]!, y[start + at]!);
      if (Number.isNaN(way) || salience[at] === 0) continue;
      const own = salience[at]! * way * way;
      square += own;
      weight += salience[at]!;
      if (shares) shares[start + at] = own;
    }
    return { square, share: weight / total };
  }

  #whitened(
    part: Part,
    x: Coordinates,
    y: Coordinates,
    shares: Float64Array | undefined,
  ): { square: number; share: number } {
    const { start, size, salience, total } = part;
    const ways: number[] = [];
    const places: number[] = [];
    let weight = 0;
    for (let at = 0; at < size; at++) {
      const way = difference(this.#isCircular[start + at]!, x[start + at]!, y[start + at]!);
      if (Number.isNaN(way) || salience[at] === 0) continue;
      ways.push(way * Math.sqrt(salience[at]!));
      places.push(at);
      weight += salience[at]!;
    }
    if (places.length === 0) return { square: 0, share: 0 };
    const inverse = inverseOf(part, places);
    let square = 0;
    for (let row = 0; row < ways.length; row++) {
      let product = 0;
      for (let column = 0; column < ways.length; column++) {
        product += inverse.get(row, column) * ways[column]!;
      }
      const own = ways[row]! * product;
      square += own;
      if (shares) shares[start + places[row]!] = own;
    }
    return { square: Math.max(0, square), share: weight / total };
  }
}

/** The inverse of a domain's covariance over some of its dimensions: what the others are is not known. */
function inverseOf({ covariance, inverses }: Part, places: number[]): Matrix {
  const key = places.join();
  let inverse = inverses.get(key);
  if (!inverse) {
    const known = covariance!.selection(places, places);
    inverse = new CholeskyDecomposition(known).solve(Matrix.eye(places.length));
    inverses.set(key, inverse);
  }
  return inverse;
}

function scale(shares: Float64Array, { start, size }: Part, factor: number): void {
  for (let at = start; at < start + size; at++) shares[at]! *= factor;
}

function requireWeights(weights: Weights): void {
  for (const [name, weight] of Object.entries(weights)) {
    if (!Number.isFinite(weight) || weight < 0) {
      throw new SpaceInvalid(`weights/${name}`, `${weight} is no weight: say 0 or more`);
    }
  }
}

/** The covariance of some dimensions. */
function partOf({ dimensions, rows }: Covariance, names: readonly string[]): Matrix {
  const places = names.map((name) => dimensions.indexOf(name));
  const part = Matrix.eye(names.length);
  for (const [row, from] of places.entries()) {
    for (const [column, to] of places.entries()) {
      if (from >= 0 && to >= 0) part.set(row, column, rows[from]?.[to] ?? NaN);
    }
  }
  const isWhole = part.to1DArray().every(Number.isFinite) && part.isSymmetric();
  if (!isWhole || !new CholeskyDecomposition(part).isPositiveDefinite()) {
    throw new SpaceInvalid(
      "covariance",
      `that of ${names.join(", ")} is not symmetric and positive definite`,
    );
  }
  return part;
}
