/** What a workspace is opened with, and what it tells meanwhile. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Say } from "./progress.ts";

/** The folder of this project. */
export const PROJECT: string = fileURLToPath(new URL("..", import.meta.url));
/** Where everything is kept that belongs to a workspace, unless it says otherwise. */
export const LOCAL: string = join(PROJECT, "data", "local");

/** How to open a workspace. Nothing is needed. */
export interface WorkspaceOptions {
  /** Where the log and all that is made of it are kept; the project's `data/local` unless it says otherwise. */
  folder?: string;
  /** Told in a line what is being waited for. Where nobody is, a notebook in our kernel shows it below the cell. */
  progress?: Say;
  /** Told in a line what is wrong, but does not stop the work; it goes to stderr unless it says otherwise. */
  warn?: (line: string) => void;
  /** Ends what is under way, with its reason; the workspace is still to be closed. */
  signal?: AbortSignal;
  /** For how long the log's server may be away, in milliseconds; 5,000 unless it says otherwise, Infinity for any time. */
  patience?: number;
}

/** Tells in a line what is wrong, to whoever reads stderr. */
export function warning(line: string): void {
  console.error(`Warning: ${line}`);
}
