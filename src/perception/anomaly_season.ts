/** What a resource is to be expected to be at an hour of the day, by its own past. */

/** The newest day counts for so much at least. */
const RATE = 0.1;
/** Farther than so many usual differences off counts as that far, so that what is unusual teaches little. */
const MOST = 3;
/** Less than this share of a dimension's range is no difference. */
export const LEAST_SPREAD = 0.02;
/** How fast the usual difference follows. */
const PACE = 0.01;
/** Mean absolute differences of a normal distribution to its standard deviation: √(π/2). */
const NORMAL = Math.sqrt(Math.PI / 2);
const HOURS = 24;
const HOUR = 3_600_000;

/** One dimension's mean for each hour of the day, in UTC, of days that count less the longer ago they are. */
export class Season {
  readonly #means = new Float64Array(HOURS).fill(NaN);
  readonly #seen = new Uint32Array(HOURS);
  #spread = 0.1;

  /**
   * Takes the next value.
   *
   * @param at milliseconds since 1970
   * @param value a coordinate; NaN, where nothing is known, teaches nothing
   * @param isNormal whether it is taken for normal, however unusual it looks
   * @returns how far it is from what the same hour of earlier days was, or else the hour before; 0 where there was neither
   */
  departure(at: number, value: number, isNormal: boolean): number {
    if (Number.isNaN(value)) return NaN;
    const hour = Math.floor(at / HOUR) % HOURS;
    const own = this.#means[hour]!;
    const before = this.#means[(hour + HOURS - 1) % HOURS]!;
    const expected = !Number.isNaN(own) ? own : !Number.isNaN(before) ? before : value;
    const difference = value - expected;
    const most = MOST * Math.max(LEAST_SPREAD, this.#spread);
    const taught = isNormal ? difference : Math.max(-most, Math.min(most, difference));
    this.#spread += PACE * (NORMAL * Math.abs(taught) - this.#spread);
    this.#seen[hour]!++;
    this.#means[hour] = Number.isNaN(own)
      ? value
      : own + Math.max(RATE, 1 / this.#seen[hour]!) * taught;
    return difference;
  }
}
