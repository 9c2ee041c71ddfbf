/** A log and its archive are held against each other, and the first event about which they differ is named. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LogRecord } from "../../src/domain/event.ts";
import { Archive } from "../../src/log/archive.ts";
import { agreementOf } from "../../src/log/archive_agreement.ts";
import type { EventLog, ReadOptions } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { ForgetfulLog, madeLog, madeRecord } from "./archive_history.ts";

let folder: string;
let archive: Archive;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-agreement-" });
  archive = await Archive.open(folder, { records: 1_000 });
});
afterEach(() => Deno.remove(folder, { recursive: true }));

/** What is read of a log, changed on the way; undefined for what is missing in it. */
function tampered(
  log: EventLog,
  change: (record: LogRecord) => LogRecord | undefined,
): EventLog {
  return Object.assign(Object.create(log) as EventLog, {
    async *read(options?: ReadOptions) {
      for await (const record of log.read(options)) {
        const changed = change(record);
        if (changed) yield changed;
      }
    },
  });
}

const whole = { first_sequence: 1, forgotten: 0, not_archived: 0 };

test("A log and its archive agree, whatever bytes are in them", async () => {
  const log = new MemoryLog(() => new Date());
  const payloads = Array.from({ length: 900 }, (_, at) => madeRecord(at + 1).payload);
  await log.append(payloads.map((payload) => ({ subject: "a.b", payload })), 0);
  await archive.extend(log);
  expect(await agreementOf({ log, archive })).toEqual({
    ...whole,
    compared: 900,
    last_sequence: 900,
  });
});

test("Without an archive, or without events, there is nothing to differ about", async () => {
  const nothing = { compared: 0, first_sequence: 0, last_sequence: 0, forgotten: 0 };
  expect(await agreementOf({ log: madeLog(0), archive })).toEqual({ ...nothing, not_archived: 0 });
  expect(await agreementOf({ log: madeLog(9), archive })).toEqual({ ...nothing, not_archived: 9 });
});

test("An archive may end before the log, and the log may have forgotten its front", async () => {
  const log = new ForgetfulLog();
  const add = (count: number) =>
    log.add(...Array.from({ length: count }, (_, at) => new Uint8Array([at & 255])));
  await add(2_500);
  await archive.extend(log);
  await add(100);
  const behind = { last_sequence: 2_500, not_archived: 100 };
  expect(await agreementOf({ log, archive })).toEqual({ ...whole, ...behind, compared: 2_500 });
  await log.forget(1_801);
  expect(await agreementOf({ log, archive }))
    .toEqual({ compared: 700, first_sequence: 1_801, forgotten: 1_800, ...behind });
  await log.forget(2_501);
  expect(await agreementOf({ log, archive })).toEqual({
    compared: 0,
    first_sequence: 0,
    last_sequence: 0,
    forgotten: 2_500,
    not_archived: 100,
  });
});

test("A log that forgets, and an archive that grows, while they are compared, agree", async () => {
  const log = new ForgetfulLog();
  await log.add(...Array.from({ length: 5_000 }, (_, at) => new Uint8Array([at & 255])));
  await archive.extend(log);
  const other = await Archive.open(folder, { records: 1_000 });
  const agreement = await agreementOf({ log, archive }, {
    onProgress(done) {
      if (done === 1_000) void log.forget(1_600);
      if (done === 3_000) void log.forget(5_000);
    },
  });
  expect(agreement).toMatchObject({ first_sequence: 1, last_sequence: 5_000, forgotten: 4_999 });
  expect(agreement).not.toHaveProperty("disagreement");
  // What is not archived when it begins may be, and forgotten, when it ends.
  await log.add(new Uint8Array([1]), new Uint8Array([2]));
  const late = Object.assign(Object.create(log) as EventLog, {
    async *read(options: ReadOptions = {}) {
      if (options.from === 5_001) {
        await other.extend(log);
        await log.forget(5_002);
      }
      yield* log.read(options);
    },
  });
  expect(await agreementOf({ log: late, archive })).not.toHaveProperty("disagreement");
});

