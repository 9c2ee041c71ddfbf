/** What is wrong with a space, or with something that is said about it. */

/**
 * A space, a concept or a context makes no sense: the field says where.
 *
 * @example
 * ```ts
 * import { Classifier, SpaceInvalid } from "@cim/infrastructure";
 * import { throws } from "node:assert";
 * const dimensions = [{ name: "load.cpu", unit: "1", scale: "linear", range: [0, 1] } as const];
 * const space = { name: "host", domains: [{ name: "load", dimensions }] };
 * const concepts = [{ name: "full", prototypes: [{ "load.disk": 1 }] }];
 * throws(
 *   () => new Classifier(space, concepts),
 *   (error: SpaceInvalid) =>
 *     error.code === "space_invalid" && error.field === "concepts/full/prototypes/0/load.disk",
 * );
 * ```
 */
export class SpaceInvalid extends Error {
  override readonly name = "SpaceInvalid";
  /** Stable, for programs. */
  readonly code = "space_invalid";
  /**
   * @param field what is wrong, as a path: `performance.cpu/range`
   * @param reason why, with the value that is refused
   */
  constructor(readonly field: string, readonly reason: string) {
    super(`${field}: ${reason}`);
  }
}
