/** Two runs held against each other, and a run against itself. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import { digestOf, firstDifference } from "../../src/replay/experiment_canonical.ts";
import { compareExperiments } from "../../src/replay/experiment_compare.ts";
import { readManifest, runId } from "../../src/replay/experiment_manifest.ts";
import { findRun } from "../../src/replay/experiment_runs.ts";
import type { ExperimentSpec } from "../../src/replay/experiment_spec.ts";
import { verifyExperiment } from "../../src/replay/experiment_verify.ts";
import { history, STORY } from "./history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-experiment-compare-" });
afterAll(() => Deno.remove(folder, { recursive: true }));
let log: MemoryLog;
beforeAll(async () => {
  log = await history(...STORY);
});

const spec = (parameters: ExperimentSpec["parameters"]): ExperimentSpec => ({
  name: "compared",
  parameters: { factor: 1, last: 3, ...parameters },
  queries: {
    keyed: {
      sql:
        "SELECT sequence AS id, sequence * $factor AS times, sequence::HUGEINT * 2::HUGEINT ** 80 AS big " +
        "FROM events WHERE sequence <= $last",
      key: ["id"],
    },
    whole: { sql: "SELECT least(sequence, $factor) AS n FROM events WHERE sequence <= $last" },
    same: { sql: "SELECT count(*) AS n FROM events" },
  },
});
const kept = async (parameters: ExperimentSpec["parameters"] = {}) =>
  (await runExperiment(spec(parameters), log, { folder })).path!;

describe("Two runs", () => {
  test("of the same say the same", async () => {
    const [a, b] = [await kept(), await kept()];
    const { same, asked, tables } = await compareExperiments(a, b);
    expect({ same, asked, tables }).toEqual({ same: true, asked: [], tables: [] });
  });

  test("differ in rows added, removed and changed, cell by cell with their values", async () => {
    const found = await compareExperiments(await kept(), await kept({ factor: 2, last: 2 }));
    expect(found.same).toBe(false);
    expect(found.asked).toEqual([
      { field: "/spec/parameters/factor", before: 1, after: 2 },
      { field: "/spec/parameters/last", before: 3, after: 2 },
    ]);
    const [keyed, whole, more] = found.tables;
    expect(more).toBeUndefined();
    expect(keyed).toMatchObject({ table: "keyed", added: 0, removed: 1, changed: 2, same: 0 });
    expect(keyed!.rows.slice(0, 2)).toEqual([
      { change: "changed", key: { id: 1 }, cells: [{ column: "times", before: 1, after: 2 }] },
      { change: "changed", key: { id: 2 }, cells: [{ column: "times", before: 2, after: 4 }] },
    ]);
    expect(keyed!.rows[2]).toMatchObject({ change: "removed", key: { id: 3 } });
    // Without a key a row is there or not: of three times 1, one is left, and one 2 is new.
    expect(whole).toMatchObject({ table: "whole", added: 1, removed: 2, changed: 0, same: 1 });
    expect(found.cells.columns.map(({ name }) => name)).toEqual([
      "table",
      "row",
      "change",
      "column",
      "before",
      "after",
    ]);
    expect(found.cells.rows[0]).toEqual({
      table: "keyed",
      row: "1",
      change: "changed",
      column: "times",
      before: "1",
      after: "2",
    });
  });

  test("are shown by their rows, with what was asked of each and how many differ", async () => {
    const found = await compareExperiments(await kept(), await kept({ factor: 2, last: 2 }));
    expect(found.changes.values).toEqual([
      ["keyed", "changed", "1", "times: 1 → 2"],
      ["keyed", "changed", "2", "times: 2 → 4"],
      ["keyed", "removed", "3", "times: 3; big: 3.6267774588438875e+24"],
      ["whole", "removed", "1", ""],
      ["whole", "removed", "1", ""],
      ["whole", "added", "2", ""],
    ]);
    const shown = (found as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!.call(found);
    expect(shown["text/html"]).toContain(
      "<br>keyed: 0 added, 1 removed, 2 changed, 0 same<br>whole: 1 added, 2 removed",
    );
    expect(String(found)).toMatch(
      /^From compared [0-9a-f]{16} to .*\nkeyed: 0 added.*times: 1 → 2/s,
    );
    expect(shown["text/plain"]).toMatch(/^From compared [0-9a-f]{16} to compared [0-9a-f]{16}\n/);
  });

  test("say the same of themselves, kept or not", async () => {
    const factors = [11, 12];
    const held = await Promise.all(
      factors.map((factor) => runExperiment(spec({ factor }), log)),
    );
    const paths = [await kept({ factor: 11 }), await kept({ factor: 12 })];
    const expected = (await compareExperiments(held[0]!, held[1]!)).tables;
    expect((await compareExperiments(paths[0]!, paths[1]!)).tables).toEqual(expected);
    expect((await compareExperiments(paths[0]!, held[1]!)).tables).toEqual(expected);
    expect(expected[0]).toMatchObject({ changed: 3, added: 0, removed: 0 });
  });

  test("are found by name, id, how that begins, or folder; several of a name are told", async () => {
    const path = await kept();
    const { run_id } = await readManifest(path);
    for (const named of [`compared-${run_id}`, run_id, run_id.slice(0, 8), path]) {
      expect(await findRun(folder, named)).toBe(path);
    }
    await kept({ factor: 5 });
    await expect(findRun(folder, "compared")).rejects.toMatchObject({
      code: "experiment_missing",
      message: expect.stringContaining(`compared-${run_id}`),
    });
    await expect(findRun(folder, "other")).rejects.toMatchObject({ code: "experiment_missing" });
  });

  test("are not compared where a file is not as it was written", async () => {
    const [a, b] = [await kept({ factor: 6 }), await kept({ factor: 7 })];
    await Deno.writeTextFile(join(a, "keyed.parquet"), "x");
    await expect(compareExperiments(a, b)).rejects.toMatchObject({ code: "experiment_damaged" });
    await Deno.writeTextFile(join(b, "manifest.json"), "{}");
    await expect(compareExperiments(b, a)).rejects.toMatchObject({ code: "experiment_damaged" });
  });
});

describe("A run that is verified", () => {
  test("is identical, from its manifest and an archive of the log alone", async () => {
    const place = await Deno.makeTempDir({ dir: folder });
    const archive = await Archive.open(join(place, "archive"));
    await archive.extend(log);
    const manifest = join(place, "alone.json");
    await Deno.copyFile(join(await kept({ factor: 3 }), "manifest.json"), manifest);
    expect(await verifyExperiment(manifest, archive)).toEqual({
      run_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: "compared",
      identical: true,
      same_code: true,
      tables: 3,
      rows: 7,
      files: 0,
    });
  });

  test("is identical also when the log has gone on", async () => {
    const growing = await history(...STORY);
    const { path } = await runExperiment(spec({}), growing, { folder });
    const records = await Array.fromAsync(growing.read({ from: 7, to: 7 }));
    const subject = "infrastructure.compute.updated";
    await growing.append([{ subject, payload: records[0]!.payload }], 7);
    expect(await verifyExperiment(path!, growing)).toMatchObject({ identical: true });
  });

  test("names the first table and row that differ, with what was there and what is", async () => {
    const path = await kept({ factor: 9 });
    const manifest = await readManifest(path);
    // As if the program had said something else then.
    const { digests } = manifest.tables.keyed!;
    manifest.tables.keyed = {
      ...manifest.tables.keyed!,
      hash: "0".repeat(64),
      digests: `${digests.slice(0, 6)}000000${digests.slice(12)}`,
    };
    const tampered = join(path, "manifest.json");
    await Deno.writeTextFile(tampered, JSON.stringify(manifest));
    const found = await verifyExperiment(path, log);
    expect(found.identical).toBe(false);
    expect(found.difference).toMatchObject({
      table: "keyed",
      row: 2,
      before: { id: 2, times: 18 },
      after: { id: 2, times: 18 },
    });
  });

  test("names the log, where that is another one", async () => {
    const path = await kept({ factor: 10 });
    await expect(verifyExperiment(path, await history(...STORY))).rejects.toMatchObject({
      code: "experiment_other_log",
    });
    const manifest = await readManifest(path);
    manifest.input.log_hash = "f".repeat(32);
    manifest.run_id = runId(manifest.spec, manifest.input, manifest.code);
    await Deno.writeTextFile(join(path, "manifest.json"), JSON.stringify(manifest));
    const { identical, difference } = await verifyExperiment(path, log);
    expect(identical).toBe(false);
    expect(difference?.what).toMatch(/^the log itself is another one/);
  });
});

describe("The hash of a table", () => {
  const columns = [{ name: "x", type: "DOUBLE" }];
  const table = (values: number[]) => ({ columns, rows: values.map((x) => [x]), ordered: true });

  test("tells apart what a text might not: -0 from 0, and each double from its neighbour", () => {
    const hashes = [[0], [-0], [0.1], [0.1 + 2 ** -56], [NaN], [Infinity], []]
      .map((values) => digestOf(table(values)).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("comes with digests that say which row differs first, of however many", () => {
    const values = Array.from({ length: 10_000 }, (_, at) => at);
    const one = digestOf(table(values));
    expect(one.digests.length / 6).toBeLessThanOrEqual(4_096);
    const other = digestOf(table(values.with(9_000, -1)));
    const place = firstDifference(one, other)!;
    expect(place.from).toBeLessThanOrEqual(9_001);
    expect(place.to).toBeGreaterThanOrEqual(9_001);
    expect(place.to - place.from).toBeLessThan(4);
    expect(firstDifference(digestOf(table([1, 2, 3])), digestOf(table([1, 2])))).toEqual({
      from: 3,
      to: 3,
    });
  });
});
