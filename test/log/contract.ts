/** What every event log must do. An adapter passes when this suite passes on it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeEvent, type EncodedEvent, encodeEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import {
  type EventLog,
  MAX_BATCH_EVENTS,
  MAX_EVENT_BYTES,
  type ReadOptions,
  SequenceConflict,
} from "../../src/log/log.ts";

const messages = new MessageFactory(() => new Date());

/** Events that differ in their name only, which is what the tests tell them by. */
export function policies(...names: string[]): EncodedEvent[] {
  return names.map((name) => {
    const data = { name, severity: "info", selector: "true", rule: "true" } as const;
    const command = messages.command("SetPolicy", data, { actor: "test", source: "declared" });
    const aggregate_id = "0199aaaa-0000-7000-8000-000000000000";
    return encodeEvent(messages.event({ event_type: "PolicySet", aggregate_id, data }, command, 1));
  });
}

/** The names of the policies in a part of the log. */
export async function namesIn(log: EventLog, from = 1, to?: number): Promise<string[]> {
  const names: string[] = [];
  for await (const record of log.read({ from, ...(to === undefined ? {} : { to }) })) {
    const event = decodeEvent(record);
    names.push(event.event_type === "PolicySet" ? event.data.name : event.event_type);
  }
  return names;
}

/**
 * @param start makes an empty log
 * @param open opens the same log once more, as another process would
 */
