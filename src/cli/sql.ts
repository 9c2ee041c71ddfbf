/** `cim sql`: a question to a fresh read model. */
import { type Command, Option } from "commander";
import { csvFormatRows } from "d3-dsv";
import { TABLES } from "../projections/sql/tables.ts";
import { counted } from "../table/text.ts";
import { exact, exactText } from "../table/cell.ts";
import { QueryError } from "../replay/model.ts";
import type { Table } from "../table/table.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";
import type { Until } from "../replay/until.ts";
import { addUntil } from "./until.ts";

const FORMATS: Record<string, (table: Table) => string> = {
  table: String,
  csv: ({ columns, values }) =>
    csvFormatRows([columns.map(({ name }) => name), ...values.map((row) => row.map(exactText))]),
  json: ({ rows }) =>
    rows.length === 0 ? "[]" : `[\n${rows.map((row) => JSON.stringify(row, exact)).join(",\n")}\n]`,
};

/** Adds the command to the command line. */
export function addSql(program: Command): void {
  addUntil(
    program.command("sql")
      .summary("ask a fresh read model in SQL")
      .description(
        "Replays the event log into memory and asks it in DuckDB's SQL.\n\n" +
          `Tables: ${TABLES.map(({ name }) => name).join(", ")}.`,
      )
      .argument("<query>", 'the question: "SELECT hostname FROM resources"; - reads it from stdin'),
  )
    .addOption(
      new Option("--format <format>", "how to print the answer").choices(Object.keys(FORMATS))
        .default("table"),
    )
    .addHelpText(
      "after",
      `
Examples:
  deno task cim sql "SELECT name, version FROM software WHERE kind = 'package' ORDER BY name"
  deno task cim sql "SELECT * FROM resources" --as-of 2026-11-01T00:00Z --format json`,
    )
    .action((query: string, { format, ...until }: Until & { format: string }) =>
      run(async (terminal) => {
        const text = query === "-" ? await input(terminal.signal) : query;
        if (text.trim() === "") throw new QueryError("There is no question: say a SELECT");
        await using workspace = await openWorkspace(terminal);
        await using model = await workspace.replay(until);
        const { skipped } = model.provenance;
        if (skipped) {
          terminal.warn(`${counted(skipped, "message")} of the log passed over: no events`);
        }
        terminal.print(FORMATS[format]!(await model.query(text)));
        return EXIT.done;
      })
    );
}

async function input(signal: AbortSignal): Promise<string> {
  const chunks = Deno.stdin.readable.pipeThrough(new TextDecoderStream(), { signal });
  return (await Array.fromAsync(chunks)).join("");
}
