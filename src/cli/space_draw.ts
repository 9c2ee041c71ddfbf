/** `cim space draw`: a map of a space. */
import type { Command } from "commander";
import { dirname } from "node:path";
import { writeReport } from "../notebook/export/report_file.ts";
import { spaceMap } from "../notebook/space_map.ts";
import { given } from "./given.ts";
import {
  addContext,
  addSpaceSource,
  type SeenOptions,
  spacesText,
  withSpace,
} from "./space_source.ts";
import { EXIT, run } from "./terminal.ts";

/** Adds the command to the command line. */
export function addSpaceDraw(space: Command): void {
  const command = addContext(addSpaceSource(
    space.command("draw")
      .summary("a map of a space: the cells of its concepts, and the things in them")
      .description(
        "Draws a space in two dimensions, as SVG: of which concept each place is, by the real metric, where nothing is " +
          "near enough to be of any, and where the things are. Without --x and --y it is the plane in which the things " +
          "differ most (the first two principal components).",
      )
      .argument("<space>", "the space"),
  ))
    .option("--x <dimension>", "what goes across")
    .option("--y <dimension>", "what goes up")
    .option("--out <file>", "write the picture to this file, whole or not at all")
    .addHelpText(
      "after",
      `${spacesText()}

Examples:
  deno task cim space draw performance --x performance.cpu --y performance.memory --out performance.svg
  deno task cim space draw compute --as-of 2026-11-01T00:00Z > compute.svg
  deno task cim space draw compute --archive data/samples/fleet --context risk --out risk.svg`,
    );
  command.action((name: string, options: Options) => {
    const { x, y, out } = options;
    if ((x === undefined) !== (y === undefined)) {
      command.error(
        "error: --x and --y go together: say both, or none for the principal components",
      );
    }
    if (out === undefined && Deno.stdout.isTerminal()) {
      command.error("error: a picture is not for a terminal: say --out FILE, or send it on with >");
    }
    return run(async (terminal) => {
      if (out !== undefined) await requireFolder(out);
      return await withSpace(name, options, terminal, async (space) => {
        const map = spaceMap(space, x === undefined || y === undefined ? undefined : { x, y });
        if (out === undefined) {
          terminal.print(map.svg);
          return EXIT.done;
        }
        await writeReport(given(out), `${map.svg}\n`).catch((error) => {
          throw new NotWritten(`Cannot write ${out}: ${error.message}`, { cause: error });
        });
        terminal.print(`${map}`);
        terminal.print(`Written to ${out}`);
        return EXIT.done;
      });
    });
  });
}

/** Looks before the work rather than after it. */
async function requireFolder(out: string): Promise<void> {
  const folder = await Deno.stat(dirname(given(out))).catch(() => undefined);
  if (folder?.isDirectory) return;
  throw new NotWritten(`Cannot write ${out}: there is no such folder: make it first`);
}

interface Options extends Omit<SeenOptions, "json"> {
  x?: string;
  y?: string;
  out?: string;
}

/** There is no place for the picture. */
class NotWritten extends Error {
  override readonly name = "NotWritten";
  /** Stable, for programs. */
  readonly code = "not_written";
}
