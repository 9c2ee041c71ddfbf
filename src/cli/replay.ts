/** `cim replay`: the log into a fresh read model, up to now or a moment. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { TABLES } from "../projections/sql/fold.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";
import { columns, counted, whole } from "../table/text.ts";
import type { Until } from "../replay/spool.ts";
import { addUntil } from "./until.ts";

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
    .option("--into <file>", "keep the database in this file; a model that is there is replaced")
    .option("--json", "print one JSON object")
    .action((options: Until & { into?: string; json?: boolean }) =>
      run(async (terminal) => {
        await using workspace = await openWorkspace(terminal);
        const start = performance.now();
        // A task runs in the project's folder, whatever folder it was called from.
        const into = options.into === undefined
          ? {}
          : { into: resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), options.into) };
        await using model = await workspace.replay({ ...options, ...into });
        const seconds = Math.round(performance.now() - start) / 1000;
        const tables: Record<string, { rows: number }> = {};
        for (const name of TABLES) {
          const [row] = (await model.query(`SELECT count(*) AS rows FROM ${name}`)).rows;
          tables[name] = { rows: Number(row?.rows) };
        }
        if (options.json) {
          terminal.print(JSON.stringify({
            ...model.checkpoint,
            skipped: model.provenance.skipped ?? 0,
            seconds,
            tables,
          }));
          return EXIT.done;
        }
        const { events, first_sequence, last_sequence, log_hash } = model.checkpoint;
        const { skipped } = model.provenance;
        const lines = columns([
          [
            "Replayed",
            events === 0
              ? "no events"
              : `${counted(events, "event")}, sequences ${whole(first_sequence)} to ${
                whole(last_sequence)
              }, in ${seconds} s`,
          ],
          ["Log hash", log_hash],
          ...(skipped
            ? [["Passed over", `${counted(skipped, "message")} that are no events`]]
            : []),
          ...(into.into ? [["Database", into.into]] : []),
          ...Object.entries(tables).map(([name, { rows }], at) => [
            at === 0 ? "Tables" : "",
            `${name.padEnd(12)} ${whole(rows).padStart(12)}`,
          ]),
        ]);
        for (const line of lines) terminal.print(line);
        return EXIT.done;
      })
    );
}
