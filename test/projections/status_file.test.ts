import { afterAll, beforeAll, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
import { REAL_PACE } from "../../src/projections/pace.ts";
import { ProjectionUnavailable } from "../../src/projections/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { keepStatus, readStatus } from "../../src/projections/status_file.ts";
import { FakePace, ListProjection, logOf } from "./fake.ts";

let folder: string;
beforeAll(async () => void (folder = await Deno.makeTempDir({ prefix: "cim-status-" })));
afterAll(() => Deno.remove(folder, { recursive: true }));

test("the status of a projector can be read by others while it runs, and afterwards", async () => {
  const pace = new FakePace();
  const log = await logOf(4);
  const projector = Projector.start(log, new ListProjection("a/b"), { pace });
  expect(await readStatus(`${folder}/none`)).toEqual([]);
  await projector.whenCaughtUp();
  const kept = keepStatus(projector, folder, pace);
  await expect.poll(() => readStatus(folder)).toMatchObject([{
    projection: "a/b",
    position: 4,
    log_last_sequence: 4,
    lag_events: 0,
    events: 4,
    parked: 0,
    healthy: true,
    because: "nothing is wrong",
    pid: Deno.pid,
    running: true,
    alive: true,
  }]);
  await projector.stop();
  await kept;
  const [status] = await readStatus(folder);
  expect(status).toMatchObject({ position: 4, running: false, alive: false });
});

test("a process that was killed is not alive any more, whatever its status says", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "-A",
      fileURLToPath(new URL("status_child.ts", import.meta.url)),
      folder,
    ],
    stdout: "piped",
  }).spawn();
  await child.stdout.getReader().read();
  const one = async () =>
    (await readStatus(folder)).find(({ projection }) => projection === "list");
  await expect.poll(one).toMatchObject({ running: true, alive: true, pid: child.pid });
  child.kill("SIGKILL");
  await child.status;
  expect(await one()).toMatchObject({ running: false, alive: false, position: 3 });
});

test("one that fails never writes over the status of one that works", async () => {
  const place = `${folder}/two`;
  const log = await logOf(4);
  const one = async () => (await readStatus(place))[0];
  const works = Projector.start(log, new ListProjection());
  await works.whenCaughtUp();
  const kept = keepStatus(works, place, REAL_PACE);
  await expect.poll(one).toMatchObject({ position: 4, healthy: true });
  const pace = new FakePace();
  await keepStatus(Projector.start(log, away(), { pace, failures: 5 }), place, pace);
  expect(await one()).toMatchObject({ position: 4, healthy: true, running: true });
  await works.stop();
  await kept;
  expect(await one()).toMatchObject({ position: 4, running: false, alive: false });
});

test("one that fails does not keep one that works from saying how it is", async () => {
  const place = `${folder}/other`;
  const log = await logOf(4);
  const one = async () => (await readStatus(place))[0];
  const fails = Projector.start(log, away());
  const failing = keepStatus(fails, place);
  await expect.poll(one, { timeout: 5_000 }).toMatchObject({ healthy: false });
  const works = Projector.start(log, new ListProjection(), { through: 4 });
  await keepStatus(works, place);
  expect(await one()).toMatchObject({ position: 4, running: false, healthy: true });
  await fails.stop();
  await failing;
});

function away(): ListProjection {
  const projection = new ListProjection();
  const error = new ProjectionUnavailable("list", "another projector has it open");
  projection.initialize = () => Promise.reject(error);
  return projection;
}

test("a projector that does not get an answer from the log keeps nobody waiting at its end", async () => {
  const log = await logOf(1);
  const projector = Projector.start(log, new ListProjection("waits"));
  await projector.whenCaughtUp();
  log.lastSequence = () => new Promise(() => {});
  const kept = keepStatus(projector, folder);
  await projector.stop();
  await kept;
  const found = (await readStatus(folder)).find(({ projection }) => projection === "waits");
  expect(found).toMatchObject({ position: 1, running: false });
});

test("a status file that is empty, torn or something else is passed over", async () => {
  const place = `${folder}/torn`;
  const projector = Projector.start(await logOf(2), new ListProjection("whole"), { through: 2 });
  await keepStatus(projector, place);
  const texts = ["", '{"projection":"x","posi', "null", "[]", '"text"', '{"projection":"x"}'];
  for (const [at, text] of texts.entries()) {
    await Deno.writeTextFile(`${place}/bad${at}.status.json`, text);
  }
  expect(await readStatus(place)).toMatchObject([{ projection: "whole", position: 2 }]);
});

test("the rate is that of the last ten seconds", async () => {
  const pace = new FakePace();
  const log = await logOf(1);
  const projector = Projector.start(log, new ListProjection(), { pace });
  await projector.whenCaughtUp();
  pace.pass(2_000);
  await log.add(2, 3, 4, 5);
  await projector.waitFor(5);
  expect((await projector.state()).events_per_second).toBe(2.5);
  pace.pass(11_000);
  expect((await projector.state()).events_per_second).toBe(0);
  await projector.stop();
});
