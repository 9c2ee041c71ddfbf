/** `cim space evaluate`: how well things are told. */
import type { Command } from "commander";
import { evaluateTables, type EvaluateTablesOptions } from "./space_evaluate_tables.ts";
import { run } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** Adds the command to the command line. */
export function addSpaceEvaluate(space: Command): void {
  space.command("evaluate")
    .summary("how well the classes of labelled tables are told")
    .description(
      "Judges what cim space label learns, by rows that it was not learned from: each Parquet file of a folder that has " +
        "a column class or label is divided into five parts, twice, each part is labelled by what was learned of the " +
        "others, and the mean accuracy and macro-F1 are printed. Where a Python with scikit-learn is found, its " +
        "classifiers are beside it, on the same parts.",
    )
    .requiredOption("--data <folder>", "the folder with the tables")
    .option("--seed <number>", "what chance is drawn from", wholeNumber, 1)
    .option("--json", "print a JSON object a row")
    .addHelpText("after", "\nExample:\n  deno task cim space evaluate --data tables")
    .action((options: EvaluateTablesOptions) =>
      run((terminal) => evaluateTables(options, terminal))
    );
}
