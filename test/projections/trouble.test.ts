/** What a projector does when a read model is in trouble, or cannot take an event. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProjectionUnavailable } from "../../src/projections/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { ProjectionFailed } from "../../src/projections/projector_error.ts";
import { unpark } from "../../src/projections/unpark.ts";
import { CountedLog, FakePace, ListProjection, logOf, range } from "./fake.ts";

/** A read model that cannot take these sequences. */
function squeamish(...poison: number[]): ListProjection & { poison: Set<number>; writes: number } {
  const projection = Object.assign(new ListProjection("squeamish"), {
    poison: new Set(poison),
    writes: 0,
  });
  projection.before = (step) => {
    projection.writes++;
    const one = step.events.find(({ event }) => projection.poison.has(event.sequence));
    if (one) throw new TypeError(`${one.event.sequence}\nis bad`);
  };
  return projection;
}

describe("A read model that is out of reach", () => {
  test("is tried again with growing pauses, and nothing is parked", async () => {
    const log = await logOf(3);
    const pace = new FakePace();
    let failures = 0;
    const states: unknown[] = [];
    const projection = new ListProjection("away", async () => {
      if (++failures > 10) return;
      states.push(await projector.state());
      throw new ProjectionUnavailable("away", "the disk is full");
    });
    const projector = Projector.start(log, projection, { pace });
    await projector.whenCaughtUp();
    expect(pace.slept).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000]);
    expect(projection.sequences).toEqual([1, 2, 3]);
    expect(projection.aside).toEqual([]);
    expect(states[1]).toMatchObject({
      healthy: false,
      because: "the projection away cannot go on: the disk is full",
      since: "2026-11-24T12:00:00.000Z",
      position: 0,
      lag_events: 3,
    });
    expect(await projector.state()).toMatchObject({
      healthy: true,
      since: "2026-11-24T12:01:21.100Z",
    });
    await projector.stop();
  });

  test("is waited for until the projector is told to stop", async () => {
    const away = () => Promise.reject(new ProjectionUnavailable("away", "nobody answers"));
    const projection = new ListProjection("away");
    projection.initialize = away;
    const projector = Projector.start(await logOf(1), projection);
    await expect(projector.waitFor(1, { timeout: 20 })).rejects.toMatchObject({
      code: "projection_behind",
      message: "the projection away has not come to sequence 1 within 20 ms: it is at 0, and " +
        "the projection away cannot go on: nobody answers",
    });
    await projector.stop();
    expect(projection.isClosed).toBe(true);
  });

  test("whenever it goes away, with the step applied or not, each event is applied once", async () => {
    const anyOutcome = fc.constantFrom("done", "away", "done, and then away");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.array(anyOutcome, { maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 3 }),
        async (events, outcomes, poison) => {
          const log = await logOf(events);
          const projection = squeamish(...poison);
          const sound = projection.projectBatch.bind(projection);
          projection.projectBatch = async (step) => {
            const outcome = outcomes.pop();
            if (outcome !== "away") await sound(step);
            if (outcome?.endsWith("away")) throw new ProjectionUnavailable("away", "gone");
          };
          const options = { pace: new FakePace(), stepEvents: 10 };
          const projector = Projector.start(log, projection, options);
          await projector.waitFor(events);
          await projector.stop();
          const isTaken = (sequence: number) => !poison.includes(sequence);
          expect(projection.sequences).toEqual(range(1, events).filter(isTaken));
          expect(projection.aside.length).toBe(poison.filter((one) => one <= events).length);
          expect(await projector.state()).toMatchObject({
            events: projection.kept.events,
            parked: projection.kept.parked,
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  test("ends a run that was to come to an end after five failures", async () => {
    const pace = new FakePace();
    const projection = new ListProjection("away", () => {
      throw new ProjectionUnavailable("away", "nobody answers");
    });
    const run = runToEnd(await logOf(1), projection, { pace });
    await expect(run).rejects.toThrow(ProjectionUnavailable);
    expect(pace.slept).toEqual([100, 200, 400, 800]);
  });

  test("is out of reach too where only its health says so: then no event is to blame", async () => {
    const projection = new ListProjection("full", () => {
      if (!projection.health.healthy) throw new TypeError("something odd");
    });
    projection.health = { healthy: false, because: "the disk is full" };
    const projector = Projector.start(await logOf(3), projection, { pace: new FakePace() });
    await expect.poll(async () => (await projector.state()).because).toContain("the disk is full");
    projection.health = { healthy: true, because: "nothing is wrong" };
    await projector.whenCaughtUp();
    expect(projection.aside).toEqual([]);
    expect(projection.sequences).toEqual([1, 2, 3]);
    await projector.stop();
  });
});

describe("An event that a read model cannot take", () => {
  test("is found, tried three times, and parked; everything else is applied", async () => {
    const log = await logOf(1_000);
    const pace = new FakePace();
    const projection = squeamish(700);
    const state = await runToEnd(log, projection, { pace });
    expect(projection.sequences).toEqual(range(1, 1_000).filter((one) => one !== 700));
    expect(projection.aside).toEqual([{
      sequence: 700,
      event_type: "PolicySet",
      aggregate_id: "0199aaaa-0000-7000-8000-000000000700",
      reason: "700 is bad",
    }]);
    expect(state).toMatchObject({ parked: 1, events: 999, position: 1_000, healthy: true });
    expect(pace.slept).toEqual([50, 50]);
    expect(projection.writes).toBeLessThan(2 * Math.log2(1_000) + 5);
  });

  test("holds back the later ones of its aggregate, in later steps and after a restart too", async () => {
    const log = new CountedLog();
    await log.add(1, 2, 1, 2, 1);
    const projection = squeamish(1);
    await runToEnd(log, projection, { pace: new FakePace() });
    await log.add(2, 1);
    await runToEnd(log, projection, { pace: new FakePace() });
    expect(projection.sequences).toEqual([2, 4, 6]);
    expect(projection.aside.map(({ sequence }) => sequence)).toEqual([1, 3, 5, 7]);
    expect(projection.aside[3]?.reason).toBe("event 1 of the same aggregate is parked");
    expect(projection.kept).toMatchObject({ events: 3, parked: 4, last_sequence: 7 });
  });

  test("is applied in its order once it is un-parked, while the projector runs", async () => {
    const log = new CountedLog();
    await log.add(1, 2, 1, 3, 3);
    const projection = squeamish(1, 4);
    const projector = Projector.start(log, projection, { pace: new FakePace() });
    await projector.whenCaughtUp();
    expect(await projector.state()).toMatchObject({ parked: 4, events: 1 });
    projection.poison.delete(1);
    const { applied, left } = await projector.unpark();
    expect(applied).toBe(2);
    expect(left.map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(await projector.state()).toMatchObject({ parked: 2, events: 3 });
    await log.add(1, 3);
    await projector.waitFor(7);
    expect(projection.sequences).toEqual([2, 1, 3, 6]);
    expect(projection.aside.map(({ sequence }) => sequence)).toEqual([4, 5, 7]);
    await projector.stop();
  });

  test("is un-parked of one aggregate alone, by whoever has the read model open", async () => {
    const log = new CountedLog();
    await log.add(1, 2, 1);
    const projection = squeamish(1, 2);
    await runToEnd(log, projection, { pace: new FakePace() });
    projection.poison.clear();
    const aggregate = "0199aaaa-0000-7000-8000-000000000002";
    expect(await unpark(log, projection, { aggregate })).toMatchObject({
      applied: 1,
      left: [{ sequence: 1 }, { sequence: 3 }],
    });
    expect(projection.kept).toMatchObject({ last_sequence: 3, events: 1, parked: 2 });
  });

  test("is not parked where not even that can be written", async () => {
    const projection = new ListProjection("broken", () => {
      throw new TypeError("no such table");
    });
    const run = runToEnd(await logOf(8), projection, { pace: new FakePace() });
    await expect(run).rejects.toThrow(ProjectionFailed);
    await expect(run).rejects.toThrow("behind sequence 0: no such table; nothing was lost");
    expect(projection.kept.last_sequence).toBe(0);
  });
});

describe("Waiting for a projection", () => {
  test("ends with the signal's reason, and with what ended the projector", async () => {
    const projection = new ListProjection("broken", () => gate.promise);
    const gate = Promise.withResolvers<void>();
    const projector = Projector.start(await logOf(1), projection, { pace: new FakePace() });
    const control = new AbortController();
    const aborted = projector.waitFor(1, { signal: control.signal });
    control.abort(new Error("no time"));
    await expect(aborted).rejects.toThrow("no time");
    const waiting = projector.waitFor(1);
    gate.reject(new TypeError("no such table"));
    await expect(waiting).rejects.toMatchObject({
      code: "projector_ended",
      cause: { code: "projection_failed" },
    });
  });
});
