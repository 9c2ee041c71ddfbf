import { describe, expect, test } from "vitest";
import { encodeEvent, NewerEvent } from "../../src/domain/event.ts";
import { LogBroken } from "../../src/log/log.ts";
import { ProjectionMoved } from "../../src/projections/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { ProjectorEnded } from "../../src/projections/projector_error.ts";
import { StepAssembly } from "../../src/projections/step_assembly.ts";
import { CountedLog, event, FakePace, ListProjection, logOf, message, range } from "./fake.ts";

/** Lets everything happen that does not wait for anything else. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("A projector", () => {
  test("applies what there is and what comes, from the checkpoint on", async () => {
    const log = await logOf(5);
    const projection = new ListProjection();
    projection.kept.last_sequence = 2;
    const projector = Projector.start(log, projection);
    await projector.whenCaughtUp();
    expect(projection.sequences).toEqual([3, 4, 5]);
    expect(projection.log).toEqual({ name: "memory", incarnation: log.incarnation });
    await log.add(6, 7);
    await projector.waitFor(7);
    expect(projection.sequences).toEqual(range(3, 7));
    await projector.stop();
    expect(projection.isClosed).toBe(true);
  });

  test("is stopped also while it waits for a log that does not answer", async () => {
    const log = await logOf(1);
    log.lastSequence = () => new Promise(() => {});
    const projection = new ListProjection();
    const projector = Projector.start(log, projection);
    await settled();
    await projector.stop();
    expect(projection.isClosed).toBe(true);
  });

  test("is stopped also while it waits for a log to un-park from", async () => {
    const log = await logOf(1);
    const projection = new ListProjection();
    projection.before = (step) => {
      if (step.events.length > 0) throw new TypeError("bad");
    };
    const projector = Projector.start(log, projection, { pace: new FakePace() });
    await projector.whenCaughtUp();
    log.read = async function* ({ signal } = {}) {
      await new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason))
      );
      yield* [];
    };
    const unparking = projector.unpark().catch((error: Error) => error.name);
    await settled();
    await projector.stop();
    expect(await unparking).toBe("AbortError");
  });

  test("fills its steps while it has to catch up, and applies a lone event at once", async () => {
    const log = await logOf(25);
    const projection = new ListProjection();
    const projector = Projector.start(log, projection, { stepEvents: 10 });
    await projector.whenCaughtUp();
    await log.add(26);
    await projector.waitFor(26);
    expect(projection.steps.map(({ through }) => through)).toEqual([10, 20, 25, 26]);
    await projector.stop();
  });

  test("reads no further than one step ahead of the one that is on its way", async () => {
    const log = await logOf(1_000);
    const gate = Promise.withResolvers<void>();
    const projection = new ListProjection("slow", () => gate.promise);
    const projector = Projector.start(log, projection, { stepEvents: 100 });
    await settled();
    expect(log.delivered).toBe(200);
    expect(projection.steps).toEqual([]);
    gate.resolve();
    await projector.whenCaughtUp();
    expect(projection.sequences).toEqual(range(1, 1_000));
    await projector.stop();
  });

  test("groups what comes while a step is on its way", async () => {
    const log = await logOf(1);
    const gates = [1, 2].map(() => Promise.withResolvers<void>());
    const projection = new ListProjection(
      "slow",
      (step) => gates[step.after === 0 ? 0 : 1]!.promise,
    );
    const projector = Projector.start(log, projection);
    await settled();
    await log.add(2, 3);
    await log.add(4);
    await settled();
    gates.forEach(({ resolve }) => resolve());
    await projector.whenCaughtUp();
    expect(projection.steps.map(({ events }) => events.length)).toEqual([1, 3]);
    await projector.stop();
  });

  test("passes over what is no event, and says how many and why", async () => {
    const log = await logOf(1);
    await log.append([message("nonsense"), encodeEvent(event(2)), message("{}")], 1);
    const projection = new ListProjection();
    const state = await runToEnd(log, projection);
    expect(projection.sequences).toEqual([1, 3]);
    expect(projection.kept).toMatchObject({ events: 2, skipped: 2, last_sequence: 4 });
    expect(state).toMatchObject({
      skipped: 2,
      first_skipped: [{ sequence: 2, reason: "it is not JSON" }, { sequence: 4 }],
    });
  });

  test("stops at what only a newer program knows, with all before it applied", async () => {
    const log = await logOf(3);
    const newer = { ...event(4), event_version: 99 };
    await log.append([message(JSON.stringify(newer)), encodeEvent(event(5))], 3);
    const projection = new ListProjection();
    const projector = Projector.start(log, projection);
    await expect(projector.ended).rejects.toThrow(NewerEvent);
    expect(projection.kept.last_sequence).toBe(3);
    expect(projection.isClosed).toBe(true);
    expect(await projector.state()).toMatchObject({ running: false, healthy: false });
  });

  test("stops at a gap, and names the sequence that is missing", async () => {
    class Holed extends CountedLog {
      override async *subscribe(options = {}) {
        for await (const record of super.subscribe(options)) {
          if (record.sequence !== 3) yield record;
        }
      }
    }
    const log = new Holed();
    await log.add(1, 2, 3, 4);
    const projection = new ListProjection();
    const { ended } = Projector.start(log, projection);
    await expect(ended).rejects.toThrow("sequence 3 is missing");
    await expect(ended).rejects.toBeInstanceOf(LogBroken);
    expect(projection.kept.last_sequence).toBe(2);
  });

  test("does not begin where the log has never been", async () => {
    const projection = new ListProjection();
    projection.kept.last_sequence = 9;
    const { ended } = Projector.start(await logOf(5), projection);
    await expect(ended).rejects.toThrow("it ends at 5, and the projection list is at 9");
  });

  test("goes on from where another projector has brought the read model", async () => {
    const log = await logOf(10);
    const projection = new ListProjection("shared", (step) => {
      if (step.after === 0) projection.kept.last_sequence = 4; // the other one was faster
    });
    await runToEnd(log, projection);
    expect(projection.sequences).toEqual(range(5, 10));
  });

  test("ends when another projector is faster again and again", async () => {
    const log = await logOf(100);
    const projection = new ListProjection("shared", () => void projection.kept.last_sequence++);
    const projector = Projector.start(log, projection);
    await expect(projector.ended).rejects.toThrow(ProjectionMoved);
    expect(projection.sequences).toEqual([]);
  });

  test("brings a read model up to the log's end as of now, and closes it", async () => {
    const log = await logOf(5);
    const projection = new ListProjection("once", async () => {
      if (await log.lastSequence() === 5) await log.add(6);
    });
    const state = await runToEnd(log, projection, { pace: new FakePace() });
    expect(projection.sequences).toEqual(range(1, 5));
    expect(projection.isClosed).toBe(true);
    expect(state).toMatchObject({ position: 5, running: false, healthy: true, events: 5 });
    expect((await runToEnd(log, projection)).position).toBe(6);
  });
});

test("a step is full with 16 MB, too", () => {
  const assembly = new StepAssembly(0);
  const payload = new Uint8Array(1_000_000);
  for (const sequence of range(1, 15)) assembly.take({ sequence, recorded_at: "", payload });
  expect(assembly.isFull).toBe(false);
  assembly.take({ sequence: 16, recorded_at: "", payload });
  expect(assembly.isFull).toBe(true);
  expect(assembly.step()).toMatchObject({ after: 0, through: 16, events: [], skipped: 16 });
  expect(assembly.isEmpty).toBe(true);
});

describe("Several projections", () => {
  test("run each by itself: one that is stuck delays no other", async () => {
    const log = await logOf(50);
    const gate = Promise.withResolvers<void>();
    const stuck = Projector.start(log, new ListProjection("stuck", () => gate.promise));
    const other = new ListProjection("other");
    const projector = Projector.start(log, other);
    await projector.whenCaughtUp();
    await log.add(51);
    await projector.waitFor(51);
    expect(other.sequences).toEqual(range(1, 51));
    expect(await stuck.state()).toMatchObject({ position: 0, lag_events: 51 });
    gate.resolve();
    await stuck.whenCaughtUp();
    await Promise.all([stuck.stop(), projector.stop()]);
  });
});

describe("The end of a projector", () => {
  test("comes behind the write that is on its way", async () => {
    const log = await logOf(30);
    const gate = Promise.withResolvers<void>();
    const projection = new ListProjection("slow", () => gate.promise);
    const projector = Projector.start(log, projection, { stepEvents: 10 });
    await settled();
    const stopped = projector.stop();
    await settled();
    expect(projection.isClosed).toBe(false);
    gate.resolve();
    await stopped;
    expect(projection.sequences).toEqual(range(1, 10));
    expect(projection.isClosed).toBe(true);
    await expect(projector.waitFor(11)).rejects.toThrow(ProjectorEnded);
    await projector.waitFor(10);
    await expect(projector.unpark()).rejects.toThrow(ProjectorEnded);
  });

  test("by a signal rejects with its reason", async () => {
    const control = new AbortController();
    const projection = new ListProjection();
    const projector = Projector.start(await logOf(1), projection, { signal: control.signal });
    await projector.whenCaughtUp();
    control.abort(new Error("enough"));
    await expect(projector.ended).rejects.toThrow("enough");
    await expect(projector.stop()).rejects.toThrow("enough");
    expect(projection.isClosed).toBe(true);
  });
});
