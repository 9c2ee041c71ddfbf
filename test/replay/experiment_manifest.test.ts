/** A manifest that somebody has written into is no manifest any more, and says nothing of other files. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import { compareExperiments } from "../../src/replay/experiment_compare.ts";
import {
  type ExperimentManifest,
  listRuns,
  readManifest,
} from "../../src/replay/experiment_manifest.ts";
import type { ExperimentRun } from "../../src/replay/experiment_run.ts";
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
  ["no code", (m) => delete m.code, "code"],
  ["another version", (m) => m.manifest = 1, "it is of another version"],
])("A manifest with %s is damaged, and said to be where", async (_, edit, where) => {
  const path = await edited(edit);
  const damaged = { code: "experiment_damaged", message: expect.stringContaining(where) };
  await expect(verifyExperiment(path, log)).rejects.toMatchObject(damaged);
  await expect(compareExperiments(run, path)).rejects.toMatchObject(damaged);
  expect(await listRuns(path)).toEqual([]);
});

test("A manifest with another hash, and no row that differs, is told from a run that came out otherwise", async () => {
  const path = await edited((m) => m.tables.q.hash = "0".repeat(64));
  const { identical, difference } = await verifyExperiment(path, log);
  expect([identical, difference?.table]).toEqual([false, "q"]);
  expect(difference?.what).toMatch(/was 0{64}, though no row differs/);
});
