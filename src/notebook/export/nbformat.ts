/** A notebook as it lies on disk: the part of [nbformat 4.5](https://nbformat.readthedocs.io) that a report needs. */

/** Text, whole or cut into lines that keep their line ends. */
export type MultilineText = string | string[];

/** One thing in several forms, keyed by mime type; JSON types hold a value, all others text. */
export type MimeBundle = Record<string, unknown>;

/** What a code cell left behind. */
export type Output =
  | { output_type: "stream"; name: string; text: MultilineText }
  | { output_type: "display_data" | "execute_result"; data: MimeBundle }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A cell of any kind. */
export interface Cell {
  cell_type: "markdown" | "code" | "raw";
  source: MultilineText;
  /** Tags, and when the cell ran: `execution`, ISO 8601 by the name of the message that said it. */
  metadata?: { tags?: string[]; execution?: Record<string, string>; [key: string]: unknown };
  /** Tells it from the others of the notebook. */
  id?: string;
  /** Of a code cell. */
  outputs?: Output[];
  /** Of a code cell: the how manieth it was to run. */
  execution_count?: number | null;
  /** Images of a Markdown cell by name, which it shows as `attachment:name`. */
  attachments?: Record<string, MimeBundle>;
}

/** An executed notebook. */
export interface Notebook {
  nbformat: number;
  nbformat_minor?: number;
  cells: Cell[];
  metadata: {
    title?: string;
    kernelspec?: { language?: string };
    language_info?: { name?: string };
    [key: string]: unknown;
  };
}

/** The text in one piece. What is no text, as in a damaged file, is shown as JSON and not as `[object Object]`. */
export function wholeText(text: unknown): string {
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.map(wholeText).join("");
  return JSON.stringify(text) ?? "";
}
