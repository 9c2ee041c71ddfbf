import { afterAll, beforeAll, expect, test } from "vitest";
import { fileURLToPath } from "node:url";
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
