import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(project, "notebooks");
const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb")).sort();

interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: unknown[] }[];
}

const notebooks = new Map(names.map((name) => {
  const notebook: Notebook = JSON.parse(Deno.readTextFileSync(join(folder, name)));
  const code = notebook.cells.filter((cell) => cell.cell_type === "code")
    .map(({ source }) => Array.isArray(source) ? source.join("") : source);
  return [name, { notebook, code: code.join("\n") + "\n" }];
}));

/** Their code, a file each: the project's types are read once for all of them. */
let files: string;
beforeAll(async () => {
  files = await Deno.makeTempDir({ prefix: "cim-types-" });
  for (const [name, { code }] of notebooks) {
    await Deno.writeTextFile(join(files, `${name}.ts`), code);
  }
});
afterAll(() => Deno.remove(files, { recursive: true }));

const deno = async (...args: string[]) => {
  const config = ["--config", join(project, "deno.json")];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, ...config, ...names.map((name) => join(files, `${name}.ts`))],
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
};

describe("The code of the notebooks", () => {
  test("has right types, which Jupyter does not look at", async () => {
    expect(await deno("check", "--quiet")).toBe("");
  }, 300_000);

  // `deno fmt --check` of Deno 2.9.6 refuses what its own `deno fmt` makes of a notebook's Markdown; this is its code.
  test("is formatted like everything else", async () => {
    expect(await deno("fmt", "--check")).toBe("");
  });
});

describe.each(names)("%s", (name) => {
  const { notebook, code } = notebooks.get(name)!;

  test("imports the public door of this project and nothing else, but what asserts", () => {
    const imports = [...code.matchAll(/\bfrom "([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(imports.filter((from) => from !== "node:assert")))
      .toEqual(new Set(["@cim/infrastructure"]));
  });

  test("is kept without outputs", () => {
    expect(notebook.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
