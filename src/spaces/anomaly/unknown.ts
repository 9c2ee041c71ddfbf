/** What is not known of a row, expected from what is. */
import { inverseOf } from "./inverse.ts";

/**
 * The dimensions of a row that are not known, and what follows for them from the others. With an inverse covariance Π
 * their conditional mean is −Π_UU⁻¹Π_UK·e_K and their conditional covariance Π_UU⁻¹ (Little and Rubin, Statistical
 * Analysis with Missing Data, 2002, 11.2). Filled so, a row is exactly as far away as its known dimensions alone, by the
 * covariance of these, and the unknown ones have no share in it.
 */
export class Unknown {
  /** The dimensions that are not known, in order. */
  readonly places: readonly number[];
  /** Their covariance, given the others. */
  readonly covariance: Float64Array;
  readonly #inverse: Float64Array;

  /**
   * @param row with NaN where something is not known
   * @param inverse of the covariance, row by row
   */
  constructor(row: Float64Array, inverse: Float64Array) {
    this.places = [...row.keys()].filter((at) => Number.isNaN(row[at]));
    const size = this.places.length;
    const own = this.places.flatMap((from) =>
      this.places.map((to) => inverse[from * row.length + to]!)
    );
    this.covariance = inverseOf(Float64Array.from(own), size);
    this.#inverse = inverse;
  }

  /** Puts what is to be expected in the unknown places of a difference to the mean. */
  fill(difference: Float64Array): void {
    const { places, covariance } = this;
    const width = difference.length;
    for (const place of places) difference[place] = 0;
    const pulls = places.map((place) => {
      let sum = 0;
      for (let at = 0; at < width; at++) {
        sum += this.#inverse[place * width + at]! * difference[at]!;
      }
      return sum;
    });
    for (const [row, place] of places.entries()) {
      difference[place] = -pulls.reduce(
        (sum, pull, at) => sum + covariance[row * places.length + at]! * pull,
        0,
      );
    }
  }
}
