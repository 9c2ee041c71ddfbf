/** The projection that the README shows is the one that is tested. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectionLaws } from "../../src/projections/laws/mod.ts";
import type { MemoryLog } from "../../src/log/memory.ts";
import { StepAssembly } from "../../src/projections/step_assembly.ts";
import { logOf } from "./fake.ts";
import { CountsProjection } from "./counts_projection.ts";

const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));

test("the README shows the whole projection as it is tested", async () => {
  const shown = readme.match(/```ts\n(\/\*\* How many events[\s\S]*?)```/)?.[1];
  const tested = await Deno.readTextFile(new URL("counts_projection.ts", import.meta.url));
  expect(shown).toBe(tested.replace('"../../src/mod.ts"', '"@cim/infrastructure"'));
});

test("a second one on the same file is refused, and leaves what the first one has done", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cim-counts-" });
  const log = await logOf(3);
  const [first, second] = [1, 2].map(() => new CountsProjection(`${folder}/counts.json`));
  await first!.initialize(log);
  await expect(second!.initialize(log)).rejects.toMatchObject({ code: "projection_unavailable" });
  await runThrough(log, first!, 3);
  expect(await second!.healthCheck()).toMatchObject({ healthy: true });
  await second!.close();
  await expect(second!.initialize(log)).rejects.toThrow("another projector has");
  await first!.close();
  await second!.initialize(log);
  expect(await second!.checkpoint()).toMatchObject({ last_sequence: 3, events: 3 });
  expect(second!.counts).toEqual({ PolicySet: 3 });
  await second!.close();
  await Deno.remove(folder, { recursive: true });
});

async function runThrough(log: MemoryLog, projection: CountsProjection, through: number) {
  const assembly = new StepAssembly(0);
  for await (const record of log.read({ to: through })) assembly.take(record);
  await projection.projectBatch(assembly.step());
}

describe("The laws as the README has them checked", () => {
  let folder: string;
  beforeAll(() => void (folder = Deno.makeTempDirSync({ prefix: "cim-counts-" })));
  afterAll(() => Deno.removeSync(folder, { recursive: true }));

  const subject = {
    open: async (place: string) => await new CountsProjection(`${folder}/${place}`),
    dump: async (projection: CountsProjection) => await projection.counts,
    dispose: (place: string) => Deno.remove(`${folder}/${place}`),
  };
  for (const { name, check } of projectionLaws(subject)) test(name, check);
});
