/** The notebook about concepts, run as a report runs it: its sentences are held by its own assertions. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { executeNotebook } from "../../src/notebook/execute.ts";
import { exportHtml, type Notebook } from "../../src/notebook/export/mod.ts";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { environment, project } from "./fixture.ts";

const notebook = join(project, "notebooks", "04-concepts.ipynb");

describe("What are these machines, and which are not what they are said to be: the notebook", () => {
  let executed: Notebook;
  let ids: string[];
  beforeAll(async () => {
    executed = await executeNotebook({ python: await environment(), project, notebook });
    ids = JSON.parse(await Deno.readTextFile(notebook)).cells.map(({ id }: { id: string }) => id);
  });

  const shown = (id: string) =>
    executed.cells[ids.indexOf(id)]!.outputs!.flatMap((output) =>
      "data" in output ? Object.entries(output.data) : []
    );
  const text = (id: string) =>
    shown(id).map(([mime, data]) => mime === "text/plain" ? wholeText(data) : "").join("\n");

  test("says what a machine is, and why", () => {
    expect(text("concept")).toMatch(/performance\.memory +0\.81 +0\.75 +0\.5 +0\.21\n/);
  });

  test("names the clone, and what else knows of it", () => {
    expect(text("said")).toMatch(/shop-app-01-copy +shared_evidence +machine_id /);
  });

  test("finds what is like a machine, but smaller, and what goes together without a name", () => {
    expect(text("alike")).toMatch(/billing-database-01 +virtual_machine +0\.88 /);
    expect(text("alike")).toMatch(/search-database-01 +virtual_machine *\n/);
  });

  test("draws the map and the charts", () => {
    expect(shown("map").map(([mime]) => mime)).toContain("image/svg+xml");
    for (const id of ["said", "again"]) {
      expect(shown(id).map(([mime]) => mime)).toContain("application/vnd.plotly.v1+json");
    }
  });

  test("is a page that says which events it was made from", async () => {
    const page = await exportHtml(executed);
    expect(page).toContain("1 to 18827");
    expect(page).toContain("<h1");
    expect(page).toContain("shop-app-01-copy");
  });
});
