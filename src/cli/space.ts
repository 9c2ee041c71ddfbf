/** `cim space`: what is like what. */
import type { Command } from "commander";
import { addSpaceEvaluate } from "./space_evaluate.ts";
import { addSpaceLabel } from "./space_label.ts";

/** Adds the commands to the command line. */
export function addSpace(program: Command): void {
  const space = program.command("space")
    .summary("what is like what: conceptual spaces")
    .description(
      "Things as points in a space of quality dimensions, where near means alike, and kinds of things are regions " +
        "around prototypes (Gärdenfors, Conceptual Spaces, 2000).",
    );
  addSpaceLabel(space);
  addSpaceEvaluate(space);
}
