/** Contexts: what matters at the moment. */
import { SpaceInvalid } from "./error.ts";
import type { Space } from "./space.ts";
import { requireWeights, type Weights } from "./weights.ts";

/**
 * A named set of weights: who plans capacity sees other likenesses than who looks for a fault (Gärdenfors, 2000, chapter
 * 4).
 *
 * @example
 * ```ts
 * import { Classifier, type Context, pointOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const of = (name: string, unit: string, high: number) => ({
 *   name,
 *   dimensions: [{ name: `${name}.x`, unit, scale: "linear" as const, range: [0, high] as const }],
 * });
 * const space = { name: "host", domains: [of("load", "1", 1), of("wear", "a", 10)] };
 * const concepts = [
 *   { name: "new", prototypes: [{ "load.x": 0.75, "wear.x": 0 }] },
 *   { name: "spare", prototypes: [{ "load.x": 0, "wear.x": 10 }] },
 * ];
 * const machine = pointOf(space, { "load.x": 0, "wear.x": 1 });
 * strictEqual(new Classifier(space, concepts).classify(machine).concept, "new");
 * const context: Context = { name: "room", about: "Who has room for more?", weights: { wear: 0 } };
 * strictEqual(new Classifier(space, concepts, { context }).classify(machine).concept, "spare");
 * ```
 */
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
