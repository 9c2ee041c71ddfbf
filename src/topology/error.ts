/** What somebody asked that a topology cannot answer. */

/** What can be wrong. */
export type TopologyErrorCode = "unknown_resource" | "ambiguous_resource" | "no_address";

/** There is no such resource, or several of them; the message says which there are. */
export class TopologyError extends Error {
  override readonly name = "TopologyError";
  /** @param code stable, for programs */
  constructor(readonly code: TopologyErrorCode, message: string) {
    super(message);
  }
}
