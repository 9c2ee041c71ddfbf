/** Where published models lie. */
import { join } from "node:path";

/** The folder of published models, in that of their log; the projections' status files are there too. */
export const MODELS = "models";

/** The models that can be published, each with a projection of its name. */
export const MODEL_NAMES = ["sql", "spaces"] as const;

/** One of {@linkcode MODEL_NAMES}: `sql` has all tables, `spaces` has positions. */
export type ModelName = typeof MODEL_NAMES[number];

/** The file that others open, in the folder of a log. */
export function publishedPath(folder: string, model: ModelName = "sql"): string {
  return join(folder, MODELS, `${model}.duckdb`);
}

/** The file that only the projector opens. */
export function workingPath(folder: string, model: ModelName = "sql"): string {
  return join(folder, MODELS, `${model}.working.duckdb`);
}
