/** `cim space evaluate`: how well it is told what things are. */
import { type Command, Option } from "commander";
import { confusionTable } from "../perception/evaluation.ts";
import { truthIn } from "../perception/truth.ts";
import { contentOf } from "./given.ts";
import { evaluateTables } from "./space_evaluate_tables.ts";
import { jsonLine } from "./json_line.ts";
import {
  addContext,
  addSpaceSource,
  type SeenOptions,
  spacesText,
  withSpace,
} from "./space_source.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

interface Options extends SeenOptions {
  data?: string;
  truth?: string;
  seed: number;
}

/** Adds the command to the command line. */
export function addSpaceEvaluate(space: Command): void {
  addContext(addSpaceSource(
    space.command("evaluate")
      .summary("how well it is told what things are, against what is known")
      .description(
        "Judges the concepts of a space, and those that would be learned, each of things that it was not learned from " +
          "(five parts): against labels, what is declared, or a truth that is known. With --data it judges the Parquet " +
          "files in a folder, and in those in it: with a column class, what cim space label learns of a table, five " +
          "parts, twice, beside scikit-learn's classifiers; with a label of 0 and 1, what cim space score tells of its " +
          "rows, of which three fifths are learned from, three times, beside PyOD's detectors; and with a " +
          "train.parquet and a labelled test.parquet in one folder, what cim space score --series tells. The others " +
          "are beside it where a Python with them is found.",
      )
      .argument("[space]", "the space; none with --data"),
  ))
    .option("--truth <file>", "what resources truly are: the ground_truth.json of cim sample")
    .addOption(
      new Option("--data <folder>", "judge tables of one's own instead")
        .conflicts(["archive", "asOf", "sequence", "context", "truth"]),
    )
    .option("--seed <number>", "what chance is drawn from", wholeNumber, 1)
    .option("--json", "print JSON: an object a row")
    .addHelpText(
      "after",
      `${spacesText()}

Examples:
  deno task cim space evaluate compute --archive data/samples/fleet --truth data/samples/fleet/ground_truth.json
  deno task cim space evaluate performance
  deno task cim space evaluate --data tables`,
    )
    .action((name: string | undefined, options: Options, command: Command) => {
      const { data } = options;
      if ((name === undefined) === (data === undefined)) {
        command.error("error: say either a space or --data, a folder with tables", {
          exitCode: EXIT.usage,
        });
      }
      return run((terminal) =>
        data === undefined
          ? evaluate(name!, options, terminal)
          : evaluateTables({ ...options, data }, terminal)
      );
    });
}

async function evaluate(name: string, options: Options, terminal: Terminal): Promise<number> {
  const { truth: file, seed, json } = options;
  const truth = file === undefined ? undefined : truthIn(name, await contentOf(file));
  return await withSpace(name, options, terminal, (space) => {
    const found = space.evaluate({ seed, ...(truth ? { truth } : {}) });
    if (json) { for (const judged of found.judged) terminal.print(jsonLine(judged)); }
    else {
      for (const { concepts, confusion } of found.judged) {
        terminal.print(`${concepts}:\n${confusionTable(confusion)}\n`);
      }
      terminal.print(String(found.table()));
      terminal.print(`\nagainst ${found.against}; seed ${seed}`);
    }
    return Promise.resolve(EXIT.done);
  });
}
