/** What `cim project` tells at the end about what it keeps, besides how far that is. */

/** Of a published model, or of a graph. */
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
}
