/** `cim replay`: the log into a fresh read model, up to now or a moment. */
import type { Command } from "commander";
import { TABLES } from "../projections/sql/tables.ts";
import type { Comparison } from "../replay/compare.ts";
import type { Model, TableSummary } from "../replay/model.ts";
import type { ReplayOptions } from "../replay/replay.ts";
import type { Until } from "../replay/until.ts";
import { columns, counted, whole } from "../table/text.ts";
import { describeComparison } from "./comparison.ts";
import { given } from "./given.ts";
import { openSource } from "./sources.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { addUntil } from "./until.ts";

interface Options extends Until {
  archive?: string;
  into?: string;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addReplay(program: Command): void {
  addUntil(
    program.command("replay")
      .summary("fold the log into a fresh read model")
      .description(
        "Folds the event log into the tables of a fresh DuckDB database, up to now or to a moment, and says what came of " +
          "it. The same log and the same moment always give the same tables; the log hash says which log it was.",
      ),
  )
    .option("--archive <folder>", "replay this archive, which needs no server")
    .option("--into <file>", "keep the database in this file; a model that is there is replaced")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
A table's hash is the same in two models of one version of this program exactly if its rows are. What is archived is
read from typed copies in the archive's folder, which are made the first time and can be deleted.

Examples:
  deno task cim replay --as-of 2026-11-01T00:00Z --into then.duckdb
  deno task cim replay --archive data/samples/fleet --json`,
    )
    .action((options: Options) => run((terminal) => replayed(options, terminal)));
}

async function replayed(options: Options, terminal: Terminal): Promise<number> {
  const { archive, into, json, ...until } = options;
  let comparison: Comparison | undefined;
  const replayOptions: ReplayOptions = {
    ...until,
    ...(into === undefined ? {} : { into: given(into) }),
    onReplace: (found) => comparison = found,
  };
  await using source = await openSource(archive, terminal);
  const start = performance.now();
  await using model = await source.replay(replayOptions);
  const seconds = Math.round(performance.now() - start) / 1000;
  const tables: Record<string, TableSummary> = {};
  for (const { name } of TABLES) tables[name] = await model.summary(name);
  if (json) {
    terminal.print(JSON.stringify({
      ...model.checkpoint,
      seconds,
      tables,
      ...(comparison ? { replaced: comparison } : {}),
    }));
    return EXIT.done;
  }
  for (const line of describe(model, seconds, tables, into)) terminal.print(line);
  for (const line of describeComparison(comparison, model.checkpoint)) terminal.print(line);
  return EXIT.done;
}

function describe(
  { checkpoint }: Model,
  seconds: number,
  tables: Record<string, TableSummary>,
  into: string | undefined,
): string[] {
  const { events, first_sequence, last_sequence, log_hash, skipped, parked } = checkpoint;
  return columns([
    [
      "Replayed",
      events === 0
        ? "no events"
        : `${counted(events, "event")}, sequences ${whole(first_sequence)} to ${
          whole(last_sequence)
        }, in ${seconds} s`,
    ],
    ["Log hash", log_hash],
    ...(skipped > 0 ? [["Passed over", `${counted(skipped, "message")} that are no events`]] : []),
    ...(parked > 0
      ? [["Parked", `${counted(parked, "event")} that could not be applied: FROM fold.parked`]]
      : []),
    ...(into === undefined ? [] : [["Database", given(into)]]),
    ...Object.entries(tables).map(([name, { rows }], at) => [
      at === 0 ? "Tables" : "",
      `${name.padEnd(20)} ${whole(rows).padStart(12)}`,
    ]),
  ]);
}
