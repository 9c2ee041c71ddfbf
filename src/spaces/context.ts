/** Contexts: what matters at the moment. */
import { SpaceInvalid } from "./error.ts";
import type { Space } from "./space.ts";
import { requireWeights, type Weights } from "./weights.ts";

/** A named set of weights: who plans capacity sees other likenesses than who looks for a fault (Gärdenfors, 2000, chapter 4). */
export interface Context {
  readonly name: string;
  /** When it is the right one, for people. */
  readonly about: string;
  /** They multiply the concepts' own. */
  readonly weights: Weights;
}

/** @throws {SpaceInvalid} for a weight that is none, or of what the space does not have */
export function requireContext(space: Space, { name, weights }: Context): void {
  if (name === "") throw new SpaceInvalid("contexts", "one has no name: say one");
  requireWeights(space, weights, `contexts/${name}/weights`);
}
