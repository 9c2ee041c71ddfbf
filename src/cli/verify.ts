/** `cim verify`: whether the log, its archive and every model of it agree. */
import type { Command } from "commander";
import { Archive, type ArchiveStatus } from "../log/archive.ts";
import { type Agreement, agreementOf } from "../log/archive_agreement.ts";
import { ArchiveError } from "../log/archive_error.ts";
import { isThere } from "../projections/sql/aside.ts";
import { MODEL_NAMES, publishedPath } from "../replay/model_paths.ts";
import type { ModelAgreement } from "../replay/verify.ts";
import { bytes, columns, counted, visible, whole } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { given } from "./given.ts";
import { progressOf } from "./progress.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

interface Options {
  archive?: string;
  json?: boolean;
}

/** What was found. */
interface Verified {
  agrees: boolean;
  archive: ArchiveStatus | { error: string };
  /** The log against its archive; not there where only an archive was looked at, or that cannot be read. */
  log?: Agreement;
  models: ModelAgreement[];
}

/** Adds the command to the command line. */
export function addVerify(program: Command): void {
  program.command("verify")
    .summary("prove that the log, its archive and every model agree")
    .description(
      "Reads every byte of the archive against its hashes, the log against the archive, and each model against a replay " +
        "to where the model is; where they do not agree, names the first event that shows it.",
    )
    .argument(
      "[models...]",
      "model files to verify too; those of cim project are, if there are any",
    )
    .option("--archive <folder>", "verify this archive and the models of it, which needs no server")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Exits with ${EXIT.done} where all agree, and with ${EXIT.failed} where something does not, or could not be looked at.

Examples:
  deno task cim verify
  deno task cim verify then.duckdb --archive data/samples/fleet --json`,
    )
    .action((models: string[], options: Options) =>
      run(async (terminal) => {
        const paths = models.map(given);
        const verified = options.archive === undefined
          ? await verifyWorkspace(paths, terminal)
          : await verifyArchive(given(options.archive), paths, terminal);
        if (options.json) terminal.print(JSON.stringify(verified));
        else for (const line of describe(verified)) terminal.print(line);
        return verified.agrees ? EXIT.done : EXIT.failed;
      })
    );
}

async function verifyWorkspace(paths: string[], terminal: Terminal): Promise<Verified> {
  await using workspace = await openWorkspace(terminal);
  const { signal } = terminal;
  let archive: Verified["archive"];
  let log: Agreement | undefined;
  const all = [...await publishedIn(workspace.folder), ...paths];
  try {
    const history = await workspace.history();
    archive = await history.archive.verify({ signal, onProgress: progressOf(terminal, "Archive") });
    log = await agreementOf(history, { signal, onProgress: progressOf(terminal, "Log") });
    const models = log.disagreement ? [] : await verifyModels(history, all, terminal);
    return verdict({ archive, log, models });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return verdict({ archive: { error: error.message }, ...(log ? { log } : {}), models: [] });
  }
}

/** The published models that there are. */
async function publishedIn(folder: string): Promise<string[]> {
  const paths = MODEL_NAMES.map((model) => publishedPath(folder, model));
  const there = await Promise.all(paths.map(isThere));
  return paths.filter((_, at) => there[at]);
}

async function verifyArchive(
  folder: string,
  paths: string[],
  terminal: Terminal,
): Promise<Verified> {
  const { signal } = terminal;
  try {
    const archive = await Archive.open(folder);
    if (!archive.log) {
      return verdict({ archive: { error: `there is no archive in ${folder}` }, models: [] });
    }
    const status = await archive.verify({ signal, onProgress: progressOf(terminal, "Archive") });
    return verdict({ archive: status, models: await verifyModels(archive, paths, terminal) });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return verdict({ archive: { error: error.message }, models: [] });
  }
}

async function verifyModels(
  source: Parameters<typeof import("../replay/verify.ts").verifyModel>[0],
  paths: string[],
  terminal: Terminal,
): Promise<ModelAgreement[]> {
  const { verifyModel } = await import("../replay/verify.ts");
  const models: ModelAgreement[] = [];
  for (const path of paths) {
    models.push(
      await verifyModel(source, path, {
        signal: terminal.signal,
        onProgress: progressOf(terminal, "Model"),
      }),
    );
  }
  return models;
}

function verdict(found: Omit<Verified, "agrees">): Verified {
  const { archive, log, models } = found;
  const agrees = !("error" in archive) && !log?.disagreement &&
    models.every(({ disagreement, unverified }) => (disagreement ?? unverified) === undefined);
  return { agrees, ...found };
}

function describe({ agrees, archive, log, models }: Verified): string[] {
  const isUnknown = !("error" in archive) && !log?.disagreement &&
    models.every(({ disagreement }) => disagreement === undefined);
  return columns([
    [
      "Archive",
      "error" in archive
        ? archive.error
        : `${counted(archive.events, "event")}, ${
          bytes(archive.bytes)
        }: every byte is as it was written`,
    ],
    ...(log ? [["Log", logText(log)]] : []),
    ...models.map((model) => ["Model", `${model.path}: ${modelText(model)}`]),
    ["", agrees ? "All agree." : isUnknown ? "Not all were verified." : "They do not agree."],
  ]);
}

function logText({ compared, forgotten, not_archived, disagreement }: Agreement): string {
  if (disagreement) return `event ${whole(disagreement.sequence)}: ${visible(disagreement.what)}`;
  return `${counted(compared, "event")} are the same as in the archive` +
    `${forgotten > 0 ? `, ${whole(forgotten)} are only there` : ""}` +
    `${not_archived > 0 ? `, ${whole(not_archived)} are not archived yet` : ""}`;
}

function modelText({ last_sequence, rows, disagreement, unverified }: ModelAgreement): string {
  if (unverified !== undefined) return visible(unverified);
  if (!disagreement) {
    return `${counted(rows, "row")} are those of a replay to sequence ${whole(last_sequence)}`;
  }
  const { sequence, what } = disagreement;
  return `${sequence === undefined ? "" : `event ${whole(sequence)}: `}${visible(what)}`;
}
