/** What is archived is what was in the log, however it came there. */
import { type DuckDBBlobValue, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import type { ReadOptions } from "../../src/log/log.ts";
import { ForgetfulLog, madeLog, madeRecord } from "./archive_history.ts";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-archive-" });
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const files = (of = folder) =>
  [...Deno.readDirSync(of)].map(({ name }) => name).filter((name) => name.endsWith(".tsv.zst"))
    .sort();
const sequences = async (archive: Archive, from?: number, to?: number) => {
  const records = await Array.fromAsync(
    archive.read({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
  );
  return records.map(({ sequence }) => sequence);
};

test("An archive of nothing is empty, and nothing is made for it", async () => {
  const archive = await Archive.open(`${folder}/none`);
  expect(archive.status()).toEqual({
    segments: 0,
    events: 0,
    first_sequence: 0,
    last_sequence: 0,
    first_recorded_at: null,
    last_recorded_at: null,
    bytes: 0,
  });
  expect(await sequences(archive)).toEqual([]);
  expect((await archive.verify()).events).toBe(0);
  expect([...Deno.readDirSync(folder)]).toEqual([]);
});

test("An archive gives back the records of the log, and any part of them", async () => {
  const archive = await Archive.open(folder, { records: 1_000 });
  expect(await archive.extend(madeLog(2_500))).toBe(2_500);
  const again = await Archive.open(folder);
  const expected = Array.from({ length: 2_500 }, (_, at) => madeRecord(at + 1));
  for (const one of [archive, again]) {
    expect(await Array.fromAsync(one.read())).toEqual(expected);
    expect(await sequences(one, 999, 1_002)).toEqual([999, 1_000, 1_001, 1_002]);
    expect(await sequences(one, 2_499)).toEqual([2_499, 2_500]);
    expect(await sequences(one, 0, 1)).toEqual([1]);
    expect(await sequences(one, 2_501)).toEqual([]);
    expect(await sequences(one, 5, 4)).toEqual([]);
    expect(await one.verify()).toMatchObject({
      segments: 3,
      events: 2_500,
      last_sequence: 2_500,
      first_recorded_at: madeRecord(1).recorded_at,
      last_recorded_at: madeRecord(2_500).recorded_at,
    });
  }
  expect(await archive.extend(madeLog(2_500))).toBe(0);
});

test("A segment ends with its bytes as well, and has one event if that is larger than all of them", async () => {
  const log = new ForgetfulLog();
  const payloads = [3_000_000, 10, 400_000, 700_000, 5].map((size) => new Uint8Array(size));
  await log.add(...payloads.map((payload) => payload.subarray(0, 1_000_000)));
  const archive = await Archive.open(folder, { bytes: 1_000_000 });
  await archive.extend(log);
  expect(archive.segments.map(({ count }) => count)).toEqual([1, 3, 1]);
  expect(await Array.fromAsync(archive.read())).toEqual(await Array.fromAsync(log.read()));
});

test("Small segments are merged, and what others read meanwhile is not taken from them", async () => {
  const archive = await Archive.open(folder, { records: 100, small: 4 });
  const reader = await Archive.open(folder);
  let last = 0;
  for (const [count, segments] of [[10, 1], [10, 2], [1, 3], [1, 4], [1, 1], [200, 3], [90, 4]]) {
    await archive.extend(madeLog(last += count!));
    expect(archive.segments.length).toBe(segments);
    expect(files()).toEqual(archive.segments.map(({ file }) => file));
  }
  expect(archive.segments.map(({ count }) => count)).toEqual([100, 100, 100, 13]);

  await reader.refresh();
  const reading = reader.read({ from: 290 });
  expect((await reading.next()).value).toEqual(madeRecord(290));
  for (let at = 0; at < 5; at++) await archive.extend(madeLog(last += 20));
  expect(archive.segments.map(({ count }) => count)).toEqual([100, 100, 100, 100, 13]);
  const rest = await Array.fromAsync(reading);
  expect(rest.map(({ sequence }) => sequence).slice(0, 23))
    .toEqual(Array.from({ length: 23 }, (_, at) => 291 + at));
  expect(await sequences(reader)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
});

test("However many processes add a little, segments stay few, and an event is rarely written again", async () => {
  const archive = await Archive.open(folder, { records: 100_000 });
  let [written, segments, last] = [0, 0, 0];
  const before = new Set<string>();
  for (let at = 0; at < 300; at++) {
    await archive.extend(madeLog(last += 1 + at % 9));
    for (const { file, count } of archive.segments) {
      if (!before.has(file)) written += count;
      before.add(file);
    }
    segments = Math.max(segments, archive.segments.length);
  }
  expect(segments).toBeLessThanOrEqual(12);
  expect(written).toBeLessThan(8 * last); // all into one every eighth time: 20 times
  expect((await archive.verify()).events).toBe(last);
});

test("A merge that fails half-way takes nothing away", async () => {
  const log = new ForgetfulLog();
  const archive = await Archive.open(folder, { bytes: 1_000, small: 2 });
  // Two that are not full, and together more than one: the first merged one ends within the second.
  for (const _ of [1, 2]) {
    await log.add(...Array.from({ length: 10 }, () => new Uint8Array(20)));
    await archive.extend(log);
  }
  expect(archive.segments.map(({ count }) => count)).toEqual([10, 10]);
  await log.add(new Uint8Array(20));
  const read = log.read.bind(log);
  log.read = async function* (options: ReadOptions = {}) {
    if (options.from === 21) throw new Error("away");
    yield* read(options);
  };
  await expect(archive.extend(log)).rejects.toThrow("away");
  const again = await Archive.open(folder);
  expect(again.segments.map(({ count }) => count)).toEqual([10, 10]);
  expect((await again.verify()).events).toBe(20);
  expect(files()).toEqual(again.segments.map(({ file }) => file));
  log.read = read;
  expect(await archive.extend(log)).toBe(1);
  expect(archive.segments.length).toBe(2);
  expect((await archive.verify()).events).toBe(21);
});

test("A database reads the segments as they are, whatever bytes are in them", async () => {
  const log = new ForgetfulLog();
  const text = (value: string) => new TextEncoder().encode(value);
  const odd = [new Uint8Array([0xff]), text("a\nb"), text("a\tb"), text("\0"), text("\r")];
  const plain = [text('{"a":"é\u2028"}'), text("\"'\\"), text(",;|"), text("\u007f")];
  await log.add(...plain, ...odd, ...plain, new Uint8Array(0));
  await (await Archive.open(folder, { records: 4 })).extend(log);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    `SELECT sequence, CASE WHEN encoded IS NULL THEN encode(coalesce(payload, ''))
                      ELSE from_base64(encoded) END
     FROM read_csv('${folder}/*.tsv.zst', delim = '\t', quote = '', escape = '', header = false,
       compression = 'zstd', auto_detect = false, columns = {sequence: 'BIGINT',
       recorded_at: 'VARCHAR', payload: 'VARCHAR', encoded: 'VARCHAR'})
     ORDER BY sequence`,
  );
  const rows = found.getRows().map(([sequence, blob]) =>
    `${sequence} ${(blob as DuckDBBlobValue).bytes.join()}`
  );
  connection.closeSync();
  const records = await Array.fromAsync(log.read());
  expect(rows).toEqual(records.map(({ sequence, payload }) => `${sequence} ${payload.join()}`));
});

test("Any appends, extensions, cuts and merges give back the log byte for byte", async () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 40 }).map((text) =>
      new TextEncoder().encode(JSON.stringify({ text }))
    ),
    fc.constantFrom("", "\t", "\n", "\r\n", "a\tb", "{}", "\u007f", "\ufeff{}")
      .map((text) => new TextEncoder().encode(text)),
  );
  const step = fc.oneof(
    fc.record({ append: fc.array(payload, { minLength: 1, maxLength: 30 }) }),
    fc.constant("extend" as const),
    fc.constant("open" as const),
    fc.record({ read: fc.tuple(fc.nat(60), fc.nat(60)) }),
  );
  const limits = fc.record({
    records: fc.integer({ min: 1, max: 25 }),
    bytes: fc.integer({ min: 1, max: 2_000 }),
    small: fc.integer({ min: 1, max: 4 }),
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), limits, async (steps, limits) => {
      const place = `${folder}/${round++}`;
      const log = new ForgetfulLog();
      let archive = await Archive.open(place, limits);
      for (const step of steps) {
        if (step === "extend") await archive.extend(log);
        else if (step === "open") archive = await Archive.open(place, limits);
        else if ("append" in step) await log.add(...step.append);
        else {
          const [from, to] = step.read;
          expect(await Array.fromAsync(archive.read({ from, to }))).toEqual(
            await Array.fromAsync(log.read({ from, to: Math.min(to, archive.lastSequence) })),
          );
        }
      }
      await archive.extend(log);
      expect(await Array.fromAsync(archive.read())).toEqual(await Array.fromAsync(log.read()));
      expect((await archive.verify()).events).toBe(await log.lastSequence());
      if (archive.segments.length > 0) expect(files(place).length).toBe(archive.segments.length);
    }),
    { numRuns: 120 },
  );
});

