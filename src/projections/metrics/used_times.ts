/** Which milliseconds of a resource have measurements already. */

const FIRST_ROOM = 16;

/**
 * The times of the measurements of one resource, in order: 8 bytes for each. A server keeps one value for each
 * millisecond of a series, and of several that come in several writes nobody can say which; so what is measured in the
 * same millisecond as something else goes into the next that is free.
 *
 * Cost: what comes last is O(1), what is late O(log n), and a move of what is behind it.
 */
export class UsedTimes {
  #times = new Float64Array(FIRST_ROOM);
  #size = 0;

  /**
   * Takes a millisecond, or the next one that is free.
   *
   * @param time milliseconds since 1970
   * @returns the one that it took
   */
  take(time: number): number {
    let at = this.#firstFrom(time);
    let free = time;
    while (at < this.#size && this.#times[at] === free) {
      at++;
      free++;
    }
    if (this.#size === this.#times.length) {
      const more = new Float64Array(2 * this.#size);
      more.set(this.#times);
      this.#times = more;
    }
    this.#times.copyWithin(at + 1, at, this.#size);
    this.#times[at] = free;
    this.#size++;
    return free;
  }

  /** Where the first time is that is not before this one. */
  #firstFrom(time: number): number {
    let [low, high] = [0, this.#size];
    if (high === 0 || this.#times[high - 1]! < time) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
