/** The notebook about experiments, run as a report runs it: its sentences are held by its own assertions. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { executeNotebook } from "../../src/notebook/execute.ts";
import { exportHtml, type Notebook } from "../../src/notebook/export/mod.ts";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { environment, project } from "./fixture.ts";

const notebook = join(project, "notebooks", "03-what-if.ipynb");

test("What if a rack had failed: the notebook says which policy would have told, and shows it", async () => {
  const executed = await executeNotebook({ python: await environment(), project, notebook });
  const ids = JSON.parse(await Deno.readTextFile(notebook)).cells.map(({ id }: { id: string }) =>
    id
  );
  const shown = (id: string) =>
    executed.cells[ids.indexOf(id)]!.outputs!.flatMap((output) =>
      "data" in output ? Object.entries(output.data) : []
    );
  const text = (id: string) =>
    shown(id).map(([mime, data]) => mime === "text/plain" ? wholeText(data) : "").join("");
  expect(text("told")).toMatch(/all-is-heard +0 +31\n/);
  expect(text("cells")).toContain("alarms: 31 added, 1 removed, 0 changed");
  expect(text("manifest")).toMatch(/transformation 2 +1488 dropped/);
  for (const chart of ["heard", "when"]) {
    expect(shown(chart).map(([mime]) => mime)).toContain("application/vnd.plotly.v1+json");
  }
  const page = await exportHtml(executed);
  expect(page).toContain("<h1");
  expect(page).toContain("all-is-heard");
});

test("It is kept without what came of it, and imports from the public door alone", async () => {
  const { cells }: Notebook = JSON.parse(await Deno.readTextFile(notebook));
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  expect(code.flatMap(({ outputs }) => outputs)).toEqual([]);
  const imports = [
    ...code.map(({ source }) => wholeText(source)).join("\n").matchAll(/from "(.*)"/g),
  ];
  expect(imports.map(([, from]) => from)).toEqual(["@cim/infrastructure", "node:assert"]);
});
