/** Why a file cannot be imported. */

/** What can be wrong with a file as a whole; stable, for programs. */
export type ImportErrorCode =
  /** Its name does not say what it is. */
  | "unknown_format"
  | "too_large"
  | "not_utf8"
  /** It breaks the grammar of its format. */
  | "syntax"
  | "too_deep"
  /** It is well-formed, and no topology. */
  | "no_topology"
  /** There are no rows in it. */
  | "no_rows"
  /** It is one of ours, and does not say what has been imported. */
  | "kept";

/** A place in a file, counted from 1. */
export interface FilePlace {
  line: number;
  column: number;
}

/**
 * A file of which nothing is imported: it cannot be read as what it is said to be.
 *
 * @example
 * ```ts
 * import { ImportError, parseTopology } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * try {
 *   parseTopology("graph [\n  node [ id 1 ]\n", { file: "lab.gml", format: "gml" });
 * } catch (error) {
 *   strictEqual(error instanceof ImportError && error.code, "syntax");
 *   strictEqual(error instanceof ImportError && error.message, "lab.gml:3:1: a ] is missing");
 * }
 * ```
 */
export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly line: number | undefined;
  readonly column: number | undefined;

  /**
   * @param code stable, for programs
   * @param file the file's name
   * @param why what is wrong, and what to do
   */
  constructor(readonly code: ImportErrorCode, readonly file: string, why: string, at?: FilePlace) {
    super(`${file}${at ? `:${at.line}:${at.column}` : ""}: ${why}`);
    this.line = at?.line;
    this.column = at?.column;
  }
}
