/** A run of an experiment: kept, told of, and shown. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { runExperiment } from "../../src/experiments.ts";
import { Archive } from "../../src/log/archive.ts";
import { readManifest } from "../../src/replay/experiment_manifest.ts";
import { listRuns } from "../../src/replay/experiment_runs.ts";
import type { ExperimentSpec } from "../../src/replay/experiment_spec.ts";

const fleet = await Archive.open(
  fileURLToPath(new URL("../../data/samples/fleet", import.meta.url)),
);
const folder = Deno.makeTempDirSync({ prefix: "cim-experiment-run-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

/** An experiment of the fleet's first days. */
const early = (rest: Partial<ExperimentSpec>): ExperimentSpec => ({
  name: "early",
  range: { sequence: 1_500 },
  queries: { hosts: { sql: "SELECT hostname FROM resources ORDER BY hostname" } },
  ...rest,
});

describe("A run", () => {
  test("is kept whole, and the same one is found again", async () => {
    const runs = join(folder, "kept");
    const spec = early({});
    const first = await runExperiment(spec, fleet, { folder: runs });
    const again = await runExperiment({ ...spec, description: "in other words" }, fleet, {
      folder: runs,
    });
    expect([first.isKnown, again.isKnown, again.path]).toEqual([false, true, first.path]);
    expect(await readManifest(first.path!)).toEqual(JSON.parse(JSON.stringify(first.manifest)));
    expect((await listRuns(runs)).map(({ run_id }) => run_id)).toEqual([first.manifest.run_id]);
    expect(Object.keys(again.manifest.files)).toEqual(["hosts.parquet"]);
    await Deno.writeTextFile(join(first.path!, "hosts.parquet"), "something else");
    expect((await runExperiment(spec, fleet, { folder: runs })).isKnown).toBe(false);
    expect((await runExperiment(spec, fleet, { folder: runs })).isKnown).toBe(true);
    expect([...Deno.readDirSync(runs)]).toHaveLength(1);
  });

  test("tells each question before it is asked, and how long all of it took, with the keeping", async () => {
    const asked: unknown[] = [];
    const run = await runExperiment(
      early({
        name: "told",
        queries: { one: { sql: "SELECT 1 AS n" }, two: { sql: "SELECT 2 AS n" } },
        analyses: { verdicts: { analysis: "compliance" } },
      }),
      fleet,
      {
        folder: join(folder, "told"),
        onQuestion: (...one) => asked.push(one),
        onProgress: (what) => expect(what).toBe("Replaying"),
      },
    );
    expect(asked).toEqual([["one", 1, 3], ["two", 2, 3], ["verdicts", 3, 3]]);
    const { fold, queries, keep, whole } = run.manifest.timings;
    expect(keep).toBeGreaterThan(0);
    expect(whole).toBeGreaterThanOrEqual(fold + queries + keep! - 0.003); // each is rounded
  });

  test("that is interrupted leaves nothing behind", async () => {
    const runs = join(folder, "interrupted");
    const stop = new AbortController();
    const reason = new Error("enough");
    const running = runExperiment(early({ transformations: [{ drop: { to: 100 } }] }), fleet, {
      folder: runs,
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    expect(await Deno.stat(runs).catch(() => "never")).toBe("never");
  });

  test("is a text in a program, with its tables", async () => {
    const run = await runExperiment(early({ range: { sequence: 100 } }), fleet);
    expect(String(run)).toBe(`${run.title}\n\nhosts\n${run.tables.hosts}`);
    expect(String(run)).toContain("\nbalancer-01\n");
  });

  test("is shown in a notebook with its tables", async () => {
    const run = await runExperiment(early({ range: { sequence: 100 } }), fleet);
    const shown = (run as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!.call(run);
    expect(shown["text/html"]).toContain("<h4>hosts</h4>");
    expect(shown["text/plain"]).toContain(run.manifest.run_id);
  });
});
