/** Measurements that are put together as text are those that a command would have led to, byte for byte. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../src/domain/decision.ts";
import { encodeEvent, type InfrastructureEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { idsOf, Meter } from "../../src/sample/measured.ts";
import { momentText } from "../../src/sample/moment.ts";
import { Random } from "../../src/sample/random.ts";

const decoder = new TextDecoder();
const START = Date.parse("2026-10-01T00:00:00Z");

test("The text of a measurement is what decide and a MessageFactory make of the same values", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 10_000_000_000 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 4 }),
      fc.option(fc.integer({ min: 1, max: 3_600 }), { nil: undefined }),
      (seed, steps, values, window_seconds) => {
        let now = START;
        const [one, other] = [new Random(seed, "ids"), new Random(seed, "ids")];
        const messages = new MessageFactory(() => new Date(now), one);
        const inventory = new Inventory();
        const actor = 'discover@"web-01"';
        const register = messages.command("RegisterCompute", {
          hostname: "web-01",
          resource_type: "virtual_machine",
          interfaces: [],
        }, { actor, source: "observed" });
        const apply = (event: InfrastructureEvent) =>
          inventory.apply(event, inventory.sequence + 1);
        const [fact] = decide(inventory, register).facts;
        const registered = messages.event(fact!, register, 1);
        apply(registered);
        expect(idsOf(now, other)).toEqual([register.message_id, registered.event_id]);
        const compute = registered.aggregate_id;
        const meter = new Meter(compute, actor, 1);
        const points = values.map((value, at) => ({
          name: `system.some_${at}`,
          unit: "1" as const,
          attributes: { name: `n${at}` },
          value,
        }));
        const series = points.map(({ value, ...point }) => ({
          head: `${JSON.stringify(point).slice(0, -1)},"value":`,
          value: () => value,
        }));
        for (const step of steps) {
          now += step;
          const at = new Date(now).toISOString();
          const command = messages.command("RecordMeasurements", {
            compute: "web-01",
            observed_at: at,
            ...(window_seconds === undefined ? {} : { window_seconds }),
            points,
          }, { actor, source: "observed" });
          const [measured] = decide(inventory, command).facts;
          const event = messages.event(measured!, command, inventory.version(compute) + 1);
          apply(event);
          expect(meter.measure(now, at, series, window_seconds, other))
            .toBe(decoder.decode(encodeEvent(event).payload));
          expect(meter.lastEvent).toBe(event.event_id);
          expect(meter.version).toBe(inventory.version(compute));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("A moment is told as Date tells it", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: Date.parse("2300-01-01") }), (ms) => {
    for (const one of [ms, ms + 1, ms + 59_999]) {
      expect(`${momentText(one)}Z`).toBe(new Date(one).toISOString());
    }
  }));
});
