/** No room for a model: it is said, nothing is lost or parked, and once there is room it goes on. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { Projector } from "../../src/projections/projector.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { replay } from "../../src/replay/replay.ts";
import { publishedPath, workingPath } from "../../src/replay/model_paths.ts";
import { publishedModel } from "../../src/replay/published.ts";
import { verifyModel } from "../../src/replay/verify.ts";
import { extendLog, publishedLog } from "./published_log.ts";

const undo: (() => Promise<unknown>)[] = [];
let folder: string;
let log: MemoryLog;
let mounted: boolean;
const mount = async (...args: string[]) =>
  (await new Deno.Command("mount", { args }).output().catch(() => ({ success: false }))).success;
const resize = (megabytes: number) => mount("-o", `remount,size=${megabytes}m`, folder);

beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-full-" });
  undo.push(() => Deno.remove(folder, { recursive: true }));
  mounted = await mount("-t", "tmpfs", "-o", "size=100m", "tmpfs", folder);
  if (mounted) undo.push(() => new Deno.Command("umount", { args: [folder] }).output());
  else expect(Deno.uid(), "root has to be able to mount").not.toBe(0);
  log = await publishedLog(400);
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** How much is used of the disk, in megabytes. */
function used(): number {
  const sizes = [...Deno.readDirSync(`${folder}/models`)]
    .map(({ name }) => Deno.statSync(`${folder}/models/${name}`).size);
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1_048_576);
}

const unwell = async (projector: Projector, because: RegExp) => {
  await expect.poll(() => projector.state(), { timeout: 30_000, interval: 50 })
    .toMatchObject({ healthy: false, because: expect.stringMatching(because) });
};

/** Everything is applied, and is what a clean replay gives. */
async function whole(projector: Projector) {
  await projector.whenCaughtUp({ timeout: 50_000 });
  await projector.stop();
  expect(await projector.state()).toMatchObject({ parked: 0, position: await log.lastSequence() });
  for (const path of [workingPath(folder), publishedPath(folder)]) {
    expect(await verifyModel(log, path)).toMatchObject({ last_sequence: await log.lastSequence() });
    expect(await verifyModel(log, path)).not.toHaveProperty("disagreement");
  }
  expect([...Deno.readDirSync(`${folder}/models`)]).toHaveLength(3);
}

const aside = { onAside: (reason: string) => expect.fail(`put aside: ${reason}`) };

test("While events are applied: the disk's owner is told, and no event is blamed", async () => {
  if (!mounted) return;
  const projector = Projector.start(log, publishedModel(log, folder, aside), { stepEvents: 100 });
  await projector.whenCaughtUp();
  await resize(used() + 1);
  await extendLog(log, 3_000);
  await unwell(projector, /No space left on device/);
  const { position, parked } = await projector.state();
  expect(parked).toBe(0);
  expect(position).toBeLessThan(3_000);
  await resize(100);
  await whole(projector);
});

test("While it is published: the one before stays, and the model goes on", async () => {
  if (!mounted) return;
  const projector = Projector.start(log, publishedModel(log, folder, aside), { stepEvents: 100 });
  await projector.whenCaughtUp();
  const before = (await Deno.stat(publishedPath(folder))).ino;
  await Deno.writeFile(`${folder}/others`, new Uint8Array(10_000_000));
  await resize(used() + 11);
  await extendLog(log, 700);
  await projector.whenCaughtUp();
  await unwell(projector, /cannot be published.*(No space left|ENOSPC)/);
  expect((await Deno.stat(publishedPath(folder))).ino).toBe(before);
  expect(await verifyModel(log, publishedPath(folder))).not.toHaveProperty("disagreement");
  await Deno.remove(`${folder}/others`);
  await whole(projector);
});

test("While it is begun: it waits for room, and leaves nothing half", async () => {
  if (!mounted) return;
  await extendLog(log, 3_000);
  await resize(3);
  const projector = Projector.start(log, publishedModel(log, folder, aside));
  await unwell(projector, /No space left|ENOSPC/);
  await resize(100);
  await whole(projector);
});

test("For a replay into a file: it says so, and the file from before stays", async () => {
  if (!mounted) return;
  const into = `${folder}/then.duckdb`;
  await (await replay(log, { into, sequence: 10 })).close();
  await extendLog(log, 3_000);
  await resize(3);
  await expect(replay(log, { into })).rejects.toMatchObject({ code: "projection_unavailable" });
  expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toEqual(["then.duckdb"]);
  expect(await verifyModel(log, into)).toMatchObject({ last_sequence: 10 });
});

test("While nothing is to be applied: the health tells that nothing could be", async () => {
  if (!mounted) return;
  const projection = new SqlProjection({ path: `${folder}/alone.duckdb` });
  await projection.initialize(log);
  expect(await projection.healthCheck()).toMatchObject({ healthy: true });
  await Deno.writeFile(`${folder}/others`, new Uint8Array(200_000_000)).catch(() => {}); // all there is
  // The page that its journal ends in has room for some.
  await expect.poll(() => projection.healthCheck(), { timeout: 10_000, interval: 1 })
    .toMatchObject({ healthy: false, because: expect.stringMatching(/No space left/) });
  await Deno.remove(`${folder}/others`);
  await expect.poll(() => projection.healthCheck()).toMatchObject({ healthy: true });
  await projection.close();
});
