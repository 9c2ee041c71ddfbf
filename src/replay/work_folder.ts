/** Where a model is built that is to be kept in a file. */
import { dirname, join } from "node:path";
import { workFolder } from "../projections/sql/work_folder.ts";
import { ReplayRange } from "./until.ts";

/** The database in its folder. */
const DATABASE = "model.duckdb";

/**
 * Makes a folder beside the place that the model will have, so that it can be renamed.
 *
 * @returns the path of the database to build in it
 * @throws {ReplayRange} when the folder of that place cannot be written
 */
export async function modelToBuild(into: string): Promise<string> {
  try {
    return join(await workFolder(dirname(into), ".cim-replay-", DATABASE), DATABASE);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReplayRange(`Cannot keep a model in ${into}: its folder cannot be written (${why})`, {
      cause: error,
    });
  }
}
