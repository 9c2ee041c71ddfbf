/** Where the points of a stream usually are, all dimensions together. */
import type { Chance } from "../learning/chance.ts";
import { kMeans } from "../learning/k_means.ts";
import type { Rows } from "../learning/rows.ts";
import type { Coordinates, Space } from "../space.ts";
import { inverseOf, times } from "./inverse.ts";
import { Unknown } from "./unknown.ts";

/** A prototype for so many rows, and no more of them than the second. */
const ROWS_A_PROTOTYPE = 1_000;
const MOST_PROTOTYPES = 8;
/** Prototypes are sought among so many rows at most, so often; the closest ones count. */
const SOUGHT_AMONG = 8_000;
const SOUGHT = 2;
/** This share of the covariance is the mean variance, the same in each dimension. */
const SHRUNK = 0.03;
const LEAST_VARIANCE = 1e-6;
/** What is more than so many times as far as usual teaches less. */
const TAUGHT_BY = 3;

/**
 * Prototypes with one covariance of what lies around them. The distance of a point is its squared Mahalanobis distance
 * from the nearest one (Mahalanobis, "On the generalised distance in statistics", 1936), divided by the number of known
 * dimensions: about 1 for what is usual. Each point moves its prototype a little, and the covariance.
 */
export class UsualRegion {
  readonly #width: number;
  readonly #prototypes: Float64Array[];
  readonly #covariance: Float64Array;
  #inverse: Float64Array = new Float64Array();
  /** The inverse times each prototype, which saves a product for each. */
  #laid: Float64Array[] = [];
  #along: Float64Array;
  #difference: Float64Array;
  #pull: Float64Array;
  #other: [Float64Array, Float64Array];
  #unknown: Unknown | undefined;
  #square = NaN;
  /** The place of the prototype that is nearest to what was measured last. */
  nearest = -1;

