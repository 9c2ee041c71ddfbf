/** A space laid out in Euclid's: what makes distances of many points cheap. */
import { CholeskyDecomposition, inverse, type Matrix } from "ml-matrix";
import { DomainCovariance } from "./covariance.ts";
import type { Metric } from "./metric.ts";
import { dimensionsOf } from "./space.ts";
import { weightOf } from "./weights.ts";

/** Coordinates of an embedding that Euclid measures together: those of one domain. */
interface Block {
  /** Where they begin among the embedding's, and how many they are. */
  start: number;
  size: number;
  /** Where each comes from among a point's. */
  sources: number[];
  /** The map from there: a number each where `isScaled`, otherwise the rows of a lower triangle. */
  map: number[];
  isScaled: boolean;
}

/**
 * The map that makes a metric, between points that know the same dimensions, a sum of Euclid's distances: each domain's
 * coordinates times the roots of their weights, and the whitened ones times the inverse of the covariance's Cholesky
 * factor, S = L Lᵀ, for then Δᵀ S⁻¹ Δ = |L⁻¹ Δ|². What does not matter has no place in it.
 */
export class Embedding {
  /** How many coordinates an embedded point has. */
  readonly width: number;
  /** The domains among them: distance is the sum of Euclid's in each. */
  readonly blocks: readonly { readonly start: number; readonly size: number }[];
  /** After how far an embedded coordinate is the same again, on a circle; otherwise Infinity. */
  readonly periods: Float64Array;
  readonly isCircular: boolean;
  readonly #circles: number;
  /** Points are laid out at most so many times as far from the origin. */
  readonly stretch: number;
  /** The same for embeddings that are the same. */
  readonly key: string;
  readonly #blocks: readonly Block[];

  private constructor(blocks: readonly Block[], periods: readonly number[]) {
    this.#blocks = this.blocks = blocks;
    this.width = periods.length;
    this.periods = Float64Array.from(periods);
    this.#circles = periods.filter(Number.isFinite).length;
    this.isCircular = this.#circles > 0;
    const squares = blocks.flatMap(({ map }) => map.map((value) => value * value));
    this.stretch = Math.sqrt(sumOf(squares));
    this.key = JSON.stringify(blocks);
  }

  /**
   * The embedding for points that know some dimensions.
   *
   * @param isKnown by coordinate
   * @returns undefined where nothing that matters is known
   */
  static of(
    { space, options: { salience = {}, context = {}, covariance } }: Metric,
    isKnown: (at: number) => boolean,
  ): Embedding | undefined {
    const weight = (name: string) => weightOf(salience, name) * weightOf(context, name);
    const dimensions = dimensionsOf(space);
    const blocks: Block[] = [];
    const periods: number[] = [];
    let [from, all, weighed] = [0, 0, 0];
    for (const domain of space.domains) {
      const weights = domain.dimensions.map(({ name }) => weight(name));
      const total = sumOf(weights);
      const places = [...weights.keys()].filter((at) => weights[at]! > 0 && isKnown(from + at));
      const sources = places.map((at) => from + at);
      from += weights.length;
      if (total > 0) all += weight(domain.name);
      if (places.length === 0 || weight(domain.name) === 0) continue;
      weighed += weight(domain.name);
      const known = sumOf(places.map((at) => weights[at]!));
      const factor = weight(domain.name) * Math.sqrt(total / known);
      const roots = places.map((at) => Math.sqrt(weights[at]!) * factor);
      const matrix = covariance && new DomainCovariance(covariance, domain).matrix;
      blocks.push({
        start: periods.length,
        size: places.length,
        sources,
        map: matrix ? whitening(matrix.selection(places, places), roots) : roots,
        isScaled: !matrix,
      });
      for (const [at, place] of places.entries()) {
        const deviation = matrix ? Math.sqrt(matrix.get(place, place)) : 1;
        const isCircular = dimensions[sources[at]!]!.scale === "circular";
        periods.push(isCircular ? roots[at]! / deviation : Infinity);
      }
    }
    if (blocks.length === 0) return undefined;
    const missing = all / weighed;
    for (const block of blocks) block.map = block.map.map((value) => value * missing);
    return new Embedding(blocks, periods.map((period) => period * missing));
  }

  /**
   * How far from the origin a point is laid out, at most, with a turn of each circle: what is near can be a turn away.
   * NaN where not all that matters is known of it.
   */
  reach(point: Float64Array): number {
    let square = this.#circles;
    for (const { sources } of this.#blocks) {
      for (const at of sources) square += point[at]! * point[at]!;
    }
    return Math.sqrt(square) * this.stretch;
  }

  /** Lays out a point. Its coordinates begin at `from`, the embedded ones at `to`. */
  lay(points: Float64Array, from: number, embedded: Float64Array, to: number): void {
    for (const { size, sources, map, isScaled } of this.#blocks) {
      if (isScaled) {
        for (let at = 0; at < size; at++) embedded[to++] = map[at]! * points[from + sources[at]!]!;
        continue;
      }
      for (let row = 0, entry = 0; row < size; row++) {
        let sum = 0;
        for (let at = 0; at <= row; at++) sum += map[entry++]! * points[from + sources[at]!]!;
        embedded[to++] = sum;
      }
    }
  }
}

/** The inverse of a covariance's Cholesky factor, its columns times weights: the rows of a lower triangle. */
function whitening(covariance: Matrix, weights: readonly number[]): number[] {
  const whitened = inverse(new CholeskyDecomposition(covariance).lowerTriangularMatrix);
  return weights.flatMap((_, row) =>
    weights.slice(0, row + 1).map((weight, column) => whitened.get(row, column) * weight)
  );
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
