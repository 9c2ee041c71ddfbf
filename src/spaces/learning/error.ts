/** What is wrong with what is to be learned from. */

/** Nothing can be learned from what was given: the field says where. */
export class NothingToLearn extends Error {
  override readonly name = "NothingToLearn";
  /** Stable, for programs. */
  readonly code = "nothing_to_learn";
  /**
   * @param field what is wrong, as a path: `labels/web`
   * @param reason why, with the value that is refused, and what to do
   */
  constructor(readonly field: string, readonly reason: string) {
    super(`${field}: ${reason}`);
  }
}
