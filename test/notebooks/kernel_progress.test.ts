/** Long work says below its cell how far it is, in the real kernel, and nothing of it is left. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executeNotebook } from "../../src/notebook/execute.ts";
import { environment, project, writeNotebook } from "./fixture.ts";
import { frontEnds, oneFrontEnd, text } from "./kernel_front.ts";

const START = `
import { MemoryLog, replay } from "@cim/infrastructure";
const end = new AbortController();
const model = await replay(new MemoryLog(() => new Date()), { signal: end.signal });`;
const LONG = `
setTimeout(() => end.abort(), 1800);
await model.query("SELECT count(*) FROM range(100_000_000_000) AS one WHERE one.range % 7 = 3")
  .catch(() => {});
console.log("done");`;

describe("Long work", () => {
  const front = oneFrontEnd(frontEnds());

  test("is told of in a display that is empty when it is over", async () => {
    await front().run([START]);
    const ran = await front().run([`console.log("begun");${LONG}`]);
    const displays = ran.published.filter(({ type }) => type.endsWith("display_data"));
    expect(displays.map(({ type, content: { data } }) => [type, data?.["text/plain"]])).toEqual([
      ["display_data", "Asking the model …"],
      ["update_display_data", undefined],
    ]);
    const [shown, emptied] = displays.map(({ content }) => content.transient?.display_id);
    expect(emptied).toBe(shown);
    expect(text(ran)).toEqual(["begun\n", "done\n"]);
    expect(ran.published.some(({ late }) => late)).toBe(false);
  });

  test("leaves nothing at all where nothing else was shown", async () => {
    await front().run([START]);
    const ran = await front().run([LONG.replace('console.log("done");', "")]);
    const kinds = ran.published.map(({ type }) => type).filter((type) => type !== "status");
    expect(kinds).toEqual(["execute_input", "display_data", "clear_output"]);
  });

  test("that is short is not spoken of", async () => {
    await front().run([START]);
    const ran = await front().run(["await model.sql`SELECT 1`; 1"]);
    expect(ran.published.filter(({ type }) => type.endsWith("display_data"))).toEqual([]);
  });
});

describe("A notebook that is run without a browser", () => {
  let folder: string;
  beforeAll(async () => void (folder = await Deno.makeTempDir({ prefix: "cim-notebooks-" })));
  afterAll(() => Deno.remove(folder, { recursive: true }));

  test("has no trace of progress", async () => {
    const notebook = await writeNotebook(folder, [START, LONG]);
    const executed = await executeNotebook({ python: await environment(), project, notebook });
    expect(executed.cells.map(({ outputs = [] }) => outputs.map((output) => output.output_type)))
      .toEqual([[], ["stream"]]);
  });
});
