/** How often what is normal is as far away as that. */

/**
 * Distances of normal points, against which another one is held: its p-value is (1 + how many of them are as far or
 * farther) / (n + 1), and if it is exchangeable with them, p ≤ α happens with a probability of α at most (Vovk, Gammerman
 * and Shafer, Algorithmic Learning in a Random World, 2005). With n of them no p is less than 1/(n + 1).
 */
export class Calibration {
  #size = 0;
  #next = 0;
  /** In the order in which they came, round and round. */
  readonly #came: Float64Array;
  readonly #sorted: Float64Array;

  /** @param most so many are remembered: of more, the last ones */
  constructor(most: number) {
    this.#came = new Float64Array(most);
    this.#sorted = new Float64Array(most);
  }

  /** Of some distances. */
  static of(distances: Float64Array): Calibration {
    const calibration = new Calibration(distances.length);
    calibration.#came.set(distances);
    calibration.#sorted.set(distances);
    calibration.#sorted.sort();
    calibration.#size = distances.length;
    return calibration;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** How many are less than a distance. */
  less(distance: number): number {
    const sorted = this.#sorted;
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < distance) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many are less than a distance, or the same. */
  upTo(distance: number): number {
    let count = this.less(distance);
    while (count < this.#size && this.#sorted[count] === distance) count++;
    return count;
  }

  /** The p-value of a distance; NaN for NaN. */
  p(distance: number): number {
    return Number.isNaN(distance) ? NaN : (1 + this.#size - this.less(distance)) / (this.#size + 1);
  }

  /** Remembers another one, instead of the oldest if there are enough. */
  push(distance: number): void {
    const sorted = this.#sorted;
    if (this.#size === sorted.length) {
      const oldest = this.less(this.#came[this.#next]!);
      sorted.copyWithin(oldest, oldest + 1, this.#size--);
    }
    const place = this.less(distance);
    sorted.copyWithin(place + 1, place, this.#size++);
    sorted[place] = distance;
    this.#came[this.#next] = distance;
    this.#next = (this.#next + 1) % sorted.length;
  }
}
