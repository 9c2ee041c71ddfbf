/** `cim archive`: keeps the log's events in immutable files beside the stream. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError, Option } from "commander";
import { Archive, ArchiveError, type ArchiveStatus } from "../log/archive.ts";
import { retain, type Retained, streamPurge } from "../log/archive_retention.ts";
import { natsEnvironment } from "../log/nats_environment.ts";
import { bytes, columns, counted, whole } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

/** The archive of the embedded log. */
const EMBEDDED = fileURLToPath(new URL("../../data/local/archive", import.meta.url));
/** How often it is said how far it is, in milliseconds. */
const PROGRESS_MS = 200;

interface Options {
  folder?: string;
  verify?: boolean;
  retain?: number;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addArchive(program: Command): void {
  program.command("archive")
    .summary("archive the events, and let the stream forget old ones")
    .description(
      "Writes the events that are not archived yet to immutable files, each with its SHA-256 in a chained manifest, as " +
        "whoever writes events does in the end. " +
        "What is archived is read from there; with --retain the stream forgets it.",
    )
    .option("--retain <days>", "then let the stream forget events older than so many days", days)
    .addOption(
      new Option(
        "--verify",
        "instead read every byte back and check it; no server is needed, but with NATS_URL to say which log it has",
      ).conflicts("retain"),
    )
    .addOption(
      // Whoever reads the log looks for what the stream has forgotten in its own archive.
      new Option("--folder <folder>", "where the archive is; in the log's own folder without it")
        .conflicts("retain"),
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Only events are forgotten that are archived, and whose files were read back in that very run and are as they were
written. The log's last event always stays.

Examples:
  deno task cim archive --retain 30
  deno task cim archive --verify --json`,
    )
    .action((options: Options) =>
      run(async (terminal) => {
        const began = performance.now();
        // A task runs in the project's folder, whatever folder it was called from.
        const folder = options.folder === undefined
          ? undefined
          : resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), options.folder);
        const { archive, ...done } = options.verify
          ? await verify(folder, terminal)
          : await extend(folder, terminal, options.retain);
        const seconds = Math.round(performance.now() - began) / 1_000;
        const outcome = {
          folder: archive.folder,
          ...archive.status(),
          seconds,
          ...done,
        };
        if (options.json) terminal.print(JSON.stringify(outcome));
        else for (const line of describe(outcome)) terminal.print(line);
        return EXIT.done;
      }, KEPT)
    );
}

/** What was done, beside what is in the archive now. */
interface Done {
  /** How many events were archived. */
  added?: number;
  verified?: boolean;
  /** What the stream was made to forget. */
  retained?: Retained & { days: number };
}

async function verify(
  folder: string | undefined,
  terminal: Terminal,
): Promise<Done & { archive: Archive }> {
  const archive = folder === undefined && natsEnvironment()
    ? await archiveThere(terminal)
    : await Archive.open(folder ?? EMBEDDED);
  if (folder !== undefined && archive.log === undefined) {
    throw new ArchiveError(
      "archive_missing",
      `there is no archive in ${folder}`,
      "name its folder",
    );
  }
  await archive.verify({ signal: terminal.signal, onProgress: told(terminal, "Verifying") });
  return { archive, verified: true };
}

/** Which log is on the server only the server can say. */
async function archiveThere(terminal: Terminal): Promise<Archive> {
  await using workspace = await openWorkspace(terminal);
  return (await workspace.history()).archive;
}

async function extend(
  folder: string | undefined,
  terminal: Terminal,
  days: number | undefined,
): Promise<Done & { archive: Archive }> {
  await using workspace = await openWorkspace(terminal);
  const archive = folder === undefined
    ? (await workspace.history()).archive
    : await Archive.open(folder);
  const { signal } = terminal;
  const onWaiting = () => terminal.progress("Waiting for another process that archives …");
  const onProgress = told(terminal, "Archiving");
  const added = await archive.extend(workspace.log, { signal, onProgress, onWaiting });
  if (days === undefined) return { archive, added };
  const retained = await retain(workspace.log, archive, streamPurge(workspace.log), {
    days,
    now: new Date(),
    signal,
    onProgress: told(terminal, "Verifying"),
    onWaiting,
  });
  return { archive, added, retained: { ...retained, days } };
}

function told(terminal: Terminal, what: string): (done: number, total: number) => void {
  let said = performance.now();
  return (done, total) => {
    if (performance.now() - said < PROGRESS_MS) return;
    said = performance.now();
    terminal.progress(`${what} … ${whole(done)} of ${counted(total, "event")}`);
  };
}

function describe(outcome: ArchiveStatus & Done & { folder: string }): string[] {
  const { events, segments, first_sequence, last_sequence, added, verified, retained } = outcome;
  return columns([
    [
      "Archive",
      events === 0
        ? "empty: there are no events yet"
        : `${counted(events, "event")} in ${counted(segments, "segment")}, sequences ${
          whole(first_sequence)
        } to ${whole(last_sequence)}, ${bytes(outcome.bytes)}`,
    ],
    ["Folder", outcome.folder],
    ...(events === 0
      ? []
      : [["Recorded", `from ${outcome.first_recorded_at} to ${outcome.last_recorded_at}`]]),
    ...(added === undefined ? [] : [["Added", counted(added, "event")]]),
    ...(verified ? [["Verified", "every byte is as it was written"]] : []),
    ...(retained
      ? [[
        "Stream",
        `${counted(retained.forgotten, "event")} older than ${
          counted(retained.days, "day")
        } forgotten; it begins at sequence ${whole(retained.first_sequence)}`,
      ]]
      : []),
  ]);
}

function days(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It is a whole number of days.");
  return Number(text);
}
