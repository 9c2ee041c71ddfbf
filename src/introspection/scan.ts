/** What was looked for, and whether all of it was seen. */

/**
 * The result of looking through one or more scopes of facts: `network`, `connection/flow`, `connection/neighbour`,
 * `software/KIND/SOURCE` (`software/process` has no source), `guest/ENGINE`.
 */
export interface Scan<T> {
  found: T;
  /**
   * The scopes that were read whole: what is known of them and was not found is no longer there. A source that is
   * absent says nothing of its scope: it may be back in a moment.
   */
  complete: string[];
}
