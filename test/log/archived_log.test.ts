/** A log and its archive are one log, whatever the log has forgotten. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { EncodedEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Archive } from "../../src/log/archive.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import type { ReadOptions } from "../../src/log/log.ts";
import { Snapshots } from "../../src/log/snapshots.ts";
import { ForgetfulLog } from "./archive_history.ts";
import { describeLog, policies } from "./contract.ts";

/** It is archived all the time, and forgets at once all that is archived but for the last 20 events. */
class BusyLog extends ArchivedLog {
  #appends = 0;

  override async append(events: readonly EncodedEvent[], expected: number): Promise<number> {
    const last = await super.append(events, expected);
    if (++this.#appends % 3 === 0) {
      await this.archive.extend(this.log);
      await (this.log as ForgetfulLog).forget(last - 20);
    }
    return last;
  }
}

describeLog("memory and its archive", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cim-archive-" });
  const log = new ForgetfulLog();
  return {
    open: async () => new BusyLog(log, await Archive.open(folder, { records: 300, small: 3 })),
    stop: () => Deno.remove(folder, { recursive: true }),
  };
});

let folder: string;
let log: ForgetfulLog;
let archive: Archive;
let archived: ArchivedLog;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-archive-" });
  log = new ForgetfulLog();
  archive = await Archive.open(folder, { records: 1_000 });
  archived = new ArchivedLog(log, archive);
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const fill = async (count: number, subject = "infrastructure.policy.set") => {
  const last = await log.lastSequence();
  for (let at = 0; at < count; at += 1_000) {
    const names = Array.from({ length: Math.min(1_000, count - at) }, (_, n) => `${last + at + n}`);
    const events = policies(...names).map((event) => ({ ...event, subject }));
    await log.append(events, await log.lastSequence());
  }
};
const sequences = async (options?: ReadOptions) =>
  (await Array.fromAsync(archived.read(options))).map(({ sequence }) => sequence);
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe("What the log has forgotten is read from the archive,", () => {
  test("wherever the cut between them is", async () => {
    await fill(5_000);
    await archive.extend(log);
    await fill(500);
    const all = await Array.fromAsync(log.kept.read());
    for (const first of [1, 2, 900, 1_000, 1_001, 4_999, 5_000, 5_001]) {
      await log.forget(first);
      expect(await Array.fromAsync(archived.read())).toEqual(all);
      expect(await sequences({ from: first - 5, to: first + 5 })).toEqual(
        upTo(first + 5, Math.max(1, first - 5)),
      );
    }
    expect(await sequences({ from: 4_990, to: 5_010 })).toEqual(upTo(5_010, 4_990));
  });

  test("also while it forgets, and another process archives", async () => {
    await fill(3_000);
    const other = await Archive.open(folder, { records: 1_000 });
    const seen: number[] = [];
    for await (const { sequence } of archived.read()) {
      seen.push(sequence);
      if (sequence === 100) {
        await other.extend(log);
        await log.forget(2_000);
      }
      if (sequence === 2_500) await log.forget(3_000);
    }
    expect(seen).toEqual(upTo(3_000));
  });

  test("whenever others append, archive, merge and forget while it is read", async () => {
    const step = fc.record({
      at: fc.integer({ min: 1, max: 2_600 }),
      what: fc.constantFrom("append", "extend", "forget"),
      back: fc.nat(1_500),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(2_000), async (steps, from) => {
        const log = new ForgetfulLog();
        const limits = { records: 400, small: 2 };
        const place = `${folder}/${round++}`;
        const [mine, other] = [
          await Archive.open(place, limits),
          await Archive.open(place, limits),
        ];
        const add = (count: number) =>
          log.add(...Array.from({ length: count }, () => new Uint8Array([round])));
        await add(2_000);
        const run = async (sequence: number) => {
          for (const { what, back } of steps.filter(({ at }) => at === sequence)) {
            if (what === "append") await add(100);
            else if (what === "extend") await other.extend(log);
            else await log.forget(Math.max(1, other.lastSequence + 1 - back));
          }
        };
        for (let at = 1; at < from; at++) await run(at);
        const seen: number[] = [];
        const end = await log.lastSequence();
        for await (const { sequence } of new ArchivedLog(log, mine).read({ from })) {
          seen.push(sequence);
          await run(sequence);
        }
        expect(seen).toEqual(upTo(end, Math.max(1, from)));
      }),
      { numRuns: 60 },
    );
  });

  test("by subscribers, who then go on with what comes", async () => {
    await fill(2_000);
    await archive.extend(log);
    await log.forget(1_500);
    const seen: number[] = [];
    for await (const { sequence } of archived.subscribe({ from: 10 })) {
      seen.push(sequence);
      if (sequence === 2_000) await fill(3);
      if (sequence === 2_003) break;
    }
    expect(seen).toEqual(upTo(2_003, 10));
  });

  test("by subscribers who were so slow that it forgot what they were to be told", async () => {
    await fill(10);
    const seen: number[] = [];
    for await (const { sequence } of archived.subscribe()) {
      seen.push(sequence);
      if (sequence === 11 || sequence === 40) {
        await fill(30);
        await archive.extend(log);
        await log.forget(sequence + 20);
      }
      if (sequence === 10) setTimeout(() => fill(1));
      if (sequence === 70) break;
    }
    expect(seen).toEqual(upTo(70));
  });

  test("by their type where only some subjects are wanted", async () => {
    await fill(30);
    await archive.extend(log);
    await log.forget(20);
    await fill(5, "infrastructure.network.defined");
    expect(await sequences({ subjects: ["infrastructure.policy.*"] })).toEqual(upTo(30));
    expect(await sequences({ subjects: ["infrastructure.>"], from: 15 })).toEqual(upTo(35, 15));
    expect(await sequences({ subjects: ["infrastructure.network.defined"] })).toEqual(
      upTo(35, 31),
    );
    expect(await sequences({ subjects: ["infrastructure.policy"], to: 12 })).toEqual([]);
    const all = ["infrastructure.policy.set", "infrastructure.network.*"];
    const seen: number[] = [];
    for await (const { sequence } of archived.subscribe({ from: 3, subjects: all })) {
      seen.push(sequence);
      if (sequence === 35) break;
    }
    expect(seen).toEqual(upTo(35, 3));
  });

  test("by a handler, which then knows the same, from a snapshot too", async () => {
    const messages = new MessageFactory(() => new Date());
    const handler = await CommandHandler.open(archived, messages);
    const define = (at: number) =>
      messages.command(
        "DefineNetwork",
        { name: `n${at}`, cidr: `10.${at >> 8}.${at & 255}.0/24` },
        {
          actor: "test",
          source: "declared",
        },
      );
    await handler.submit(Array.from({ length: 3_000 }, (_, at) => define(at)));
    await archive.extend(log);
    await log.forget(2_990);
    const fresh = () => CommandHandler.open(archived, messages);
    expect((await fresh()).content()).toEqual(handler.content());
    const snapshots = new Snapshots(`${folder}/snapshots`);
    await snapshots.save(handler.inventory as never, archived, 0);
    await log.forget(3_000);
    const warm = await CommandHandler.open(archived, messages, { snapshots });
    expect(warm.content()).toEqual(handler.content());
    await expect(CommandHandler.open(log, messages)).rejects.toMatchObject({ code: "log_broken" });
  });
});

