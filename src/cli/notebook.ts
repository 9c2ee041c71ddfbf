/** `cim notebook`: notebooks without JupyterLab. */
import type { Command } from "commander";
import { addNotebookList } from "./notebook_list.ts";
import { addNotebookRun } from "./notebook_run.ts";

/** Adds the commands to the command line. */
export function addNotebook(program: Command): void {
  const notebook = program.command("notebook")
    .summary("run notebooks, with parameters, and export them")
    .description(
      "Notebooks without JupyterLab: which there are, what they ask and can be told, and running one to export it as a " +
        "page, a notebook with its outputs, Markdown or a PDF.",
    );
  addNotebookList(notebook);
  addNotebookRun(notebook);
}
