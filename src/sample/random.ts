/** Chance that is the same again for the same seed. */
import { createHash } from "node:crypto";

/**
 * A stream of random numbers, told by a seed and a name: each part of a sample draws from a stream of its own, so that
 * a change in one part does not change all others.
 *
 * The generator is sfc32 of Chris Doty-Humphrey's PractRand 0.95 (`src/RNGs/sfc.cpp`): 128 bits of state, whole-number
 * arithmetic only, so that every machine draws the same. Not for secrets.
 *
 * @example
 * ```ts
 * import { Random } from "./random.ts";
 * import { strictEqual } from "node:assert";
 * strictEqual(new Random(7, "ids").nextUint32(), new Random(7, "ids").nextUint32());
 * ```
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /**
   * @param seed any whole number
   * @param stream what it is drawn for
   */
  constructor(seed: number, stream: string) {
    const digest = createHash("sha256").update(`${seed}/${stream}`).digest();
    [this.#a, this.#b, this.#c] = [0, 4, 8].map((at) => digest.readInt32LE(at)) as [
      number,
      number,
      number,
    ];
    for (let warm = 0; warm < 15; warm++) this.nextUint32();
  }

  /** 32 random bits, as a whole number from 0 to 2^32 − 1. */
  nextUint32(): number {
    const sum = (this.#a + this.#b | 0) + this.#count | 0;
    this.#count = this.#count + 1 | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** A number from `low` up to, and without, `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * (this.nextUint32() / 2 ** 32);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * (this.nextUint32() / 2 ** 32));
  }

  /** One of several; each is as likely. */
  pick<T>(from: readonly T[]): T {
    return from[this.whole(0, from.length - 1)]!;
  }

  /** Whether something happens that has this probability. */
  chance(probability: number): boolean {
    return this.nextUint32() < probability * 2 ** 32;
  }

  /**
   * Noise of mean 0 and standard deviation 1, never beyond ±3: the sum of three uniform numbers (Irwin and Hall's
   * distribution), which needs no logarithm that machines might round differently.
   */
  noise(): number {
    return (this.nextUint32() + this.nextUint32() + this.nextUint32()) / 2 ** 31 - 3;
  }

  /** So many hexadecimal digits. */
  hexadecimal(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.nextUint32().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }
}