describe("The first event is named", () => {
  const log = madeLog(2_500);
  beforeEach(() => archive.extend(log));

  const named = async (log: EventLog, sequence: number, code: string, what: string) => {
    const agreement = await agreementOf({ log, archive });
    expect(agreement.disagreement)
      .toEqual({ sequence, code, what: expect.stringContaining(what) });
    expect(agreement.compared).toBe(sequence - 1);
    expect(agreement.last_sequence).toBe(sequence - 1);
  };
  const flipped = (record: LogRecord): LogRecord => {
    const payload = record.payload.slice();
    payload[payload.length - 1]! ^= 1;
    return { ...record, payload };
  };

  test.each([1, 2, 999, 1_000, 1_001, 1_743, 2_500])(
    "of which the payload differs in a bit, the time, or that is missing: %i",
    async (sequence) => {
      const of = (change: (record: LogRecord) => LogRecord | undefined) =>
        tampered(log, (record) => record.sequence >= sequence ? change(record) : record);
      await named(of(flipped), sequence, "other_payload", "another one");
      const later = (record: LogRecord) => ({
        ...record,
        recorded_at: record.recorded_at.replace("000Z", "001Z"),
      });
      await named(of(later), sequence, "other_time", "001Z by the log");
      const longer = (record: LogRecord) => ({
        ...record,
        payload: new Uint8Array([...record.payload, 0]),
      });
      await named(of(longer), sequence, "other_payload", "another one");
      if (sequence === 1) return; // then it is forgotten
      const one = tampered(log, (record) => record.sequence === sequence ? undefined : record);
      await named(one, sequence, "missing_in_log", "missing in the log");
      await named(of(() => undefined), sequence, "missing_in_log", "missing in the log");
    },
  );

  test("of a log that was put back to before", async () => {
    await named(madeLog(2_000), 2_001, "missing_in_log", "the log ends at 2000");
  });

  test("that is in neither, at the archive's end or behind it", async () => {
    const longer = madeLog(3_000);
    for (const gone of [[2_501], [2_501, 2_502, 2_503]]) {
      const hole = tampered(
        longer,
        (record) => gone.includes(record.sequence) ? undefined : record,
      );
      await named(hole, 2_501, "missing_in_both", "the archive ends at 2500");
    }
    const begins = tampered(longer, (record) => record.sequence < 2_700 ? undefined : record);
    expect((await agreementOf({ log: begins, archive })).disagreement)
      .toMatchObject({ sequence: 2_501, code: "missing_in_both" });
    const empty = await Archive.open(`${folder}/empty`);
    expect((await agreementOf({ log: begins, archive: empty })).disagreement)
      .toMatchObject({ sequence: 1, code: "missing_in_both" });
  });

  test.each([2_502, 2_750, 2_999, 3_000])(
    "that is in neither, anywhere behind the archive's end: %i",
    async (sequence) => {
      const hole = tampered(
        madeLog(3_000),
        (record) => record.sequence === sequence ? undefined : record,
      );
      expect((await agreementOf({ log: hole, archive })).disagreement)
        .toMatchObject({ sequence, code: "missing_in_both" });
      const empty = await Archive.open(`${folder}/empty`);
      expect((await agreementOf({ log: hole, archive: empty })).disagreement)
        .toMatchObject({ sequence, code: "missing_in_both" });
    },
  );

  test("of an archive that was written anew with another payload, and is whole in itself", async () => {
    const other = tampered(
      log,
      (record) => record.sequence === 1_743 ? flipped(record) : record,
    );
    const forged = await Archive.open(`${folder}/forged`, { records: 1_000 });
    await forged.extend(other);
    expect((await forged.verify()).events).toBe(2_500);
    expect((await agreementOf({ log, archive: forged })).disagreement)
      .toMatchObject({ sequence: 1_743, code: "other_payload" });
  });
});

test("Another log is not compared, and neither is a damaged archive", async () => {
  await archive.extend(madeLog(2_500));
  await expect(agreementOf({ log: madeLog(2_500, "other"), archive }))
    .rejects.toMatchObject({ code: "archive_other_log" });
  const path = `${folder}/${archive.segments[1]!.file}`;
  const bytes = await Deno.readFile(path);
  bytes[100]! ^= 1;
  await Deno.writeFile(path, bytes);
  await expect(agreementOf({ log: madeLog(2_500), archive }))
    .rejects.toMatchObject({ code: "archive_altered" });
});

test("A signal ends it with its reason, and it is told how far it is", async () => {
  await archive.extend(madeLog(30_000));
  const stop = new AbortController();
  const told: number[][] = [];
  const ended = agreementOf({ log: madeLog(30_000), archive }, {
    signal: stop.signal,
    onProgress(...progress) {
      told.push(progress);
      if (progress[0] >= 10_000) stop.abort(new Error("enough"));
    },
  });
  await expect(ended).rejects.toThrow("enough");
  expect(told.at(-1)).toEqual([10_000, 30_000]);
});
