/** Where a read model takes nothing at all, it is not about the events. */
import { expect, test } from "vitest";
import { MOST_IN_A_ROW } from "../../src/projections/apply_step.ts";
import { ProjectionFailed } from "../../src/projections/projector_error.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { unpark } from "../../src/projections/unpark.ts";
import { CountedLog, FakePace, ListProjection, logOf, range } from "./fake.ts";

/** A read model that cannot take some events. */
function refusing(isRefused: (sequence: number) => boolean): ListProjection {
  return new ListProjection("broken", (step) => {
    const one = step.events.find(({ event }) => isRefused(event.sequence));
    if (one) throw new TypeError("no such column");
  });
}
const ran = (log: CountedLog, projection: ListProjection) =>
  runToEnd(log, projection, { pace: new FakePace() });

test("a fault that fails every event ends it after a hundred, and not with all of them parked", async () => {
  const log = await logOf(1_000);
  const projection = refusing(() => true);
  const run = ran(log, projection);
  await expect(run).rejects.toThrow(ProjectionFailed);
  await expect(run).rejects.toThrow(
    "could not apply 100 events in a row, each of another aggregate, nor the one behind sequence 100: " +
      "no such column; it is not about the events",
  );
  expect(projection.kept).toMatchObject({ last_sequence: 100, parked: MOST_IN_A_ROW, events: 0 });
});

test("started again it parks no more of them, and mended it goes on; un-parked, all is there", async () => {
  const log = await logOf(300);
  const projection = refusing(() => true);
  await expect(ran(log, projection)).rejects.toThrow(ProjectionFailed);
  await expect(ran(log, projection)).rejects.toThrow(ProjectionFailed);
  expect(projection.kept).toMatchObject({ last_sequence: 100, parked: 100 });
  projection.before = () => {};
  expect(await ran(log, projection)).toMatchObject({ position: 300, events: 200, parked: 100 });
  expect(await unpark(log, projection)).toEqual({ applied: 100, left: [] });
  expect(projection.sequences.toSorted((a, b) => a - b)).toEqual(range(1, 300));
});

test("however many are parked, one that is applied between them shows that it is about the events", async () => {
  const log = await logOf(300);
  const projection = refusing((sequence) => sequence % 50 !== 0);
  expect(await ran(log, projection)).toMatchObject({ position: 300, events: 6, parked: 294 });
});

test("the later events of an aggregate that is held up are not counted", async () => {
  const log = new CountedLog();
  await log.add(...range(1, 90), ...range(1, 90), ...range(1, 90), 91);
  const projection = refusing(() => true);
  expect(await ran(log, projection)).toMatchObject({ position: 271, parked: 271 });
  await log.add(...range(1, 90), ...range(92, 95));
  expect(await ran(log, projection)).toMatchObject({ position: 365, parked: 365 });
});

test("whoever projects something else says how many are enough", async () => {
  const log = await logOf(150);
  const projection = refusing((sequence) => sequence <= 120);
  const projector = Projector.start(log, projection, {
    pace: new FakePace(),
    through: 150,
    mostInARow: 120,
  });
  await projector.ended;
  expect(projection.kept).toMatchObject({ events: 30, parked: 120 });
});