describe("What is in neither of them is not passed over:", () => {
  test("a hole is named", async () => {
    await fill(100);
    await archive.extend(log);
    await fill(2_000);
    await log.forget(151);
    const hole = sequences();
    await expect(hole).rejects.toMatchObject({ code: "log_broken" });
    await expect(hole).rejects.toThrow(
      /sequences 101 to 150 are missing in it, and the archive in/,
    );
    await expect(sequences({ from: 120, to: 130 })).rejects.toThrow("sequences 120 to 130 are");
    await expect(sequences({ subjects: ["infrastructure.*.*"] })).rejects.toThrow("101 to 150");
    await expect(Array.fromAsync(archived.subscribe())).rejects.toThrow("101 to 150");
    await log.forget(103);
    expect(await sequences({ from: 151 })).toEqual(upTo(2_100, 151));
  });

  test("a single one as well", async () => {
    await fill(10);
    await log.forget(2);
    await expect(sequences()).rejects.toThrow("sequence 1 is missing in it");
  });

  test("events that are forgotten while they are read by subject", async () => {
    await fill(50);
    const reading = sequences.bind(null, { subjects: ["infrastructure.*.*"] });
    const read = log.read.bind(log);
    log.read = async function* (options: ReadOptions = {}) {
      yield* read(options);
      if (options.subjects) await log.forget(40);
    };
    await expect(reading()).rejects.toThrow("forgot the events 1 to 39 while they were read");
  });

  test("an archive of another log is not read: a whole log does without, one with a hole says so", async () => {
    await fill(2_000);
    await archive.extend(log);
    const other = new ForgetfulLog("other", log.kept);
    const archived = new ArchivedLog(other, archive);
    archive.blocks = () => {
      throw new Error("it is read");
    };
    expect((await Array.fromAsync(archived.read())).length).toBe(2_000);
    await other.forget(3);
    await expect(Array.fromAsync(archived.read())).rejects.toMatchObject({
      code: "archive_other_log",
    });
  });
});
