/** `cim space similar`: what is most like a thing. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Perception } from "../perception/perception.ts";
import type { Difference, Similarities } from "../perception/similar.ts";
import type { Vicinity } from "../perception/vicinity.ts";
import { visible } from "../table/text.ts";
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

/** Adds the command to the command line. */
export function addSpaceSimilar(space: Command): void {
  addContext(addSpaceSource(
    space.command("similar")
      .summary("what is most like a thing")
      .description(
        "Tells which things of a space are nearest to one, and in what they differ most; also what is like it but for " +
          "one dimension. With --cell it tells what lies in the same cell, that of the nearest concept, and in those " +
          "that adjoin it (Voronoi).",
      )
      .argument("<space>", "the space")
      .argument("<thing>", "the thing: its name, a resource's host name, or its id"),
  ))
    .option("-k, --count <number>", "how many", wholeNumber, 10)
    .option(
      "--but <dimension=what>",
      "like it, but with less or more of a dimension, or so much of it; may be said several times",
      difference,
      {},
    )
    .addOption(
      new Option("--cell", "tell what is in the same cell, and in adjoining ones, instead")
        .conflicts(["count", "but"]),
    )
    .option("--json", "print a JSON object a thing; with --cell one for all")
    .addHelpText(
      "after",
      `${spacesText()}

Examples:
  deno task cim space similar performance web-01
  deno task cim space similar compute web-01 --context planning -k 5
  deno task cim space similar capacity web-01 --but capacity.memory=less
  deno task cim space similar performance web-01 --but performance.cpu=0.9
  deno task cim space similar compute web-01 --cell`,
    )
    .action((name: string, thing: string, options: Options) =>
      run((terminal) =>
        withSpace(name, options, terminal, (space) => {
          if (options.cell) tellCell(space.cell(thing), options, terminal);
          else tellSimilar(space.similar(thing, options), space, options, terminal);
          return Promise.resolve(EXIT.done);
        })
      )
    );
}

interface Options extends SeenOptions {
  cell?: boolean;
  count: number;
  but: Record<string, Difference>;
}

function tellSimilar(
  found: Similarities,
  { things }: Perception,
  { json }: Options,
  terminal: Terminal,
): void {
  if (json) { for (const row of found.rows) terminal.print(jsonLine(row)); }
  else if (things.length === 1) {
    terminal.print(`There is nothing else than ${visible(found.thing.name)} in this space`);
  } else if (found.rows.length === 0) terminal.print("There is nothing else like that");
  else terminal.print(String(found));
}

function tellCell(found: Vicinity, { json }: Options, terminal: Terminal): void {
  const { thing, cell, adjoining } = found;
  if (json) return terminal.print(jsonLine(found));
  if (cell === null) {
    return terminal.print(
      `${visible(thing.name)} lies in no cell: nothing that matters is known of it`,
    );
  }
  terminal.print(String(found.table()));
  const next = adjoining.map(({ concept }) => visible(concept)).join(", ") || "no other";
  terminal.print("");
  terminal.print(
    `${visible(thing.name)} lies in the cell of ${visible(cell.concept)}, which adjoins ${next}`,
  );
}

function difference(
  text: string,
  before: Record<string, Difference>,
): Record<string, Difference> {
  const [, dimension, what] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const number = what?.trim() ? Number(what) : NaN;
  if (dimension === undefined || what === undefined) {
    throw new InvalidArgumentError("Say DIMENSION=less, DIMENSION=more or DIMENSION=NUMBER.");
  }
  if (what === "less" || what === "more") return { ...before, [dimension]: what };
  if (!Number.isFinite(number)) throw new InvalidArgumentError("It is less, more or a number.");
  return { ...before, [dimension]: number };
}
