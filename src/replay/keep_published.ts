/** A model that is kept in step with its log: a published one, or what a projection of another kind keeps. */
import { join } from "node:path";
import type { EventLog } from "../log/log.ts";
import type { Projection } from "../projections/projection.ts";
import { Projector, type ProjectorOptions } from "../projections/projector.ts";
import { keepStatus } from "../projections/status_file.ts";
import { MODELS } from "./model_paths.ts";
import { publishedModel, type PublishedOptions } from "./published.ts";

/** How it is kept, and when that ends. */
export type KeepPublishedOptions =
  & PublishedOptions
  & {
    /** What keeps another read model than a published one: a {@linkcode Neo4jProjection}, or one of one's own. */
    projection?: Projection;
  }
  & Pick<ProjectorOptions, "through" | "failures" | "stepEvents">;

/** A model that is kept in step. */
export interface KeptModel {
  projector: Projector;
  /** Stops that, and says the last of its status. */
  end(): Promise<void>;
}

/**
 * Starts what keeps a model of a log in step.
 *
 * @param folder of what is made of the log
 * @param warn told where its status cannot be kept
 */
export function keepPublished(
  log: EventLog,
  folder: string,
  { through, failures, stepEvents, projection, ...options }: KeepPublishedOptions,
  warn: (line: string) => void,
): KeptModel {
  const { signal } = options;
  const projector = Projector.start(log, projection ?? publishedModel(log, folder, options), {
    ...(signal ? { signal } : {}),
    ...(through === undefined ? {} : { through }),
    ...(failures === undefined ? {} : { failures }),
    ...(stepEvents === undefined ? {} : { stepEvents }),
  });
  // A full disk hinders this as well, which the projector says by itself.
  const status = keepStatus(projector, join(folder, MODELS)).catch((error) =>
    warn(`the status cannot be kept: ${error.message}`)
  );
  return {
    projector,
    end: async () => {
      await projector.stop().catch(() => {}); // told to whoever waits for its end, and in its status
      await status;
    },
  };
}
