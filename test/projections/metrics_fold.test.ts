/** What is remembered of measurements, and that it is the same whether they are read or only skimmed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEvent } from "../../src/domain/event.ts";
import { MetricsFold } from "../../src/projections/metrics/fold.ts";
import { UsedTimes } from "../../src/projections/metrics/used_times.ts";
import { sameLog } from "./sql_log.ts";
import { fleetLog } from "./sample_log.ts";

test("each measurement has a millisecond of its own: its own one, or the next that is free", () => {
  fc.assert(fc.property(fc.array(fc.nat(40), { maxLength: 60 }), (times) => {
    const used = new UsedTimes();
    const taken = new Set<number>();
    for (const time of times) {
      let expected = time;
      while (taken.has(expected)) expected++;
      taken.add(expected);
      expect(used.take(time)).toBe(expected);
    }
  }));
});

test("skimmed up to anywhere, a log goes on with the same samples as read", async () => {
  for (const log of [(await sameLog()).log, await fleetLog()]) {
    const records = await Array.fromAsync(log.read({ to: 4_500 }));
    const middle = records.length - 150;
    const [read, skimmed] = [new MetricsFold("x"), new MetricsFold("x")];
    for (const [at, record] of records.entries()) {
      let isEvent = true;
      try {
        read.take(decodeEvent(record));
      } catch {
        isEvent = false;
      }
      if (at < middle) {
        read.gathered.discard();
        expect(skimmed.skim(record)).toBe(isEvent);
      } else if (isEvent) skimmed.take(decodeEvent(record));
    }
    const lines = (fold: MetricsFold) => fold.gathered.take(1e9).join("").split("\n").sort();
    const expected = lines(read);
    expect(lines(skimmed)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
  }
});