test("Of two that extend at once one waits, and finds it done", async () => {
  const [one, other] = [await Archive.open(folder), await Archive.open(folder)];
  let waited = 0;
  const onWaiting = () => waited++;
  const added = await Promise.all(
    [one, other].map((archive) => archive.extend(madeLog(50_000), { onWaiting })),
  );
  expect(added.sort()).toEqual([0, 50_000]);
  expect(waited).toBe(1);
  expect((await other.verify()).events).toBe(50_000);
});

test("An extension that is ended keeps its full segments, and the next one goes on from there", async () => {
  const archive = await Archive.open(folder, { records: 10_000 });
  const stop = new AbortController();
  const ended = archive.extend(madeLog(50_000), {
    signal: stop.signal,
    onProgress: (done) => done >= 30_000 && stop.abort(new Error("enough")),
  });
  await expect(ended).rejects.toThrow("enough");
  await archive.refresh();
  expect(archive.lastSequence).toBe(30_000);
  expect(await archive.extend(madeLog(50_000))).toBe(20_000);
  expect([...Deno.readDirSync(folder)].length).toBe(5 + 2); // manifest and lock
  const aborted = archive.read({ signal: AbortSignal.abort(new Error("stop")) });
  await expect(Array.fromAsync(aborted)).rejects.toThrow("stop");
});

