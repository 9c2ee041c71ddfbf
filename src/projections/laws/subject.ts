/** What the laws are held against: an adapter, and how to get at what it keeps. */
import type { InfrastructureEvent } from "../../domain/event.ts";
import type { Projection } from "../projection.ts";

/** An adapter as the laws see it. */
export interface ProjectionSubject<P extends Projection = Projection> {
  /**
   * A fresh instance on the read model that is kept in a place, not initialized. A place that was used before has what
   * was left there, as after a crash; one that was not is empty. One that is open already is opened again by a law, as a
   * second process would: then `initialize` throws {@linkcode ProjectionUnavailable} to it, or of the two each applies
   * only what the other has not.
   *
   * @param place letters, digits and hyphens
   */
  open(place: string): Promise<P>;
  /**
   * What is in the read model: plain values, the same for the same content (rows sorted). The checkpoint and what is
   * parked are not part of it.
   */
  dump(projection: P): Promise<unknown>;
  /** Removes what is in a place. What was open there is closed by then. */
  dispose(place: string): Promise<void>;
  /**
   * From now on the projection breaks off at its n-th internal operation, counted from 1, as if its process had ended
   * there: the operation is not done, and an error is thrown. Laws about breaking off are left out without it.
   */
  breakOffAt?(projection: P, operation: number): void;
  /**
   * Makes of a sound event one that passes every check of the log and that this adapter cannot take; undefined for an
   * event of which none can be made. Without it poison is only what the laws make themselves.
   */
  poison?(event: InfrastructureEvent): InfrastructureEvent | undefined;
}

/** A law, for any test runner: `test(law.name, law.check)`. */
export interface ProjectionLaw {
  /** A sentence. */
  name: string;
  /** Rejects with what was found, the seed and the smallest log that shows it. */
  check(): Promise<void>;
}

/** How thoroughly the laws are checked. */
export interface LawOptions {
  /** How many logs are made for each law; 20 by default. */
  runs?: number;
  /** The seed that a failure named, to see it again. */
  seed?: number;
}
