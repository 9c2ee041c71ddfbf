/** What somebody asked that a topology cannot answer. */

/** What can be wrong. */
export type TopologyErrorCode =
  | "unknown_resource"
  | "ambiguous_resource"
  /** It is among those without which a topology is looked at, or runs on one of them. */
  | "lost_resource"
  | "no_address"
  /** Neo4j has none that can be read. */
  | "no_graph";

/** What was asked about is not there, or there are several of it; the message says what there is. */
export class TopologyError extends Error {
  override readonly name = "TopologyError";
  /** @param code stable, for programs */
  constructor(readonly code: TopologyErrorCode, message: string) {
    super(message);
  }
}
