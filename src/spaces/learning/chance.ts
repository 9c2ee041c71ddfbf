/** Chance that is the same again for the same seed. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Random numbers from a seed, by xoroshiro128+ (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * 2018). Not for secrets.
 */
export class Chance {
  readonly #generator;

  /** @param seed a whole number, of which the lowest 32 bits count */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
    // A small seed is mostly zeros, and so is what comes of it at first.
    for (let warm = 0; warm < 32; warm++) this.#generator.next();
  }

  /** A number from 0 up to, and without, 1. */
  share(): number {
    return uniformFloat64(this.#generator);
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return uniformInt(this.#generator, 0, end - 1);
  }

  /** The same things in another order, each order as likely (Fisher and Yates, 1938); a list of its own. */
  shuffled<T>(from: Iterable<T>): T[] {
    const all = [...from];
    for (let at = all.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [all[at], all[other]] = [all[other]!, all[at]!];
    }
    return all;
  }
}
