/** What `cim project` keeps elsewhere than in a published model, and what it tells at the end, besides how far that is. */
import type { Projection } from "../projections/projection.ts";

/** A projection that is kept in step. */
export interface KeptElsewhere {
  projection: Projection;
  /** The most events of a step, where they are to be fewer than usual. */
  stepEvents?: number;
  /** What is in it, and what of that is other than before, where it was made anew. */
  told(): Promise<Told>;
}

/** Of a published model, or of what is elsewhere. */
export interface Told {
  /** For programs: where it is, and what it replaced. */
  json: object;
  /** Where it is, in a row for people. */
  place: [string, string];
  /** How to see what is parked in it. */
  parked: string;
  /** What is in it. */
  rows: [string, string][];
  /** What it replaced. */
  lines: string[];
  /** With which exit code the command ends; that of what is done unless it says otherwise. */
  exitCode?: number;
}
