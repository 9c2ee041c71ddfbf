/** What can be asked besides a workspace: an archive by itself, and the published model. */
import { Archive } from "../log/archive.ts";
import { natsEnvironment } from "../log/nats_environment.ts";
import type { Model } from "../replay/model.ts";
import { publishedPath } from "../replay/model_paths.ts";
import type { ReplayOptions } from "../replay/replay.ts";
import { openWorkspace } from "../workspace.ts";
import { LOCAL } from "../workspace_options.ts";
import { progressOf } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** An archive that is replayed without its log: no server is needed. */
export class ArchiveAlone implements AsyncDisposable {
  private constructor(private readonly archive: Archive, private readonly terminal: Terminal) {}

  /**
   * Opens the archive in a folder.
   *
   * @throws {ArchiveError} when it is not as it was written
   */
  static async open(folder: string, terminal: Terminal): Promise<ArchiveAlone> {
    return new ArchiveAlone(await Archive.open(folder), terminal);
  }

  /** Replays it, as a workspace does its log. */
  async replay(options: ReplayOptions = {}): Promise<Model> {
    const { replay } = await import("../replay/replay.ts");
    return await replay(this.archive, {
      onProgress: progressOf(this.terminal, "Replaying"),
      signal: this.terminal.signal,
      ...options,
    });
  }

  /** Nothing is held. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Where the published model is; only for a log on another server has that to be asked for its folder. */
export async function publishedModelPath(terminal: Terminal): Promise<string> {
  if (!natsEnvironment()) return publishedPath(LOCAL);
  await using workspace = await openWorkspace(terminal);
  return publishedPath(workspace.folder);
}
