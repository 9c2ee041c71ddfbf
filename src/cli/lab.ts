/** `deno task lab`: JupyterLab, with the event log held open for its notebooks. */
import { fileURLToPath } from "node:url";
import { lab } from "../notebook/lab.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT } from "./terminal.ts";

/** What `deno task lab --help` says. */
const HELP = `Usage: deno task lab [options of JupyterLab]

Opens JupyterLab on the folder notebooks/, on this machine only. It prints its address with a token,
for a browser that it cannot open. Ctrl-C ends it and its kernels.

  --no-browser      only print the address
  --port <number>   listen there; 8888 or the next free one if not given
  --help            show this

All options of JupyterLab work: ${Deno.build.os === "windows" ? ".venv\\Scripts" : ".venv/bin"}${
  Deno.build.os === "windows" ? "\\" : "/"
}jupyter-lab --help-all lists them.
Its settings are in data/local/jupyter, those of your own Jupyter are neither read nor changed.`;

/** Until the last of what a kernel left has gone, in milliseconds. */
const LEAVE_MS = 500;

// `deno task lab -- --no-browser` means the same.
const options = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
if (options.includes("--help") || options.includes("-h")) {
  console.log(HELP);
  Deno.exit(EXIT.done);
}
let code: number;
try {
  // Kernels end without closing the log. This holds it open longer than any of them, archives what they wrote, and
  // stops its server.
  await using workspace = await openWorkspace({ progress: console.error });
  workspace.keepArchive();
  code = await lab(fileURLToPath(new URL("../..", import.meta.url)), options);
  await new Promise((resolve) => setTimeout(resolve, LEAVE_MS));
} catch (error) {
  if (!(error instanceof Error && "code" in error)) throw error;
  console.error(`cim: ${error.message}`);
  code = EXIT.failed;
}
Deno.exit(code);
