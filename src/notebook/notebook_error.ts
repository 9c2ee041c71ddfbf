import type { Notebook } from "./export/nbformat.ts";

/** What a {@link NotebookFailed} knows of the cell that failed. */
export interface FailedCell {
  /** Which one: 1 is the first of the notebook's code cells. */
  cell: number;
  /** Its code. */
  source: string;
  /** "TypeError"; "SyntaxError" if it does not parse, "Timeout" if it took too long. */
  errorName: string;
  /** What the error says, without colours, like all that is here. */
  errorMessage: string;
  /** Several lines, or "". */
  traceback: string;
  /** The notebook with all outputs up to the error. */
  notebook: Notebook;
}

/** How many lines of a cell its error shows. */
const SHOWN_LINES = 20;

/** A cell of a notebook threw, does not parse, or took too long; the cells behind it were not run. */
export class NotebookFailed extends Error implements FailedCell {
  override name = "NotebookFailed";
  /** Stable: what a program may branch on. */
  readonly code = "notebook_failed";
  /** Which one: 1 is the first of the notebook's code cells. */
  readonly cell: number;
  /** Its code. */
  readonly source: string;
  /** "TypeError"; "SyntaxError" if it does not parse, "Timeout" if it took too long. */
  readonly errorName: string;
  /** What the error says, without colours. */
  readonly errorMessage: string;
  /** Several lines, or "". */
  readonly traceback: string;
  /** The notebook with all outputs up to the error. */
  readonly notebook: Notebook;

  constructor(path: string, failed: FailedCell) {
    const code = failed.source.trim().split("\n").map((line) => `  ${line}`);
    super(
      `Cell ${failed.cell} of ${path} failed: ${failed.errorName}: ${failed.errorMessage}\n${
        code.slice(0, SHOWN_LINES).join("\n")
      }${code.length > SHOWN_LINES ? "\n  …" : ""}`,
    );
    this.cell = failed.cell;
    this.source = failed.source;
    this.errorName = failed.errorName;
    this.errorMessage = failed.errorMessage;
    this.traceback = failed.traceback;
    this.notebook = failed.notebook;
  }
}

/** A notebook could not be run at all: it is no notebook, or its kernel did not start. */
export class NotebookUnusable extends Error {
  override name = "NotebookUnusable";
  /** Stable: what a program may branch on. */
  readonly code = "notebook_unusable";
}
