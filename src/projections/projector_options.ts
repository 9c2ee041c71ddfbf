/** How a projector is run. */
import type { Pace } from "./pace.ts";

/** How to run a projection; nothing is needed. */
export interface ProjectorOptions {
  /** Ends the projector once its read model covers this sequence, which the log must have; never by default. */
  through?: number;
  /**
   * Ends it after so many failures in a row to reach the read model, with the last one; by default 5 for one that has an
   * end, and never for one that has none.
   */
  failures?: number;
  /** So many events in a row may be parked, each the first of its aggregate; 100 by default. */
  mostInARow?: number;
  /** The most events of a step: fewer for a read model that takes few at a time; 20,000 by default. */
  stepEvents?: number;
  /** Ends it as {@linkcode Projector.stop} does; then `ended` rejects with its reason. */
  signal?: AbortSignal;
  /** The time that it lives in. */
  pace?: Pace;
}