  private constructor(prototypes: readonly Float64Array[], covariance: Float64Array) {
    this.#width = prototypes[0]!.length;
    this.#prototypes = prototypes.map((own) => own.slice());
    this.#covariance = covariance.slice();
    const empty = () => new Float64Array(this.#width);
    [this.#along, this.#difference, this.#pull] = [empty(), empty(), empty()];
    this.#other = [empty(), empty()];
  }

  /** @param rows in units from the middle, without gaps */
  static of(rows: Rows, chance: Chance): UsualRegion {
    const { values, width, count } = rows;
    const places = count > SOUGHT_AMONG
      ? chance.shuffled(Array(count).keys()).slice(0, SOUGHT_AMONG)
      : [...Array(count).keys()];
    const points = places.map((at) => values.subarray(at * width, (at + 1) * width));
    const wanted = Math.max(1, Math.min(MOST_PROTOTYPES, Math.floor(count / ROWS_A_PROTOTYPE)));
    const space = spaceOf(width);
    const sought = Array.from({ length: wanted > 1 ? SOUGHT : 1 }, () => {
      const { prototypes, members } = kMeans(space, points, wanted, chance);
      const sum = new Float64Array(width * width);
      for (const [at, point] of points.entries()) {
        addSquare(sum, point.map((value, of) => value - prototypes[members[at]!]![of]!));
      }
      const spread = prototypes[0]!.reduce((all, _, at) => all + sum[at * (width + 1)]!, 0);
      return { prototypes, covariance: sum.map((value) => value / points.length), spread };
    });
    const { prototypes, covariance } = sought.reduce((a, b) => b.spread < a.spread ? b : a);
    return new UsualRegion(prototypes, covariance);
  }

  /** One that learns for itself. */
  copy(): UsualRegion {
    return new UsualRegion(this.#prototypes, this.#covariance);
  }

  /** Takes account of what was learned; before it nothing can be measured. */
  refresh(): void {
    const width = this.#width;
    const shrunk = this.#covariance.map((value) => (1 - SHRUNK) * value);
    let trace = 0;
    for (let at = 0; at < shrunk.length; at += width + 1) trace += this.#covariance[at]!;
    for (let at = 0; at < shrunk.length; at += width + 1) {
      shrunk[at]! += SHRUNK * trace / width + LEAST_VARIANCE;
    }
    this.#inverse = inverseOf(shrunk, width);
    this.#laid = this.#prototypes.map((own) => {
      const into = new Float64Array(width);
      times(this.#inverse, own, into);
      return into;
    });
  }

  /**
   * Adds each dimension's part of the distance to the shares.
   *
   * @param point in units from the middle; NaN where something is not known
   * @param known how many dimensions are, at least 1
   */
  measure(point: Float64Array, known: number, shares: Float64Array): void {
    const width = this.#width;
    this.#unknown = known < width ? new Unknown(point, this.#inverse) : undefined;
    if (!this.#unknown) times(this.#inverse, point, this.#along);
    this.#square = Infinity;
    for (let at = 0; at < this.#prototypes.length; at++) {
      const [difference, pull] = this.#other;
      const square = this.#from(point, at, difference, pull);
      if (!(square < this.#square)) continue;
      this.#other = [this.#difference, this.#pull];
      [this.#difference, this.#pull] = [difference, pull];
      this.#square = square;
      this.nearest = at;
    }
    for (let at = 0; at < width; at++) {
      shares[at]! += this.#difference[at]! * this.#pull[at]! / known;
    }
  }

  /** The squared distance from a prototype, whatever number of dimensions is known. */
  #from(point: Float64Array, at: number, difference: Float64Array, pull: Float64Array): number {
    const prototype = this.#prototypes[at]!;
    const laid = this.#laid[at]!;
    let square = 0;
    if (this.#unknown) {
      for (let of = 0; of < point.length; of++) difference[of] = point[of]! - prototype[of]!;
      this.#unknown.fill(difference);
      times(this.#inverse, difference, pull);
      for (const place of this.#unknown.places) pull[place] = 0; // but for rounding, it is
      for (let of = 0; of < point.length; of++) square += difference[of]! * pull[of]!;
    } else {
      for (let of = 0; of < point.length; of++) {
        const own = difference[of] = point[of]! - prototype[of]!;
        square += own * (pull[of] = this.#along[of]! - laid[of]!);
      }
    }
    return square;
  }

  /**
   * Learns from what was measured last.
   *
   * @param rate how much what is usual teaches, 0 to 1
   */
  learn(known: number, rate: number): void {
    const width = this.#width;
    const own = rate * Math.min(1, TAUGHT_BY * known / Math.max(this.#square, 1e-9));
    const prototype = this.#prototypes[this.nearest]!;
    const laid = this.#laid[this.nearest]!;
    const difference = this.#difference;
    for (let row = 0, at = 0; row < width; row++) {
      prototype[row]! += own * difference[row]!;
      laid[row]! += own * this.#pull[row]!;
      const part = own * difference[row]!;
      const covariance = this.#covariance;
      at = row * width;
      for (let column = 0; column <= row; column++, at++) {
        covariance[at] = (1 - own) * (covariance[at]! + part * difference[column]!);
      }
    }
    this.#unknown?.places.forEach((row, from, places) => {
      for (let to = 0; to <= from; to++) {
        this.#covariance[row * width + places[to]!]! += (1 - own) * own *
          this.#unknown!.covariance[from * places.length + to]!;
      }
    });
  }
}

function addSquare(sum: Float64Array, row: Coordinates): void {
  for (let from = 0, at = 0; from < row.length; from++) {
    for (let to = 0; to < row.length; to++) sum[at++]! += row[from]! * row[to]!;
  }
}

/** A space of nothing but numbers. */
function spaceOf(width: number): Space {
  const dimensions = Array.from({ length: width }, (_, at) => (
    { name: `column.${at}`, unit: "1", scale: "linear", range: [0, 1] } as const
  ));
  return { name: "column", domains: [{ name: "column", dimensions }] };
}
