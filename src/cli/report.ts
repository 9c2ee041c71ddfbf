/** `cim report`: run the notebooks and export them as pages. */
import type { Command } from "commander";
import { columns, visible } from "../table/text.ts";
import type { Reports } from "../notebook/report.ts";
import { openWorkspace } from "../workspace.ts";
import { PROJECT } from "../workspace_options.ts";
import { EXIT, run } from "./terminal.ts";

/** Adds the command to the command line. */
export function addReport(program: Command): void {
  program.command("report")
    .summary("run the notebooks and export them as pages")
    .description(
      "Runs every notebook of notebooks/ from the first cell to the last, on the log of this machine and on the sample " +
        "fleet, and exports each as a page in reports/ that opens without a network: the first one discovers this " +
        "machine, the others replay what the log has then. Where a notebook fails, its cell and its error are shown and " +
        "the exit code is 1; the pages of the others are made all the same, and the index says what failed.",
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
deno task cim notebook run NAME runs one notebook, with parameters, also on another archive.`,
    )
    .action((options: { json?: boolean }) =>
      run(async (terminal) => {
        // The log is held open while the notebooks work on it: their kernels end without closing it, and whoever is the
        // last to close it archives what they wrote and stops its server.
        await using workspace = await openWorkspace(terminal);
        workspace.keepArchive();
        // Loaded only now: the exporter is large, and no other command needs it.
        const { makeReports } = await import("../notebook/report.ts");
        const made = await makeReports({
          ...terminal,
          project: PROJECT,
          clock: () => new Date(),
        });
        if (options.json) {
          const { index, reports } = made;
          terminal.print(JSON.stringify({ index, reports }));
        } else for (const line of describe(made)) terminal.print(line);
        for (const { message } of made.failures) message.split("\n").forEach(terminal.warn);
        return made.failures.length === 0 ? EXIT.done : EXIT.failed;
      })
    );
}

function describe({ index, reports }: Reports): string[] {
  const rows = reports.map(({ file, title, seconds, failed }) => [
    failed ? "failed" : `reports/${file}`,
    visible(title),
    failed ? visible(failed.reason) : `${(seconds ?? 0).toFixed(1)} s`,
  ]);
  return [...columns(rows), `Open ${index}`];
}