describe("An archive refuses", () => {
  const other = async (log: Parameters<Archive["extend"]>[0]) => {
    const extended = (await Archive.open(folder)).extend(log);
    await expect(extended).rejects.toMatchObject({ code: "archive_other_log" });
    await expect(extended).rejects.toThrow("move the archive's folder away");
    expect((await (await Archive.open(folder)).verify()).events).toBe(100);
  };
  beforeEach(async () => {
    await (await Archive.open(folder)).extend(madeLog(100));
  });

  test("another incarnation of the log", () => other(madeLog(200, "other")));
  test("a log of another name", () => other({ ...madeLog(200), name: "other" }));
  test("a log that was put back to before", () => other(madeLog(99)));
  test("a log with other events in the same places", () => {
    const log = madeLog(200);
    return other({
      ...log,
      async *read(options) {
        for await (const record of log.read(options)) {
          yield { ...record, payload: new Uint8Array([...record.payload, 32]) };
        }
      },
    });
  });

  test("a log that has forgotten what is not archived, and names it", async () => {
    const log = madeLog(200);
    const from = (first: number) => ({
      ...log,
      read: (options: ReadOptions = {}) =>
        log.read({ ...options, from: Math.max(first, options.from ?? 1) }),
    });
    const archive = await Archive.open(folder);
    const gap = archive.extend(from(151));
    await expect(gap).rejects.toMatchObject({ code: "archive_gap" });
    await expect(gap).rejects.toThrow("no events 101 to 150 any more");
    await expect(archive.extend(from(201))).rejects.toThrow("no events 101 to 200 any more");
    expect(await archive.extend(from(101))).toBe(100);
  });
});
