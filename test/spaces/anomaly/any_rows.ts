/** Rows by a seed, for tests. */
import { Chance } from "../../../src/spaces/learning/chance.ts";

/** Normal numbers by a seed (Box and Muller, 1958). */
export function normal(seed: number): () => number {
  const chance = new Chance(seed);
  return () =>
    Math.sqrt(-2 * Math.log(1 - chance.share())) * Math.cos(2 * Math.PI * chance.share());
}

/** Rows whose columns go together, as columns of what is measured do. */
export function anyRows(count: number, width: number, next: () => number): Float64Array {
  const rows = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    const shared = next();
    for (let column = 0; column < width; column++) {
      rows[row * width + column] = shared * (column % 3) + (1 + column) * next();
    }
  }
  return rows;
}

/** The sum of some numbers that are known. */
export function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
}
