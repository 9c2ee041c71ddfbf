/** `cim status`: where the log is, and what is in it. */
import { join } from "node:path";
import type { Command } from "commander";
import type { ArchiveStatus } from "../log/archive.ts";
import { ArchiveError } from "../log/archive_error.ts";
import type { Durability, LogStatus } from "../log/jetstream.ts";
import { type ProjectionStatus, readStatus } from "../projections/status_file.ts";
import { MODELS } from "../replay/model_paths.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";
import { bytes, columns, counted, visible, whole } from "../table/text.ts";

/** Adds the command to the command line. */
export function addStatus(program: Command): void {
  program.command("status")
    .summary("show the event log's server and what is in the log")
    .description("Shows where the event log is, how much is in it, and how safe it is there.")
    .option("--json", "print one JSON object")
    .action((options: { json?: boolean }) =>
      run(async (terminal) => {
        await using workspace = await openWorkspace(terminal);
        const log = await workspace.log.status();
        const { server: embedded, log: { connection, durability } } = workspace;
        const server = {
          url: embedded?.url ?? `nats://${connection.getServer()}`,
          ...(embedded ? { pid: embedded.pid } : {}),
          version: log.server_version,
        };
        const archive = await archiveOf(workspace);
        const { folder } = workspace;
        const projections = await readStatus(join(folder, MODELS));
        const status = { server, durability, log, folder, archive, projections };
        if (options.json) terminal.print(JSON.stringify(status));
        else for (const line of describe(status)) terminal.print(line);
        return EXIT.done;
      })
    );
}

/** An archive that is damaged is one of the things to be shown. */
async function archiveOf(workspace: Workspace): Promise<Status["archive"]> {
  try {
    return (await workspace.history()).archive.status();
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { error: error.message, code: error.code };
  }
}

interface Status {
  server: { url: string; pid?: number; version: string };
  durability: Durability;
  log: LogStatus;
  /** Where what is made of the log is kept. */
  folder: string;
  archive: ArchiveStatus | { error: string; code: string };
  projections: (ProjectionStatus & { alive: boolean })[];
}

function describe(
  { server, durability, log, folder, archive, projections }: Status,
): string[] {
  const process = server.pid === undefined ? "" : `, process ${server.pid}`;
  return columns([
    ["Server", `nats-server ${server.version} at ${server.url}${process}`],
    ["Durability", durability.because],
    ["Stream", log.replicas === 1 ? log.stream : `${log.stream} on ${log.replicas} servers`],
    [
      "Events",
      log.events === 0
        ? "none yet: deno task cim discover"
        : `${whole(log.events)}, sequences ${whole(log.first_sequence)} to ${
          whole(log.last_sequence)
        }, ${bytes(log.bytes)}`,
    ],
    ...(log.events === 0
      ? []
      : [["Recorded", `from ${log.first_recorded_at} to ${log.last_recorded_at}`]]),
    ...Object.entries(log.events_by_type).map(([type, count], at) => [
      at === 0 ? "Types" : "",
      `${type} ${counted(count, "event")}`,
    ]),
    [
      "Archive",
      "error" in archive
        ? visible(archive.error)
        : archive.events === 0
        ? "empty: deno task cim archive"
        : `${counted(archive.events, "event")}, sequences ${whole(archive.first_sequence)} to ${
          whole(archive.last_sequence)
        }, ${bytes(archive.bytes)}`,
    ],
    ...projections.map((one) => [`Model ${one.projection}`, projectionText(one, log)]),
    ["Folder", folder],
  ]);
}

function projectionText(
  { projection, position, events_per_second, parked, healthy, because, alive, pid }:
    Status["projections"][number],
  { last_sequence }: LogStatus,
): string {
  return [
    `at sequence ${whole(position)}, ${
      counted(Math.max(last_sequence - position, 0), "event")
    } behind`,
    alive
      ? `process ${pid}, ${whole(Math.round(events_per_second))} events/s`
      : `nobody keeps it in step: deno task cim project ${visible(projection)} --watch`,
    ...(parked > 0 ? [`${counted(parked, "event")} parked`] : []),
    ...(healthy ? [] : [visible(because)]),
  ].join("; ");
}
