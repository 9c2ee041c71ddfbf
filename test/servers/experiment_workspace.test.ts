/** Experiments from a notebook: on the workspace's own log, or on an archive that the spec names. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareExperiments } from "../../src/replay/experiment_compare.ts";
import { listRuns } from "../../src/replay/experiment_runs.ts";
import { SAMPLES } from "../../src/sample/samples.ts";
import { openWorkspace } from "../../src/workspace.ts";
import { STORY } from "../replay/history.ts";

let folder: string;
beforeAll(async () => void (folder = await Deno.makeTempDir({ prefix: "cim-tries-" })));
afterAll(() => Deno.remove(folder, { recursive: true }));

test("a workspace runs experiments on its own log, and keeps them where they are found again", async () => {
  await using workspace = await openWorkspace({ folder });
  const handler = await workspace.handler();
  const said = { actor: "test", source: "observed" } as const;
  for (const [type, data] of STORY) {
    await handler.submit([workspace.messages.command(type, data as never, said)]);
  }
  const spec = { name: "here", analyses: { verdicts: { analysis: "compliance" } } };
  const run = await workspace.experiment(spec);
  expect(run.tables.verdicts!.rows).toMatchObject([{ policy: "p", verdict: "pass" }]);
  const without = await workspace.experiment({
    ...spec,
    transformations: [{ drop: { event_types: ["PolicySet"] } }],
  });
  expect((await listRuns(workspace.experiments)).map(({ run_id }) => run_id).sort())
    .toEqual([run, without].map(({ manifest }) => manifest.run_id).sort());
  const { tables } = await compareExperiments(run.path!, without.path!);
  expect(tables).toMatchObject([{ table: "verdicts", removed: 1, added: 0 }]);
  expect(await workspace.log.lastSequence()).toBe(STORY.length);
});

test("and those of a file, on the archive that the file names", async () => {
  const told: string[] = [];
  await using workspace = await openWorkspace({ folder, progress: (line) => told.push(line) });
  const run = await workspace.experiment(join(SAMPLES, "experiments", "rack_fails.json"));
  expect(run.manifest.input.name).toBe("SAMPLE_EVENTS");
  expect(run.path).toContain(workspace.experiments);
  expect(told.some((line) => line.startsWith("Replaying … "))).toBe(true);
  const nowhere = { name: "nowhere", archive: folder, queries: { one: { sql: "SELECT 1 AS n" } } };
  await expect(workspace.experiment(nowhere)).rejects.toMatchObject({
    code: "experiment_unknown",
    position: "/archive",
  });
  await expect(workspace.experiment(join(folder, "nothing.json"))).rejects.toMatchObject({
    code: "experiment_missing",
  });
});
