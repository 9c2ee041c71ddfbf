/** Series that are made up, the same ones each time. */
import { Chance } from "../../../src/spaces/learning/chance.ts";

/** Normal noise with the mean 0 and the standard deviation 1 (Box and Muller, 1958). */
export function noise(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.share())) * Math.cos(2 * Math.PI * chance.share());
}

/** Hours of something that is the same each day but for noise. */
export function daily(hours: number, seed: number, spread = 1): Float64Array {
  const chance = new Chance(seed);
  return Float64Array.from(
    { length: hours },
    (_, hour) => 50 + 20 * Math.sin(2 * Math.PI * hour / 24) + spread * noise(chance),
  );
}

/** Hours of what goes on from where it is, by chance. */
export function walk(hours: number, seed: number): Float64Array {
  const chance = new Chance(seed);
  let at = 0;
  return Float64Array.from({ length: hours }, () => at += noise(chance));
}
