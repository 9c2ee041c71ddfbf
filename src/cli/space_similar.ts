/** `cim space similar`: what is most like a thing. */
import { type Command, InvalidArgumentError } from "commander";
import type { Difference } from "../perception/similar.ts";
import { addSpaceSource, type SpaceOptions, spacesText, withSpace } from "./space_source.ts";
import { EXIT, run } from "./terminal.ts";
import { wholeNumber } from "./whole_number.ts";

/** Adds the command to the command line. */
export function addSpaceSimilar(space: Command): void {
  addSpaceSource(
    space.command("similar")
      .summary("what is most like a thing")
      .description(
        "Tells which things of a space are nearest to one, and in what they differ most; also what is like it but for " +
          "one dimension.",
      )
      .argument("<space>", "the space")
      .argument("<thing>", "the thing: its name, a resource's host name, or its id"),
  )
    .option("-k, --count <number>", "how many", wholeNumber, 10)
    .option(
      "--but <dimension=what>",
      "like it, but with less or more of a dimension, or so much of it; may be said several times",
      difference,
      {},
    )
    .option("--json", "print a JSON object a thing")
    .addHelpText(
      "after",
      `${spacesText()}

Examples:
  deno task cim space similar performance web-01
  deno task cim space similar compute web-01 --context planning -k 5
  deno task cim space similar capacity web-01 --but capacity.memory=less
  deno task cim space similar performance web-01 --but performance.cpu=0.9`,
    )
    .action((name: string, thing: string, options: Options) =>
      run((terminal) =>
        withSpace(name, options, terminal, (space) => {
          const { count, but, json } = options;
          const found = space.similar(thing, { count, but });
          if (json) { for (const row of found.rows) terminal.print(JSON.stringify(row)); }
          else if (found.rows.length === 0) terminal.print("There is nothing else like that");
          else terminal.print(String(found.table()));
          return Promise.resolve(EXIT.done);
        })
      )
    );
}

interface Options extends SpaceOptions {
  count: number;
  but: Record<string, Difference>;
}

function difference(
  text: string,
  before: Record<string, Difference>,
): Record<string, Difference> {
  const [, dimension, what] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const number = Number(what);
  if (dimension === undefined || what === undefined) {
    throw new InvalidArgumentError("Say DIMENSION=less, DIMENSION=more or DIMENSION=NUMBER.");
  }
  if (what === "less" || what === "more") return { ...before, [dimension]: what };
  if (!Number.isFinite(number)) throw new InvalidArgumentError("It is less, more or a number.");
  return { ...before, [dimension]: number };
}
