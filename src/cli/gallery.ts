/** `deno task gallery`: makes the README's pictures anew. */
import { makeGallery } from "../notebook/gallery.ts";
import { pythonEnvironment } from "../setup/python.ts";
import { bytes, columns } from "../table/text.ts";
import { PROJECT } from "../workspace_options.ts";
import { EXIT, run } from "./terminal.ts";

await run(async (terminal) => {
  const python = await pythonEnvironment({ project: PROJECT, ...terminal });
  const made = await makeGallery({ ...terminal, python, project: PROJECT });
  const rows = made.map(({ file, bytes: size, missing }) => [
    `data/pictures/${file}`,
    missing === undefined ? bytes(size!) : `not made: ${missing}`,
  ]);
  for (const line of columns(rows)) terminal.print(line);
  return made.every(({ missing }) => missing === undefined) ? EXIT.done : EXIT.failed;
});
