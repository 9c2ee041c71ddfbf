/** `cim status`: where the log is, and what is in it. */
import type { Command } from "commander";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";
import { bytes, columns, counted, whole } from "../table/text.ts";

/** Adds the command to the command line. */
export function addStatus(program: Command): void {
  program.command("status")
    .summary("show the event log's server and what is in the log")
    .description("Shows where the event log is, how much is in it, and how safe it is there.")
    .option("--json", "print one JSON object")
    .action((options: { json?: boolean }) =>
      run(async (terminal) => {
        await using workspace = await openWorkspace(terminal);
        const { url, pid } = workspace.server;
        const log = await workspace.log.status();
        const status = { server: { url, pid, version: log.server_version, sync: "always" }, log };
        if (options.json) terminal.print(JSON.stringify(status));
        else for (const line of describe(status)) terminal.print(line);
        return EXIT.done;
      })
    );
}

interface Status {
  server: { url: string; pid: number; version: string; sync: string };
  log: Awaited<ReturnType<Awaited<ReturnType<typeof openWorkspace>>["log"]["status"]>>;
}

function describe({ server, log }: Status): string[] {
  return columns([
    ["Server", `nats-server ${server.version} at ${server.url}, process ${server.pid}`],
    ["Durability", "an event is on disk before it is acknowledged"],
    ["Stream", log.stream],
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
  ]);
}
