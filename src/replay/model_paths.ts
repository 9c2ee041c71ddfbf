/** Where published models lie. */
import { join } from "node:path";

/** The folder of published models, in that of their log; the projections' status files are there too. */
export const MODELS = "models";

/** The file that others open, in the folder of a log. */
export function publishedPath(folder: string): string {
  return join(folder, MODELS, "sql.duckdb");
}

/** The file that only the projector opens. */
export function workingPath(folder: string): string {
  return join(folder, MODELS, "sql.working.duckdb");
}
