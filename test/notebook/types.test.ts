import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(project, "notebooks");

interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: unknown[] }[];
}

describe.each(
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".ipynb")),
)("%s", (name) => {
  const notebook: Notebook = JSON.parse(Deno.readTextFileSync(join(folder, name)));
  const code = notebook.cells.filter((cell) => cell.cell_type === "code")
    .map(({ source }) => Array.isArray(source) ? source.join("") : source);

  test("has right types, which Jupyter does not look at", async () => {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, code.join("\n"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", join(project, "deno.json"), file],
      env: { NO_COLOR: "1" },
    }).output();
    await Deno.remove(file);
    expect(success ? "" : new TextDecoder().decode(stderr)).toBe("");
  });

  // `deno fmt --check` of Deno 2.9.6 refuses what its own `deno fmt` makes of a notebook's Markdown; this is its code.
  test("is formatted like everything else", async () => {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, code.join("\n") + "\n");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "--check", "--config", join(project, "deno.json"), file],
      env: { NO_COLOR: "1" },
    }).output();
    await Deno.remove(file);
    expect(success ? "" : new TextDecoder().decode(stderr)).toBe("");
  });

  test("imports the public door of this project and nothing else, but what asserts", () => {
    const imports = [...code.join("\n").matchAll(/\bfrom "([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(imports.filter((from) => from !== "node:assert")))
      .toEqual(new Set(["@cim/infrastructure"]));
  });

  test("is kept without outputs", () => {
    expect(notebook.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
