/** Where in a text an offset lies. */
import type { FilePlace } from "./import_error.ts";

/** Finds lines and columns, both from 1. Cost: O(length) once, then O(log lines) for each. */
export class Places {
  readonly #starts = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** The line and column of an offset in UTF-16 code units. */
  of(offset: number): FilePlace {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
}
