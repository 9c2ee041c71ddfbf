/** The seed of an experiment, and what the database draws from it. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** `setseed` keeps of its argument x the whole number in (x + 1) · HALF, and no more. */
const HALF = 2 ** 31 - 1;

/** The greatest seed: of 0 to this each draws numbers of its own, and there are no more that `setseed` tells apart. */
export const GREATEST_SEED: number = 2 * HALF - 1;

/**
 * Has `random()` begin anew, at what a seed gives.
 *
 * @param seed a whole number, 0 to {@linkcode GREATEST_SEED}
 */
export async function setSeed(connection: DuckDBConnection, seed: number): Promise<void> {
  // In the middle of its place, so that no rounding moves it to another seed's.
  await connection.run("SELECT setseed($place)", { place: (seed + 0.5) / HALF - 1 });
}
