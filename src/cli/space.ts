/** `cim space`: what is like what. */
import type { Command } from "commander";
import { addSpaceAnomalies } from "./space_anomalies.ts";
import { addSpaceClassify } from "./space_classify.ts";
import { addSpaceDraw } from "./space_draw.ts";
import { addSpaceEvaluate } from "./space_evaluate.ts";
import { addSpaceLabel } from "./space_label.ts";
import { addSpaceLearn } from "./space_learn.ts";
import { addSpacePredict } from "./space_predict.ts";
import { addSpaceScore } from "./space_score.ts";
import { addSpaceShow } from "./space_show.ts";
import { addSpaceSimilar } from "./space_similar.ts";

/** Adds the commands to the command line. */
export function addSpace(program: Command): void {
  const space = program.command("space")
    .summary("what is like what: conceptual spaces")
    .description(
      "Things as points in a space of quality dimensions, where near means alike, and kinds of things are regions " +
        "around prototypes (Gärdenfors, Conceptual Spaces, 2000).",
    );
  addSpaceShow(space);
  addSpaceClassify(space);
  addSpaceSimilar(space);
  addSpacePredict(space);
  addSpaceLearn(space);
  addSpaceDraw(space);
  addSpaceLabel(space);
  addSpaceScore(space);
  addSpaceEvaluate(space);
  addSpaceAnomalies(space);
}