export function describeLog(
  name: string,
  start: () => Promise<{ open(): Promise<EventLog>; stop(): Promise<void> }>,
) {
  describe(`The event log in ${name}`, () => {
    let place: Awaited<ReturnType<typeof start>>;
    let log: EventLog;
    let other: EventLog;
    beforeAll(async () => {
      place = await start();
      log = await place.open();
      other = await place.open();
    });
    afterAll(async () => {
      await log?.close();
      await other?.close();
      await place?.stop();
    });

    test("is empty at first", async () => {
      expect(await log.lastSequence()).toBe(0);
      expect(await namesIn(log)).toEqual([]);
    });

    test("gives back the very bytes, in order, with a sequence and a time that never goes back", async () => {
      const strange = "\u0000 \u202e \ud83d\ude00 \"'`$(rm -rf /)</script>\n".repeat(20);
      const before = await log.lastSequence();
      const events = policies("a", strange, "c");
      expect(await log.append(events, before)).toBe(before + 3);
      const records = await Array.fromAsync(other.read({ from: before + 1 }));
      expect(records.map((record) => new TextDecoder().decode(record.payload)))
        .toEqual(events.map(({ payload }) => new TextDecoder().decode(payload)));
      expect(records.map((record) => record.sequence)).toEqual([
        before + 1,
        before + 2,
        before + 3,
      ]);
      for (const [index, { recorded_at }] of records.entries()) {
        expect(recorded_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        expect(recorded_at >= (records[index - 1]?.recorded_at ?? "")).toBe(true);
        expect(Math.abs(Date.parse(recorded_at) - Date.now())).toBeLessThan(60_000);
      }
    });

    test("takes one event, and a whole batch, and no more than that", async () => {
      let last = await log.lastSequence();
      last = await log.append(policies("one"), last);
      last = await log.append(policies(...Array(MAX_BATCH_EVENTS).keys().map(String)), last);
      expect(await namesIn(log, last)).toEqual([String(MAX_BATCH_EVENTS - 1)]);
      await expect(log.append([], last)).rejects.toThrow(RangeError);
      await expect(log.append(policies(...Array(MAX_BATCH_EVENTS + 1).fill("x")), last))
        .rejects.toThrow(RangeError);
      const [large] = policies("x".repeat(MAX_EVENT_BYTES));
      await expect(log.append([...policies("small"), large!], last)).rejects.toThrow(RangeError);
      expect(await log.lastSequence()).toBe(last);
    });

    test.each([1, 2, 7])(
      "writes none of %i events where the log does not end as expected",
      async (count) => {
        const last = await log.lastSequence();
        const events = policies(...Array(count).fill("late"));
        for (const expected of [last - 1, last + 1, 0]) {
          const conflict = log.append(events, expected);
          await expect(conflict).rejects.toThrow(SequenceConflict);
          await expect(conflict).rejects.toMatchObject({ code: "sequence_conflict", expected });
        }
        expect(await log.lastSequence()).toBe(last);
      },
    );

    test("lets one of two writers go first, whatever the sizes of what they write", async () => {
      const start = await log.lastSequence();
      const wrote: string[] = [];
      const writer = async (log: EventLog, id: string) => {
        for (let round = 0; round < 25;) {
          const names = Array.from(
            { length: 1 + round % 3 },
            (_, index) => `${id}${round}.${index}`,
          );
          const last = await log.lastSequence();
          try {
            await log.append(policies(...names), last);
            wrote.push(...names);
            round++;
          } catch (error) {
            if (!(error instanceof SequenceConflict)) throw error;
          }
        }
      };
      await Promise.all([writer(log, "a"), writer(other, "b")]);
      const names = await namesIn(log, start + 1);
      expect([...names].sort()).toEqual([...wrote].sort());
      for (const [index, name] of names.entries()) {
        const [head, part] = name.split(".");
        if (part !== "0") expect(names[index - 1]).toBe(`${head}.${Number(part) - 1}`);
      }
    });

    test("reads any part, and nothing where nothing is", async () => {
      const last = await log.lastSequence();
      expect((await namesIn(log, 2, 4)).length).toBe(3);
      expect((await namesIn(log, 0, 1)).length).toBe(1);
      expect(await namesIn(log, last + 1)).toEqual([]);
      expect(await namesIn(log, 5, 4)).toEqual([]);
      expect((await namesIn(log, last, last + 10)).length).toBe(1);
    });

    test("reads what is under some subjects only, and ends also where the last event is under none", async () => {
      const start = await log.lastSequence();
      const under = (subject: string) => ({ ...policies("x")[0]!, subject });
      await log.append(
        [
          under("infrastructure.network.defined"),
          under("infrastructure.compute.measured"),
          under("infrastructure.network.removed"),
          under("infrastructure.compute.measured"),
        ],
        start,
      );
      const found = async (options: ReadOptions) => {
        const records = await Array.fromAsync(log.read({ from: start + 1, ...options }));
        return records.map(({ sequence }) => sequence - start);
      };
      expect(await found({ subjects: ["infrastructure.network.*"] })).toEqual([1, 3]);
      expect(await found({ subjects: ["infrastructure.network.defined"] })).toEqual([1]);
      expect(await found({ subjects: ["infrastructure.network.*"], to: start + 2 })).toEqual([1]);
      const both = ["infrastructure.network.removed", "infrastructure.compute.>"];
      expect(await found({ subjects: both, from: start + 2 })).toEqual([2, 3, 4]);
      expect(await found({ subjects: ["infrastructure.network.*"], from: start + 4 })).toEqual([]);
      expect(await found({ subjects: ["infrastructure.nothing.here"] })).toEqual([]);
      const seen: number[] = [];
      const subjects = ["infrastructure.network.*"];
      for await (const { sequence } of log.subscribe({ from: start + 1, subjects })) {
        seen.push(sequence - start);
        if (seen.length === 2) {
          await log.append([...policies("y"), under("infrastructure.network.defined")], start + 4);
        }
        if (seen.length === 3) break;
      }
      expect(seen).toEqual([1, 3, 6]);
    });

    test("lets a subscriber read what is there and then what comes, until it has enough", async () => {
      const start = await log.lastSequence();
      await log.append(policies("before"), start);
      const stop = new AbortController();
      const seen: number[] = [];
      const subscriber = (async () => {
        for await (const record of other.subscribe({ from: start + 1, signal: stop.signal })) {
          seen.push(record.sequence);
          if (seen.length === 1) await log.append(policies("x", "y"), start + 1);
          if (seen.length === 3) await log.append(policies("z"), start + 3);
          if (seen.length === 4) stop.abort();
        }
      })();
      await subscriber;
      expect(seen).toEqual([1, 2, 3, 4].map((step) => start + step));
    });

    test("lets a reader and a subscriber be stopped", async () => {
      const stopped = AbortSignal.abort(new Error("enough"));
      await expect(Array.fromAsync(log.read({ signal: stopped }))).rejects.toThrow("enough");
      expect(await Array.fromAsync(log.subscribe({ signal: stopped }))).toEqual([]);
      const last = await log.lastSequence();
      for (const milliseconds of [0, 1, 2, 3, 4, 5, 50]) {
        const signal = AbortSignal.timeout(milliseconds);
        expect(await Array.fromAsync(log.subscribe({ from: last + 1, signal }))).toEqual([]);
      }
    });
  });
}
