/** Weights: how much domains and dimensions matter. */
import { SpaceInvalid } from "./error.ts";
import { dimensionsOf, type Space } from "./space.ts";

/**
 * Weights by the names of domains and dimensions: how much each matters, 1 where nothing is said. What has weight 0 is
 * of no importance: then it does not matter either whether it is known.
 */
export type Weights = Readonly<Record<string, number>>;

/** Weights lie between these, or are 0: beyond, products of them would be too large or too small for a number. */
export const LEAST_WEIGHT = 1e-15;
/** See {@linkcode LEAST_WEIGHT}. */
export const MOST_WEIGHT = 1e15;

/** The weight of a domain or dimension. */
export function weightOf(weights: Weights, name: string): number {
  return Object.hasOwn(weights, name) ? weights[name]! : 1;
}

/**
 * @param field where the weights are, as a path
 * @throws {SpaceInvalid} for one that is no weight, or of what the space does not have
 */
export function requireWeights(space: Space, weights: Weights, field: string): void {
  const names = new Set([
    ...space.domains.map(({ name }) => name),
    ...dimensionsOf(space).map(({ name }) => name),
  ]);
  for (const [name, weight] of Object.entries(weights)) {
    if (!names.has(name)) {
      throw new SpaceInvalid(
        `${field}/${name}`,
        `the space ${space.name} has no such domain or dimension: it has ${[...names].join(", ")}`,
      );
    }
    if (weight !== 0 && !(weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) {
      throw new SpaceInvalid(
        `${field}/${name}`,
        `${weight} is no weight: say 0, or from ${LEAST_WEIGHT} to ${MOST_WEIGHT}`,
      );
    }
  }
}
