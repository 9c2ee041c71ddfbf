/** `cim import file`: tables in files of one's own, and what osquery logs, as commands. */
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Command, Option } from "commander";
import { FILE_FORMATS, type FileFormat, fileFormatOf } from "../importers/file_format.ts";
import { type FileMapping, parseMapping } from "../importers/file_mapping.ts";
import { FILE_DATABASE, type RowRefused } from "../importers/file_source.ts";
import type { FileTable } from "../importers/file_table.ts";
import { ImportJournal } from "../importers/import_journal.ts";
import { lockKept } from "../importers/kept_file.ts";
import { MappedCommands } from "../importers/mapped_commands.ts";
import { OSQUERY_MAPPING } from "../importers/osquery.ts";
import { importKey, submitRows } from "../importers/submit_rows.ts";
import { oneLine } from "../projections/projector_error.ts";
import { hold } from "../projections/sql/hold.ts";
import { workFolder } from "../projections/sql/work_folder.ts";
import { openWorkspace } from "../workspace.ts";
import { contentOf, given, Unreadable } from "./given.ts";
import { ImportFileTotal } from "./import_file_total.ts";
import { nowAndThen } from "./progress.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

/** The name of what comes on stdin. */
const STDIN = "-";

interface Options {
  mapping?: string;
  format?: FileFormat;
  actor: string;
  dryRun?: boolean;
  json?: boolean;
}

/** A file, what it is, and what its columns mean. */
interface Task {
  file: string;
  format: FileFormat;
  mapping: FileMapping;
  /** The mapping's name. */
  mappedBy: string;
}

/** Adds the command to the command line. */
export function addImportFile(group: Command): void {
  group.command("file")
    .summary("tables of one's own (CSV, Parquet, JSON) by a mapping, and logs of osquery")
    .description(
      "Makes commands of the rows of files, by a mapping that says which fields come of which columns, and submits them. " +
        "What is wrong with a row is told with its line, and does not hold up the others. What osquery logs needs no mapping.",
    )
    .argument(
      "<files...>",
      "*.csv, *.tsv, *.jsonl, *.ndjson, *.json (also .gz), *.parquet, osqueryd.results.log; - with --format: stdin",
    )
    .option("--mapping <file>", "what the columns mean, in YAML or JSON")
    .addOption(
      new Option("--format <name>", "what the files are, where their names do not say it")
        .choices(FILE_FORMATS),
    )
    .option("--actor <name>", "who says so", `cim@${hostname()}`)
    .option("--dry-run", "print the first 20 commands (with --json all), and write nothing")
    .option("--json", "print one JSON object a line: what became of each command")
    .addHelpText(
      "after",
      `
A mapping, where the file has the columns name, ram_gb, site, ip:
  commands:
    - command: RegisterCompute
      where: ip IS NOT NULL
      data:
        hostname: name
        resource_type: physical_server
        memory_bytes: ram_gb * 1e9
        location: { site: site }
        interfaces: [{ name: "'eth0'", addresses: [ip] }]
        tags: "*"
Each value is an expression of DuckDB's SQL over the columns ("'eth0'" is the text eth0), or a word that the field allows;
"*" is all columns that are not used otherwise. deno task cim schema RegisterCompute says which fields there are. Rows that
are about the same resource, or the same moment of it, are one command, with the lists of all of them.

Examples:
  deno task cim import file hosts.csv --mapping hosts.yaml --dry-run
  deno task cim import file load-*.parquet --mapping load.yaml
  deno task cim import file /var/log/osquery/osqueryd.results.log`,
    )
    .action((files: string[], options: Options) =>
      run(async (terminal) => {
        const mapping = await mappingOf(options);
        const tasks = files.map((file) => taskOf(file, options, mapping));
        for (const { file } of tasks) await requireFile(file);
        const total = new ImportFileTotal(terminal, options.json === true, options.dryRun === true);
        try {
          await importAll(tasks, options, terminal, total);
          terminal.signal.throwIfAborted();
        } finally {
          // Also where a later file breaks: the earlier ones are in.
          for (const line of total.describe()) terminal.print(line);
        }
        return total.refused > 0 ? EXIT.refused : EXIT.done;
      }, KEPT)
    );
}

