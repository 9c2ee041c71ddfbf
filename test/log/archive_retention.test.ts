/** Nothing is forgotten that is not archived, verified and old. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { type Forget, retain } from "../../src/log/archive_retention.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { ForgetfulLog } from "./archive_history.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-11-01T00:00:00Z");
let folder: string;
let log: ForgetfulLog;
let archive: Archive;
let forgets: number[];
let forget: Forget;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-archive-" });
  let hour = 0;
  // 240 events, one an hour: ten days.
  log = new ForgetfulLog("one", new MemoryLog(() => new Date(START + hour++ * DAY / 24)));
  for (let at = 0; at < 240; at++) await log.add(new TextEncoder().encode(`{"at":${at}}`));
  archive = await Archive.open(folder, { records: 50 });
  forgets = [];
  forget = (sequence) => {
    forgets.push(sequence);
    return log.forget(sequence);
  };
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const at = (day: number) => new Date(START + day * DAY);
const kept = async () => (await Array.fromAsync(log.read())).map(({ sequence }) => sequence);

test("The log forgets what is older than the days, to the event", async () => {
  await archive.extend(log);
  expect(await retain(log, archive, forget, { days: 30, now: at(10) }))
    .toEqual({ forgotten: 0, first_sequence: 1 });
  expect(forgets).toEqual([]);
  // Of the 240 events those of the first four days are older than six at the tenth.
  expect(await retain(log, archive, forget, { days: 6, now: at(10) }))
    .toEqual({ forgotten: 96, first_sequence: 97 });
  expect(await retain(log, archive, forget, { days: 6, now: at(10) }))
    .toEqual({ forgotten: 0, first_sequence: 97 });
  expect(await kept()).toEqual(Array.from({ length: 144 }, (_, at) => 97 + at));
  expect(await Array.fromAsync(new ArchivedLog(log, archive).read()))
    .toEqual(await Array.fromAsync(log.kept.read()));
  expect(forgets).toEqual([97]);
});

test("It never forgets what is not archived, nor its last event", async () => {
  expect(await retain(log, archive, forget, { days: 0, now: at(99) }))
    .toEqual({ forgotten: 0, first_sequence: 1 });
  await archive.extend(log);
  await log.add(new TextEncoder().encode("{}"));
  expect(await retain(log, archive, forget, { days: 0, now: at(99) }))
    .toEqual({ forgotten: 240, first_sequence: 241 });
  await archive.extend(log);
  expect(await retain(log, archive, forget, { days: 0, now: at(99) }))
    .toEqual({ forgotten: 0, first_sequence: 241 });
  expect(await kept()).toEqual([241]);
});

test("It forgets nothing when a segment of what it would forget is not as it was written", async () => {
  await archive.extend(log);
  const { file } = archive.segments[1]!;
  const bytes = await Deno.readFile(`${folder}/${file}`);
  bytes[40]! ^= 1;
  await Deno.writeFile(`${folder}/${file}`, bytes);
  const retained = retain(log, archive, forget, { days: 6, now: at(10) });
  await expect(retained).rejects.toMatchObject({ code: "archive_altered" });
  await expect(retained).rejects.toThrow(file);
  expect(forgets).toEqual([]);
  // The first one alone is sound, and what is in it can go.
  expect((await retain(log, archive, forget, { days: 9, now: at(10) })).forgotten).toBe(24);
});

test("It forgets nothing when the archive is another log's", async () => {
  await archive.extend(log);
  for (
    const other of [
      new ForgetfulLog("other", log.kept),
      new ForgetfulLog("one", new MemoryLog(() => new Date())),
    ]
  ) {
    await expect(retain(other, archive, forget, { days: 0, now: at(99) })).rejects.toMatchObject({
      code: "archive_other_log",
    });
  }
  expect(forgets).toEqual([]);
});

test("Days that are none are refused, and a signal ends it", async () => {
  await archive.extend(log);
  for (const days of [-1, NaN, Infinity]) {
    await expect(retain(log, archive, forget, { days, now: at(99) })).rejects.toThrow(RangeError);
  }
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(retain(log, archive, forget, { days: 0, now: at(99), signal })).rejects.toThrow(
    "enough",
  );
  expect(forgets).toEqual([]);
});
