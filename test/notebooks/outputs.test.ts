/** No output is lost, none comes under another cell, and all are in their order: every kind, on a busy machine. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executeNotebook, type Notebook, type Output } from "../../src/notebook/execute.ts";
import { wholeText } from "../../src/notebook/export/nbformat.ts";
import { type Code, environment, project, underLoad, writeNotebook } from "./fixture.ts";

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** What a cell does, and what is to be under it: a line an output. */
type Kind = (n: number) => { cell: Code; outputs: string[] };

const kinds: Record<string, Kind> = {
  stdout: (n) => ({
    cell: `for (const x of "abc") console.log("out", ${n}, x)`,
    outputs: [`stdout out ${n} a\nout ${n} b\nout ${n} c\n`],
  }),
  stderr: (n) => ({ cell: `console.error("err ${n}")`, outputs: [`stderr err ${n}\n`] }),
  result: (n) => ({ cell: `${n} * 1000`, outputs: [`text/plain ${n * 1000}`] }),
  html: (n) => ({ cell: `Deno.jupyter.html\`<b>${n}</b>\``, outputs: [`text/html <b>${n}</b>`] }),
  markdown: (n) => ({ cell: `Deno.jupyter.md\`# ${n}\``, outputs: [`text/markdown # ${n}`] }),
  svg: (n) => ({
    cell: `Deno.jupyter.svg\`<svg id="${n}"></svg>\``,
    outputs: [`image/svg+xml <svg id="${n}"></svg>`],
  }),
  png: (n) => ({
    cell:
      `await Deno.jupyter.display({ "image/png": "${PNG}", "text/x-cell": "${n}" }, { raw: true })`,
    outputs: [`image/png ${PNG} text/x-cell ${n}`],
  }),
  plotly: (n) => ({
    cell:
      `({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.plotly.v1+json": { data: [${n}] } }) })`,
    outputs: [`application/vnd.plotly.v1+json {"data":[${n}]}`],
  }),
  "display that is updated": (n) => ({
    cell: `const id${n} = "id-${n}";
await Deno.jupyter.display({ "text/plain": "before ${n}" }, { raw: true, display_id: id${n} });
await Deno.jupyter.display({ "text/plain": "after ${n}" }, { raw: true, display_id: id${n}, update: true });`,
    outputs: [`text/plain after ${n}`],
  }),
  "error that is allowed": (n) => ({
    cell: {
      source: `console.log("first ${n}"); throw new TypeError("thrown ${n}")`,
      tags: ["raises-exception"],
    },
    outputs: [`stdout first ${n}\n`, `error TypeError thrown ${n}`],
  }),
  "some of all": (n) => ({
    cell: `console.log("one ${n}");
await Deno.jupyter.display({ "text/html": "two ${n}" }, { raw: true });
console.error("three ${n}");
console.log("four ${n}");
"five ${n}"`,
    outputs: [
      `stdout one ${n}\n`,
      `text/html two ${n}`,
      `stderr three ${n}\n`,
      `stdout four ${n}\n`,
      `text/plain "five ${n}"`,
    ],
  }),
  "some after a while": (n) => ({
    cell:
      `for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, i)); console.log(i, ${n}) }
Promise.reject(new Error("nobody handles ${n}")); undefined`,
    outputs: [
      `stdout 0 ${n}\n1 ${n}\n2 ${n}\n`,
      `stderr Uncaught (in promise) Error: nobody handles ${n}`,
    ],
  }),
};

// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

function described(output: Output): string {
  if (output.output_type === "error") return `error ${output.ename} ${output.evalue}`;
  if (output.output_type === "stream") {
    const text = wholeText(output.text).replace(COLOURS, "");
    // Behind the message comes the place in Deno's own words.
    return `${output.name} ${text.startsWith("Uncaught") ? text.split("\n")[0] : text}`;
  }
  return Object.entries(output.data).map(([mime, data]) =>
    `${mime} ${wholeText(data).replace(COLOURS, "")}`
  ).join(" ");
}

const ROUNDS = 20;
const names = Object.keys(kinds);
const planned = Array.from({ length: ROUNDS * names.length }, (_, n) => {
  const kind = names[n % names.length]!;
  return { n, kind, ...kinds[kind]!(n) };
});

describe(`${planned.length} cells on a machine with no core to spare`, () => {
  let folder: string;
  let executed: Notebook;
  const progress: [number, number, string][] = [];

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "cim-notebooks-" });
    const notebook = await writeNotebook(folder, planned.map(({ cell }) => cell));
    const python = await environment();
    executed = await underLoad(() =>
      executeNotebook({
        python,
        project,
        notebook,
        progress: (...step) => progress.push(step),
      })
    );
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  test.each(names)("have under them exactly what they said: %s", (kind) => {
    const cells = planned.filter((cell) => cell.kind === kind);
    expect(cells).toHaveLength(ROUNDS);
    const got = cells.map(({ n }) => ({
      n,
      outputs: (executed.cells[n]?.outputs ?? []).map(described),
    }));
    expect(got).toEqual(cells.map(({ n, outputs }) => ({ n, outputs })));
  });

  test("are told of one by one, in their order", () => {
    expect(progress).toHaveLength(planned.length + 1);
    expect(progress.map(([done]) => done)).toEqual(progress.map((_, at) => at));
    expect(progress[5]).toEqual([5, planned.length, planned[5]!.cell]);
    expect(progress.at(-1)).toEqual([planned.length, planned.length, ""]);
  });
});
