/** What can be asked: a log, and the published model. */
import { type History, openHistory } from "../history.ts";
import { natsEnvironment } from "../log/nats_environment.ts";
import { publishedPath } from "../replay/model_paths.ts";
import { openWorkspace } from "../workspace.ts";
import { LOCAL } from "../workspace_options.ts";
import { given } from "./given.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Opens the log of the workspace, or the archive that somebody has named instead.
 *
 * @throws as `openHistory`
 */
export function openSource(archive: string | undefined, terminal: Terminal): Promise<History> {
  return archive === undefined
    ? openHistory(terminal)
    : openHistory({ ...terminal, progress: nowAndThen(terminal), archive: given(archive) });
}

/** Where the published model is; only for a log on another server has that to be asked for its folder. */
export async function publishedModelPath(terminal: Terminal): Promise<string> {
  if (!natsEnvironment()) return publishedPath(LOCAL);
  await using workspace = await openWorkspace(terminal);
  return publishedPath(workspace.folder);
}
