/** The published SQL model of a log: where it lies, what keeps it in step, and how it is begun anew. */
import type { EventLog } from "../log/log.ts";
import { SqlProjection } from "../projections/sql/projection.ts";
import type { Comparison } from "./compare.ts";
import { publishedPath, workingPath } from "./model_paths.ts";
import { Publisher } from "./publisher.ts";
import { replay } from "./replay.ts";

/** How a published model is kept. */
export interface PublishedOptions {
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

/**
 * The projection that keeps the published model of a log in step. Where it has no database yet, or one that is of no use,
 * it begins with a replay.
 *
 * @param folder of what is made of the log
 */
export function publishedModel(
  log: EventLog,
  folder: string,
  { onAside, onReplace, onProgress, signal, rebuild = false }: PublishedOptions = {},
): Publisher {
  const projection = new SqlProjection({
    path: workingPath(folder),
    ...(onAside ? { onAside } : {}),
    discard: rebuild,
    build: async (into) => {
      const model = await replay(log, {
        into,
        ...(onProgress ? { onProgress } : {}),
        ...(signal ? { signal } : {}),
      });
      await model.close();
    },
  });
  return new Publisher(projection, publishedPath(folder), onReplace);
}
