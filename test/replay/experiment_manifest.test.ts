/** A manifest that somebody has written into is no manifest any more, and says nothing of other files. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import { compareExperiments } from "../../src/replay/experiment_compare.ts";
import { type ExperimentManifest, readManifest } from "../../src/replay/experiment_manifest.ts";
import type { ExperimentRun } from "../../src/replay/experiment_run.ts";
import { findRun, keptRuns, listRuns } from "../../src/replay/experiment_runs.ts";
import { verifyExperiment } from "../../src/replay/experiment_verify.ts";
import { history, STORY } from "./history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-experiment-manifest-" });
afterAll(() => Deno.remove(folder, { recursive: true }));
let log: MemoryLog;
let run: ExperimentRun;
beforeAll(async () => {
  log = await history(...STORY);
  const queries = { q: { sql: "SELECT hostname FROM resources" } };
  run = await runExperiment({ name: "whole", queries }, log, { folder });
});

// deno-lint-ignore no-explicit-any -- it is made into what it is not
type Edited = any;

/** The folder of the same run, with another manifest. */
async function edited(edit: (manifest: Edited) => void): Promise<string> {
  const path = await Deno.makeTempDir({ dir: folder });
  await Deno.copyFile(join(run.path!, "q.parquet"), join(path, "q.parquet"));
  const manifest: ExperimentManifest = await readManifest(run.path!);
  edit(manifest);
  await Deno.writeTextFile(join(path, "manifest.json"), JSON.stringify(manifest));
  return path;
}

test.each<[string, (manifest: Edited) => void, string]>([
  ["another spec", (m) => m.spec.name = "other", "its run_id is not that of what it says"],
  ["no tables", (m) => delete m.tables, "tables"],
  ["a table that is none", (m) => m.tables.q = null, "/tables/q must be object"],
  [
    "a table outside its folder",
    (m) => m.tables["../../x"] = { ...m.tables.q, hash: "1".repeat(64) },
    "/tables/..~1..~1x",
  ],
  ["a table that nobody asked for", (m) => m.tables.r = m.tables.q, "its spec asks for"],
  ["a file outside its folder", (m) => m.files["../q.parquet"] = "1".repeat(64), "/files/..~1q"],
  ["digests of fewer rows", (m) => m.tables.q.digests = "", "/tables/q/digests"],
  ["a file that is left out", (m) => m.files = {}, "its files are"],
  ["no code", (m) => delete m.code, "code"],
  ["another version", (m) => m.manifest = 1, "it is of another version"],
])("A manifest with %s is damaged, and said to be where", async (_, edit, where) => {
  const path = await edited(edit);
  const damaged = { code: "experiment_damaged", message: expect.stringContaining(where) };
  await expect(verifyExperiment(path, log)).rejects.toMatchObject(damaged);
  await expect(compareExperiments(run, path)).rejects.toMatchObject(damaged);
  const parent = await Deno.makeTempDir({ dir: folder });
  const named = join(parent, `whole-${run.manifest.run_id}`);
  await Deno.rename(path, named);
  expect(await listRuns(parent)).toEqual([]);
  expect((await keptRuns(parent)).damaged).toMatchObject([{ path: named, error: damaged }]);
  await expect(findRun(parent, "whole")).rejects.toMatchObject(damaged);
  await expect(findRun(parent, run.manifest.run_id)).rejects.toMatchObject(damaged);
});

test.each<[string, (manifest: Edited) => void]>([
  ["/applied/log_hash", (m) => m.applied.log_hash = "0".repeat(32)],
  ["/tables/q/digests", (m) => m.tables.q.digests = "0".repeat(6)],
  ["/tables/q/ordered", (m) => m.tables.q.ordered = true],
  ["/tables/q/key", (m) => m.tables.q.key = ["hostname"]],
  ["/parked", (m) => m.parked.push({ sequence: 1 })],
  ["/effects", (m) => m.effects.push({ dropped: 1 })],
])(
  "A manifest that says something else in %s is not identical, though its tables are",
  async (field, edit) => {
    const { identical, difference } = await verifyExperiment(await edited(edit), log);
    expect(identical).toBe(false);
    expect(difference?.what).toContain(field);
  },
);

test("A file of a run that was changed, swapped or removed is found, where a hash in the manifest would not tell", async () => {
  const file = async (change: (path: string) => Promise<void>) => {
    const path = await edited(() => {});
    await change(join(path, "q.parquet"));
    return path;
  };
  const appended = await file((path) => Deno.writeTextFile(path, "junk", { append: true }));
  const { identical, files, difference } = await verifyExperiment(appended, log);
  expect({ identical, files }).toEqual({ identical: false, files: 0 });
  expect(difference).toMatchObject({ table: "q", what: expect.stringContaining("q.parquet") });
  await expect(compareExperiments(run, appended)).rejects.toMatchObject({
    code: "experiment_damaged",
    message: expect.stringContaining("experiment run SPEC"),
  });
  // The manifest by itself is enough to run it again.
  const alone = await file((path) => Deno.remove(path));
  expect(await verifyExperiment(alone, log)).toMatchObject({ identical: true, files: 0 });
  expect(await verifyExperiment(run.path!, log)).toMatchObject({ identical: true, files: 1 });
});

test("Of two files of a run none may be away where the other is there", async () => {
  const queries = { a: { sql: "SELECT 1 AS n" }, b: { sql: "SELECT 2 AS n" } };
  const { path } = await runExperiment({ name: "two", queries }, log, { folder });
  await Deno.remove(join(path!, "b.parquet"));
  const { identical, difference } = await verifyExperiment(path!, log);
  expect([identical, difference?.what]).toEqual([
    false,
    expect.stringContaining("b.parquet is not there"),
  ]);
});

test("A manifest with another hash, and no row that differs, is told from a run that came out otherwise", async () => {
  const path = await edited((m) => m.tables.q.hash = "0".repeat(64));
  const { identical, difference } = await verifyExperiment(path, log);
  expect([identical, difference?.table]).toEqual([false, "q"]);
  expect(difference?.what).toMatch(/was 0{64}, though no row differs/);
});
