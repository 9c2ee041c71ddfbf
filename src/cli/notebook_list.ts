/** `cim notebook list`: which notebooks there are, what they ask, and what they can be told. */
import type { Command } from "commander";
import { notebooksIn, readNotebook, wordsOf } from "../notebook/notebooks.ts";
import { parametersOf } from "../notebook/parameters.ts";
import { columns } from "../table/text.ts";
import { PROJECT } from "../workspace_options.ts";
import { EXIT, run } from "./terminal.ts";

/** Adds the command to `cim notebook`. */
export function addNotebookList(notebook: Command): void {
  notebook.command("list")
    .summary("list the notebooks, what they ask, and their parameters")
    .description(
      "The notebooks of notebooks/, in their order: the title of each, what it asks, and its parameters with the values " +
        "that they have unless --parameter says otherwise.",
    )
    .option("--json", "print one JSON object")
    .action(({ json }: { json?: boolean }) =>
      run(async (terminal) => {
        const files = await Promise.all(notebooksIn(PROJECT).map(readNotebook));
        const notebooks = files.map(({ name, notebook }) => ({
          name,
          ...wordsOf(notebook, name),
          parameters: parametersOf(notebook),
        }));
        if (json) {
          terminal.print(JSON.stringify({ notebooks }));
          return EXIT.done;
        }
        for (const [at, { name, title, summary, parameters }] of notebooks.entries()) {
          if (at > 0) terminal.print("");
          terminal.print(`${name}: ${title}`);
          if (summary) terminal.print(`  ${summary}`);
          const rows = parameters.map(({ name, value, comment }) => [
            `${name} = ${JSON.stringify(value)}`,
            comment,
          ]);
          for (const line of columns(rows, "  -p ")) terminal.print(line);
        }
        return EXIT.done;
      })
    );
}
