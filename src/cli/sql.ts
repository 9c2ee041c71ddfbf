/** `cim sql`: a question to a read model. */
import { type Command, Option } from "commander";
import { csvFormatRows } from "d3-dsv";
import { MACROS, TABLES, VIEWS } from "../projections/sql/tables.ts";
import type { Model } from "../replay/model.ts";
import { QueryError } from "../replay/model_error.ts";
import type { Until } from "../replay/until.ts";
import { exact, exactText } from "../table/cell.ts";
import type { Table } from "../table/table.ts";
import { columns, counted } from "../table/text.ts";
import { given } from "./given.ts";
import { openSource, publishedModelPath } from "./sources.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { addUntil } from "./until.ts";

const FORMATS: Record<string, (table: Table) => string> = {
  table: String,
  csv: ({ columns, values }) =>
    csvFormatRows([columns.map(({ name }) => name), ...values.map((row) => row.map(exactText))]),
  json: ({ rows }) =>
    rows.length === 0 ? "[]" : `[\n${rows.map((row) => JSON.stringify(row, exact)).join(",\n")}\n]`,
  jsonl: ({ rows }) => rows.map((row) => JSON.stringify(row, exact)).join("\n"),
};
const PARQUET = "parquet";

/** What can be asked, each kind under its name. */
const SECTIONS = [["Tables", TABLES], ["Views", VIEWS], ["Macros", MACROS]] as const;

interface Options extends Until {
  format: string;
  archive?: string;
  model?: string | true;
}

/** Adds the command to the command line. */
export function addSql(program: Command): void {
  addUntil(
    program.command("sql")
      .summary("ask a read model in SQL")
      .description("Replays the event log into memory and asks it in DuckDB's SQL.")
      .usage("<query> [options]")
      .argument("<query>", 'the question: "SELECT hostname FROM resources"; - reads it from stdin'),
  )
    .addOption(
      new Option("--format <format>", "how to print the answer")
        .choices([...Object.keys(FORMATS), PARQUET])
        .default("table"),
    )
    .option("--archive <folder>", "ask what this archive has, which needs no server")
    .addOption(
      new Option(
        "--model [file]",
        "ask a model that is kept in a file; without one, that of cim project",
      )
        .conflicts(["archive", "asOf", "sequence"]),
    )
    .addHelpText(
      "after",
      `
${SECTIONS.map(section).join("\n\n")}

Examples:
  deno task cim sql "SELECT name, version FROM software WHERE kind = 'package' ORDER BY name"
  deno task cim sql "SELECT * FROM resources" --as-of 2026-11-01T00:00Z --format json
  deno task cim sql "FROM measurements" --format parquet > measurements.parquet
  deno task cim sql "SELECT 'DefineNetwork' AS command, {name: name, cidr: cidr} AS data FROM 'networks.csv'" \\
    --format jsonl | deno task cim submit -`,
    )
    .action((query: string, options: Options) =>
      run(async (terminal) => {
        const text = query === "-" ? await input(terminal.signal) : query;
        if (text.trim() === "") throw new QueryError("There is no question: say a SELECT");
        if (options.format === PARQUET && Deno.stdout.isTerminal()) {
          throw new QueryError("Parquet is nothing for a terminal: put > FILE behind it");
        }
        await ask(text, options, terminal);
        return EXIT.done;
      })
    );
}

function section([head, entries]: (typeof SECTIONS)[number]): string {
  const lines = columns(entries.map(({ name, what }) => [name, what]), "  ");
  return [`${head}:`, ...lines].join("\n");
}

async function ask(
  query: string,
  { format, archive, model: kept, ...until }: Options,
  terminal: Terminal,
): Promise<void> {
  if (kept !== undefined) {
    const path = kept === true ? await publishedModelPath(terminal) : given(kept);
    const { Model } = await import("../replay/model.ts");
    await using model = await Model.open(path, { signal: terminal.signal });
    return await answer(model, query, format, terminal);
  }
  await using source = await openSource(archive, terminal);
  await using model = await source.replay(until);
  await answer(model, query, format, terminal);
}

async function answer(model: Model, query: string, format: string, terminal: Terminal) {
  const { skipped, parked } = model.checkpoint;
  if (skipped > 0) {
    terminal.warn(`${counted(skipped, "message")} of the log passed over: no events`);
  }
  if (parked > 0) {
    terminal.warn(`${counted(parked, "event")} could not be applied: FROM fold.parked`);
  }
  const write = FORMATS[format];
  if (write) return terminal.print(write(await named(() => model.query(query))));
  const file = await Deno.makeTempFile({ prefix: "cim-", suffix: ".parquet" });
  try {
    await named(() => model.parquet(query, file));
    const opened = await Deno.open(file);
    await opened.readable.pipeTo(Deno.stdout.writable, {
      preventClose: true,
      signal: terminal.signal,
    })
      .catch((error) => {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // as head does
      });
  } finally {
    await Deno.remove(file);
  }
}

/** Whoever asks a table that is not there is told which there are: the database names only one of a name alike. */
async function named<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (
      !(error instanceof QueryError) ||
      !/^Catalog Error: (Table|Table Function|View) with name/.test(error.message)
    ) {
      throw error;
    }
    const known = SECTIONS.map(([head, entries]) =>
      `The ${head.toLowerCase()} are ${entries.map(({ name }) => name).join(", ")}.`
    );
    throw new QueryError([error.message, ...known].join("\n"), { cause: error });
  }
}

async function input(signal: AbortSignal): Promise<string> {
  const chunks = Deno.stdin.readable.pipeThrough(new TextDecoderStream(), { signal });
  return (await Array.fromAsync(chunks)).join("");
}
