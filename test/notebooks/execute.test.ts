import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  executeNotebook,
  type ExecuteOptions,
  type Notebook,
  NotebookFailed,
  NotebookUnusable,
} from "../../src/notebook/execute.ts";
import { installKernel } from "../../src/notebook/kernel.ts";
import type { NotebookProvenance } from "../../src/notebook/export/mod.ts";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { type Code, descendants, environment, left, project, writeNotebook } from "./fixture.ts";

let folder: string;
let python: Awaited<ReturnType<typeof environment>>;
beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-notebooks-" });
  python = await environment();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function execute(cells: Code[], more: Partial<ExecuteOptions> = {}): Promise<Notebook> {
  const notebook = await writeNotebook(folder, cells);
  return await executeNotebook({ python, project, notebook, ...more });
}

async function failure(cells: Code[], more?: Partial<ExecuteOptions>): Promise<NotebookFailed> {
  const error = await execute(cells, more).catch((error) => error);
  expect(error).toBeInstanceOf(NotebookFailed);
  return error;
}

const results = (notebook: Notebook) =>
  notebook.cells.map(({ outputs = [] }) =>
    outputs.map((output) => "data" in output ? wholeText(output.data["text/plain"]) : "").join("")
  );

describe("A notebook that is run", () => {
  test("finds the project's deno.json, wherever it lies, and is not written to", async () => {
    const notebook = await writeNotebook(folder, [
      'import { Refusal } from "@cim/infrastructure"; Refusal.name',
      "Deno.version.deno",
      "Deno.cwd()",
    ]);
    const before = await Deno.readTextFile(notebook);
    const executed = await executeNotebook({ python, project, notebook });
    // deno-lint-ignore no-control-regex
    const plain = results(executed).map((text) => text.replaceAll(/\x1b\[\d+m/g, ""));
    expect(plain).toEqual(['"Refusal"', `"${Deno.version.deno}"`, `"${project}"`]);
    expect(await Deno.readTextFile(notebook)).toBe(before);
  });

  test("is given other parameters, and says which it had, which logs it read, and when each cell ran", async () => {
    const cells = [
      { source: 'const archive = ""; // a folder\nconst n = 1; // a number', tags: ["parameters"] },
      "n * 2",
      `import { openHistory } from "@cim/infrastructure";
const history = await openHistory({ archive });
await history.replay();
await history.replay({ sequence: 100 });
await history.replay({ sequence: 100 });`,
    ];
    const parameters = { n: 21, archive: "data/samples/fleet" };
    const { cells: ran, metadata } = await execute(cells, { parameters });
    expect(ran.map(({ metadata }) => metadata?.tags))
      .toEqual([["parameters"], ["injected-parameters"], undefined, undefined]);
    expect(JSON.stringify(ran[2]!.outputs)).toContain("42");
    expect(ran.length).toBe(4); // what asks which logs were read is none of its cells
    for (const { metadata } of ran) {
      expect(metadata!.execution!["iopub.status.idle"]).toMatch(/^\d{4}-\d\d-\d\dT/);
    }
    const cim = metadata["cim"] as NotebookProvenance;
    expect(cim).toMatchObject({ parameters, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(cim.seconds).toBeGreaterThan(0.1);
    expect(cim.logs_read.map(({ archive, last_sequence }) => [archive, last_sequence]))
      .toEqual([["data/samples/fleet", 100], ["data/samples/fleet", 36_000]]);
    await expect(execute(cells, { parameters: { m: 1 } })).rejects.toThrow(
      'no parameter "m": it has archive (string), n (number)',
    );
  });

  test("knows nothing of the Jupyter of the user", async () => {
    const wrong = await Deno.makeTempDir({ dir: folder });
    const kernel = `${wrong}/kernels/cim`;
    await Deno.mkdir(kernel, { recursive: true });
    await Deno.writeTextFile(
      `${kernel}/kernel.json`,
      JSON.stringify({ argv: ["false"], display_name: "wrong", language: "none" }),
    );
    await Deno.writeTextFile(`${wrong}/jupyter_config.py`, "raise Exception('the user’s')");
    await Deno.writeTextFile(`${wrong}/nbclient.py`, "raise Exception('the user’s')");
    const names = ["PATH", "DATA_DIR", "CONFIG_DIR", "RUNTIME_DIR", "CONFIG_PATH"];
    const variables = ["IPYTHONDIR", "PYTHONPATH", ...names.map((name) => `JUPYTER_${name}`)];
    for (const variable of variables) Deno.env.set(variable, wrong);
    try {
      expect(results(await execute(["1 + 1"]))[0]).toContain("2");
    } finally {
      for (const variable of variables) Deno.env.delete(variable);
    }
    expect([...Deno.readDirSync(wrong)].map(({ name }) => name).sort())
      .toEqual(["jupyter_config.py", "kernels", "nbclient.py"]);
  });
});

describe("A notebook that fails says which cell, and why:", () => {
  test("it throws", async () => {
    const error = await failure([
      "console.log('before')",
      "",
      "class Mine extends Error { name = 'Mine' }\nthrow new Mine('with words')",
      "console.log('behind')",
    ]);
    expect(error).toMatchObject({
      code: "notebook_failed",
      cell: 3,
      errorMessage: "with words",
      source: "class Mine extends Error { name = 'Mine' }\nthrow new Mine('with words')",
    });
    expect(error.message).toContain("Cell 3 of ");
    expect(error.message).toContain("with words");
    expect(error.message.split("\n").length).toBeLessThanOrEqual(3);
    expect(error.traceback).toMatch(/with words[^]*at /);
    const { cells } = error.notebook;
    expect(wholeText((cells[0]!.outputs![0] as { text: string }).text)).toBe("before\n");
    expect(cells[3]!.outputs).toEqual([]);
  });

  test("it does not parse", async () => {
    const error = await failure(["const good = 1;\nconst bad = ;"]);
    expect(error).toMatchObject({
      cell: 1,
      errorName: "SyntaxError",
      errorMessage: "Expression expected (line 2, column 13)",
    });
    expect(error.traceback).toContain("2 | const bad = ;");
  });

  test("it imports a name that is not there", async () => {
    const error = await failure(['import { v4, v44 as wrong } from "uuid"']);
    expect(error).toMatchObject({ cell: 1, errorName: "SyntaxError" });
    expect(error.errorMessage)
      .toBe(`The module "uuid" has no export "v44". Did you mean 'v4'?`);
  });

  test("whoever's module it is, and may go on where a failure is expected", async () => {
    const imports = [
      'import { Command, replai } from "@cim/infrastructure"',
      'import { Stats, nothing } from "node:fs"',
    ];
    const { cells } = await execute(
      imports.map((source) => ({ source, tags: ["raises-exception"] })),
    );
    expect(cells.map(({ outputs }) => (outputs![0] as { evalue: string }).evalue)).toEqual([
      `The module "@cim/infrastructure" has no export "replai". Did you mean 'replay'?`,
      'The module "node:fs" has no export "nothing".',
    ]);
  }, 120_000);

  test("but not if the name is a type's, or not imported at all", async () => {
    const text = 'console.log(`\nimport { nothing } from "uuid"\n`)';
    await execute(['import { Command, type RecordedEvent } from "@cim/infrastructure"', text]);
  });

  test("it imports a module that is not there", async () => {
    const error = await failure(['import { x } from "not-there"']);
    expect(error.errorMessage).toContain('Import "not-there" not a dependency');
  });

  test("it takes too long, computing or waiting", async () => {
    const [computing, waiting] = await Promise.all([
      failure(["while (true);"], { timeoutSeconds: 1 }),
      failure(["await new Promise(() => {})"], { timeoutSeconds: 1 }),
    ]);
    expect(computing).toMatchObject({ errorName: "Timeout", cell: 1 });
    expect(waiting.errorMessage).toBe("The cell took longer than 1 s");
  });

  test("it ends Deno", async () => {
    const error = await failure(["Deno.exit(7)"]);
    expect(error.errorMessage).toBe("Deno ended (exit code 7) in this cell");
  });

  test("it is no notebook", async () => {
    const path = `${folder}/none.ipynb`;
    await Deno.writeTextFile(path, '{"nbformat": 3}');
    for (const notebook of [path, `${folder}/missing.ipynb`]) {
      await expect(executeNotebook({ python, project, notebook })).rejects.toThrow(
        NotebookUnusable,
      );
    }
  });
});

test("An abort leaves no process and no file", async () => {
  const temporary = await Deno.makeTempDir({ dir: folder, prefix: "t" });
  const others = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", temporary);
  const abort = new AbortController();
  let started: number[] = [];
  const running = execute(["1", "while (true);"], {
    signal: abort.signal,
    progress: (done) => {
      if (done !== 1) return;
      started = descendants(Deno.pid);
      setTimeout(() => abort.abort(new Error("enough")), 300);
    },
  });
  try {
    await expect(running).rejects.toThrow("enough");
  } finally {
    if (others === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", others);
  }
  expect(started.length).toBeGreaterThanOrEqual(3); // the runner, the proxy, Deno
  expect(await left(started, 1)).toEqual([]);
  expect([...Deno.readDirSync(temporary)]).toEqual([]);
});

test("The kernelspec is written once, also by many at a time", async () => {
  const path = `${python.folder}/share/jupyter/kernels/cim/kernel.json`;
  const before = await Deno.stat(path);
  expect(await installKernel(python)).toBe("cim");
  expect((await Deno.stat(path)).ino).toBe(before.ino);
  const other = { ...python, folder: await Deno.makeTempDir({ dir: folder }) };
  await Promise.all(Array.from({ length: 20 }, () => installKernel(other)));
  const names = [...Deno.readDirSync(`${other.folder}/share/jupyter/kernels/cim`)];
  expect(names.map(({ name }) => name)).toEqual(["kernel.json"]);
});
