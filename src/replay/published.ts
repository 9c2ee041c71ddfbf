/** The published models of a log: where each lies, what keeps it in step, and how it is begun anew. */
import { join } from "node:path";
import type { EventLog } from "../log/log.ts";
import { removePaths } from "../projections/sql/aside.ts";
import { SpacesProjection } from "../projections/spaces/projection.ts";
import { SqlProjection } from "../projections/sql/projection.ts";
import type { Comparison } from "./compare.ts";
import { type ModelName, publishedPath, workingPath } from "./model_paths.ts";
import { publishFile } from "./publish.ts";
import { Publisher } from "./publisher.ts";
import { replay, type ReplayOptions } from "./replay.ts";

/** How a published model is kept. */
export interface PublishedOptions {
  /** Which one; without it, `sql`. */
  model?: ModelName;
  /** Told why a working database was put aside, and where it lies now. */
  onAside?: (reason: string, path: string) => void;
  /** Told what a model that was begun anew says differently from the one that is published. */
  onReplace?: (comparison: Comparison) => void;
  /** Told how far the beginning is: events done, and how many there are to do. */
  onProgress?: (done: number, total: number) => void;
  /** Ends the beginning, with its reason. */
  signal?: AbortSignal;
  /** Begins anew whatever is there; what is published stays until the new one takes its place. */
  rebuild?: boolean;
}

const PROJECTIONS = { sql: SqlProjection, spaces: SpacesProjection };

/**
 * The projection that keeps a published model of a log in step. Where it has no database yet, or one that is of no use,
 * it begins with a replay.
 *
 * @param folder of what is made of the log
 */
export function publishedModel(
  log: EventLog,
  folder: string,
  { model = "sql", onAside, onReplace, onProgress, signal, rebuild = false }: PublishedOptions = {},
): Publisher {
  const projection = new PROJECTIONS[model]({
    path: workingPath(folder, model),
    ...(onAside ? { onAside } : {}),
    discard: rebuild,
    build: (path) =>
      build(path, log, {
        ...(onProgress ? { onProgress } : {}),
        ...(signal ? { signal } : {}),
      }),
  });
  return new Publisher(projection, publishedPath(folder, model), {
    ...(onReplace ? { onReplace } : {}),
    ...(onAside ? { onAside } : {}),
    ...(signal ? { signal } : {}),
  });
}

/** Replays in a folder of its own, so that of one that was killed nothing is left once the next one has built. */
async function build(path: string, log: EventLog, options: ReplayOptions): Promise<void> {
  const work = `${path}.building`;
  await removePaths(work);
  await Deno.mkdir(work);
  try {
    const built = join(work, "model.duckdb");
    await (await replay(log, { ...options, into: built })).close();
    await publishFile(built, path);
  } finally {
    await removePaths(work).catch(() => {}); // the next one does it
  }
}
