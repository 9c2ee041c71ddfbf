/** `cim report`: run the notebooks and export them as pages. */
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { columns, visible } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run } from "./terminal.ts";

/** Adds the command to the command line. */
export function addReport(program: Command): void {
  program.command("report")
    .summary("run the notebooks and export them as pages")
    .description(
      "Runs every notebook of notebooks/ from the first cell to the last, which discovers this machine and replays the " +
        "log, and exports each as a page in reports/ that opens without a network. Where a notebook fails, its cell and " +
        "its error are shown, and the reports of the last time stay as they were.",
    )
    .option("--json", "print one JSON object")
    .action((options: { json?: boolean }) =>
      run(async (terminal) => {
        // The log is held open while the notebooks work on it: their kernels end without closing it, and whoever is the
        // last to close it archives what they wrote and stops its server.
        await using workspace = await openWorkspace(terminal);
        workspace.keepArchive();
        // Loaded only now: the exporter is large, and no other command needs it.
        const { makeReports } = await import("../notebook/report.ts");
        const { index, reports } = await makeReports({
          ...terminal,
          project: fileURLToPath(new URL("../..", import.meta.url)),
          clock: () => new Date(),
        });
        if (options.json) {
          terminal.print(JSON.stringify({ index, reports }));
          return EXIT.done;
        }
        const rows = reports.map(({ file, title, seconds }) => [
          `reports/${file}`,
          visible(title),
          `${seconds.toFixed(1)} s`,
        ]);
        for (const line of columns(rows)) terminal.print(line);
        terminal.print(`Open ${index}`);
        return EXIT.done;
      })
    );
}
