/** `cim space learn`: concepts from examples, or from what is alike. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Answer } from "../command/answer.ts";
import type { Perception } from "../perception/perception.ts";
import type { LearnedConcepts, LearningOptions, Teacher } from "../perception/learned.ts";
import { MOST_PROTOTYPES } from "../spaces/learning/learn_concepts.ts";
import { counted } from "../table/text.ts";
import type { Workspace } from "../workspace.ts";
import { addSpaceSource, type SpaceOptions, spacesText, withSpace } from "./space_source.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** Adds the command to the command line. */
export function addSpaceLearn(space: Command): void {
  addSpaceSource(
    space.command("learn")
      .summary("learn concepts from what things are said to be, or find some where nobody said it")
      .description(
        "Learns the concepts of a space from labels (LabelResource), or from what things are declared to be; with " +
          "--candidates it groups what is alike, in as many groups as there is reason for. Nothing is written unless " +
          "--submit is said: then the concepts are events, and later classifications can be replayed as they were.",
      )
      .argument("<space>", "the space"),
  )
    .addOption(
      new Option("--by <teacher>", "from labels, or from what is declared; labels if there are any")
        .choices(["labels", "declared"]).conflicts("candidates"),
    )
    .addOption(
      new Option("--method <method>", "how prototypes are found")
        .choices(["prototypes", "centroid", "geometric_median"]).default("prototypes"),
    )
    .option(
      "--prototypes <number>",
      "how many a concept has at most, with that method",
      prototypes,
      8,
    )
    .option("--candidates", "look for concepts that nobody has named yet")
    .option("--seed <number>", "what chance is drawn from", wholeNumber, 1)
    .addOption(
      new Option("--submit", "define the concepts in the log").conflicts(["archive", "json"]),
    )
    .option("--json", "print the commands, as cim submit takes them")
    .addHelpText(
      "after",
      `${spacesText()}

Exits with ${EXIT.refused} where a concept is refused.

Examples:
  deno task cim space learn performance --by labels
  deno task cim space learn compute --by declared --submit
  deno task cim space learn capacity --candidates
  deno task cim space learn compute --json | deno task cim submit -`,
    )
    .action((name: string, options: Options) =>
      run(
        (terminal) =>
          withSpace(name, options, terminal, async (space, _, workspace) => {
            const { by, method, prototypes, seed } = options;
            const found = options.candidates
              ? space.candidates(seed)
              : space.learn({ method, prototypes, seed, ...(by ? { by } : {}) });
            if (options.json) {
              for (const command of found.commands) terminal.print(JSON.stringify(command));
              return EXIT.done;
            }
            terminal.print(String(found.table()));
            terminal.print("");
            terminal.print(`${found.reason}; seed ${seed}`);
            if (options.submit && workspace) return await submit(found, space, workspace, terminal);
            terminal.print("Nothing was written: --submit defines them in the log");
            return EXIT.done;
          }),
        KEPT,
      )
    );
}

interface Options extends SpaceOptions {
  by?: Teacher;
  method: LearningOptions["method"];
  prototypes: number;
  candidates?: boolean;
  seed: number;
  submit?: boolean;
}

function prototypes(text: string): number {
  const number = wholeNumber(text);
  if (number >= 1 && number <= MOST_PROTOTYPES) return number;
  throw new InvalidArgumentError(`Say 1 to ${MOST_PROTOTYPES}.`);
}

async function submit(
  { commands }: LearnedConcepts,
  { known }: Perception,
  workspace: Workspace,
  terminal: Terminal,
): Promise<number> {
  const answers = await workspace.submit(commands);
  const of = (outcome: Answer["outcome"]) => answers.filter((one) => one.outcome === outcome);
  const refused = of("refused");
  terminal.print(
    `Defined ${counted(of("accepted").length, "concept")}, ${of("unchanged").length} unchanged, ` +
      `${refused.length} refused`,
  );
  for (const { message = "" } of refused) terminal.warn(message);
  const own = new Set(commands.map(({ data }) => data.name));
  const others = known.concepts.map(({ name }) => name).filter((name) => !own.has(name));
  if (known.origin === "log" && others.length > 0) {
    terminal.warn(`the log's other concepts of this space go on to count: ${others.join(", ")}`);
  }
  return refused.length > 0 ? EXIT.refused : EXIT.done;
}
