/** What is wrong with a space, or with something that is said about it. */

/** A space, a concept or a context makes no sense: the field says where. */
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
