/** Whether p-values still mean what they say. */
import type { Calibration } from "./calibration.ts";

/** It is judged by so many of the last rows. */
const ROWS = 500;
/** Of what is normal this share is among the farthest, and as much among the nearest. */
const SHARE = 0.05;
/**
 * Three times as many. Neighbouring rows are alike, so that twice as many are there now and then by chance; three times as
 * many were, for a while, in 3 of 100 normal series of 5,000 rows.
 */
const TOO_MANY = 3 * SHARE * ROWS;

/**
 * Watches how many of the last 500 rows are as far as the farthest twentieth of those that are calibrated on, and as near
 * as the nearest: where that is 15 of 100 or more, the stream is no longer what it was.
 */
export class Drift {
  readonly #kinds = new Int8Array(ROWS);
  #next = 0;
  #far = 0;
  #near = 0;

  /** Whether it is no longer what it was. */
  get isThere(): boolean {
    return this.#far >= TOO_MANY || this.#near >= TOO_MANY;
  }

  /** Takes another row's distance, before it is calibrated on. */
  push(distance: number, calibration: Calibration): void {
    const isNear = calibration.upTo(distance) <= SHARE * calibration.size;
    const kind = calibration.p(distance) <= SHARE ? 1 : isNear ? -1 : 0;
    const oldest = this.#kinds[this.#next]!;
    this.#far += Number(kind > 0) - Number(oldest > 0);
    this.#near += Number(kind < 0) - Number(oldest < 0);
    this.#kinds[this.#next] = kind;
    this.#next = (this.#next + 1) % ROWS;
  }
}