async function importAll(
  tasks: readonly Task[],
  options: Options,
  terminal: Terminal,
  total: ImportFileTotal,
): Promise<void> {
  if (options.dryRun) {
    for (const task of tasks) {
      await withTable(task, terminal, total, (_, rows) => total.dry(task.file, rows));
    }
    return;
  }
  await using workspace = await openWorkspace(terminal);
  const handler = await workspace.handler();
  warnOfSkipped(terminal, handler);
  const { messages, folder } = workspace;
  const { actor } = options;
  const { signal } = terminal;
  for (const task of tasks) {
    await withTable(task, terminal, total, async ({ hash, rows: count }, rows) => {
      const key = importKey(hash, task.mapping);
      // Of this log: one that was made anew has nothing of the file.
      const log = workspace.log.incarnation.replaceAll(/[^\w-]/g, "-");
      const path = join(folder, "imports", log, `${key}.json`);
      using _ = await lockKept(path, terminal);
      const journal = await ImportJournal.open(path, basename(task.file), () => new Date());
      const how = { port: handler, messages, journal, key, actor, signal };
      for await (const one of submitRows(rows, how)) total.add(task.file, one, count);
      total.recorded(task.file, journal.last);
    });
  }
}

async function mappingOf({ mapping }: Options): Promise<Omit<Task, "file" | "format"> | undefined> {
  if (mapping === undefined) return undefined;
  return { mapping: parseMapping(await contentOf(mapping), mapping), mappedBy: mapping };
}

function taskOf(
  file: string,
  options: Options,
  mapped: Omit<Task, "file" | "format"> | undefined,
): Task {
  const format = options.format ?? fileFormatOf(file);
  if (mapped) return { file, format, ...mapped };
  if (format === "osquery") {
    return { file, format, mapping: OSQUERY_MAPPING, mappedBy: "the mapping of osquery" };
  }
  throw new Unreadable(
    `What the columns of ${file} mean has to be said: --mapping FILE (deno task cim import file --help)`,
  );
}

/** Reads a file into a table that is there while something is done with its rows. */
async function withTable(
  { file, format, mapping, mappedBy }: Task,
  terminal: Terminal,
  total: ImportFileTotal,
  work: (table: FileTable, rows: ReturnType<MappedCommands["commands"]>) => Promise<void>,
): Promise<void> {
  // DuckDB takes a fifth of a second to load, which no other command has to wait.
  const { FileTable } = await import("../importers/file_table.ts");
  const folder = await workFolder(tmpdir(), "cim-import-", FILE_DATABASE);
  const say = nowAndThen(terminal);
  try {
    using _ = await hold(join(folder, FILE_DATABASE));
    const path = file === STDIN ? await writtenDown(folder, terminal.signal) : given(file);
    using table = await FileTable.read(path, {
      file,
      format,
      mapping: { ...mapping, file: mappedBy },
      folder,
      refuse: (row: RowRefused) => total.add(file, row, 0),
      reading: (read, of) => say(`Reading ${file} … ${Math.floor(100 * read / Math.max(of, 1))} %`),
      signal: terminal.signal,
    });
    const commands = await MappedCommands.of(table, mapping, mappedBy);
    total.addFile(table.rows);
    await work(table, commands.commands(terminal.signal));
  } catch (error) {
    const { isAboutPlace } = await import("../projections/sql/database.ts");
    if ((error as { code?: unknown }).code !== undefined || !isAboutPlace(error)) throw error;
    throw new Unreadable(`There is no room to read ${file}: ${oneLine(error)}`, { cause: error });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What comes on stdin, in a file: it is read more than once. */
async function writtenDown(folder: string, signal: AbortSignal): Promise<string> {
  const path = join(folder, "stdin");
  await Deno.writeFile(path, Deno.stdin.readable, { signal });
  return path;
}

async function requireFile(file: string): Promise<void> {
  if (file === STDIN) return;
  const path = given(file);
  try {
    const { isFile } = await Deno.stat(path);
    if (!isFile) throw new Error("it is no file");
    (await Deno.open(path)).close();
  } catch (error) {
    throw new Unreadable(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}
