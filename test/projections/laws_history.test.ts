/** What the logs are like that the laws of projections are checked on. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyTurns, History } from "../../src/projections/laws/history.ts";

const histories = async () => {
  const sampled = fc.sample(anyTurns, { numRuns: 60, seed: 1 });
  return await Promise.all(sampled.map((turns) => History.of(turns)));
};

test("the senders' clocks go back and forth, and that of the log goes forward", async () => {
  let back = 0;
  for (const { events } of await histories()) {
    for (const [at, { event }] of events.slice(1).entries()) {
      const before = events[at]!.event;
      expect(event.recorded_at >= before.recorded_at).toBe(true);
      expect(event.event_id > before.event_id).toBe(true);
      if (Date.parse(event.occurred_at) < Date.parse(before.occurred_at)) back++;
    }
  }
  expect(back).toBeGreaterThan(100);
});

test("whatever a sender's clock says, what it sends is an event", async () => {
  const sampled = fc.sample(anyTurns, { numRuns: 20, seed: 1 });
  for (const turns of sampled) {
    const plain = turns.map((turn) => ({ ...turn, foreign: null }));
    const history = await History.of(plain);
    expect(history.events.length).toBe(history.end);
  }
});

test("a series is measured twice at once, and with its attributes in either order", async () => {
  const written = new Map<string, Set<string>>();
  let twice = 0;
  for (const { events } of await histories()) {
    for (const { event } of events) {
      if (event.event_type !== "MeasurementsRecorded") continue;
      const series = event.data.points.map(({ name, attributes = {} }) => {
        const sorted = JSON.stringify([name, Object.entries(attributes).sort()]);
        const forms = written.get(sorted) ?? new Set();
        written.set(sorted, forms.add(JSON.stringify(attributes)));
        return sorted;
      });
      if (new Set(series).size < series.length) twice++;
    }
  }
  expect(Math.max(...[...written.values()].map(({ size }) => size))).toBe(2);
  expect(twice).toBeGreaterThan(10);
});
