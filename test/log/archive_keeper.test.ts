/** The archive is kept up by whoever writes, and nobody has to wait for that, or fails by it. */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { ArchiveKeeper } from "../../src/log/archive_keeper.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import { type EventLog, LogUnavailable } from "../../src/log/log.ts";
import { lockedFile } from "../../src/setup/file_lock.ts";
import { madeLog } from "./archive_history.ts";

let folder: string;
let archive: Archive;
let warnings: string[];
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-keeper-" });
  archive = await Archive.open(folder);
  warnings = [];
});
afterEach(() => Deno.remove(folder, { recursive: true }));

function keeper(log: EventLog, options: { signal?: AbortSignal; lookEvery?: number } = {}) {
  return new ArchiveKeeper(() => Promise.resolve(new ArchivedLog(log, archive)), {
    warn: (line) => void warnings.push(line),
    ...options,
  });
}

/** What ends soon, however long it would like to go on. */
async function soon(work: Promise<void>, milliseconds: number): Promise<void> {
  const start = performance.now();
  await work;
  expect(performance.now() - start).toBeLessThan(milliseconds);
}

test("At the end what is behind the archive's end is archived, and how far it is is told", async () => {
  const told: number[][] = [];
  await keeper(madeLog(2_500)).end(undefined, (...progress) => void told.push(progress));
  expect((await archive.verify()).events).toBe(2_500);
  expect(told).toEqual([[1_000, 2_500], [2_000, 2_500], [2_500, 2_500]]);
  await keeper(madeLog(2_501)).end(undefined);
  expect(archive.lastSequence).toBe(2_501);
  expect(warnings).toEqual([]);
});

test("While others work it is extended when there are thousands of events behind its end", async () => {
  let last = 4_000;
  const log = () => madeLog(last);
  const works = new ArchiveKeeper(() => Promise.resolve(new ArchivedLog(log(), archive)), {
    warn: (line) => void warnings.push(line),
    lookEvery: 10,
  });
  works.start();
  works.start();
  await delay(100);
  expect(archive.lastSequence).toBe(0); // so few can wait
  last = 6_000;
  await vi.waitFor(() => expect(archive.lastSequence).toBe(6_000));
  last = 6_010;
  await works.end(undefined);
  expect(archive.lastSequence).toBe(6_010);
  last = 20_000;
  await delay(100);
  expect(archive.lastSequence).toBe(6_010);
  expect(warnings).toEqual([]);
});

test("An archive of another log, or one that cannot be written, is one line, which says what to do", async () => {
  await archive.extend(madeLog(10));
  await soon(keeper(madeLog(20, "other")).end(undefined), 2_000);
  expect(warnings).toEqual([expect.stringMatching(
    /^not every event is archived in .*cim-keeper-.*: this log is not the one .*; put the old log back, or move/,
  )]);
  const works = keeper(madeLog(20_000, "other"), { lookEvery: 5 });
  works.start();
  await delay(200);
  await works.end(undefined);
  expect(warnings.length).toBe(2); // again and again, and said once
  await Deno.remove(`${folder}/archive.lock`);
  await Deno.mkdir(`${folder}/archive.lock`);
  await soon(keeper(madeLog(20)).end(undefined), 2_000);
  expect(warnings[2]).toMatch(/; deno task cim archive archives the rest$/);
  expect(warnings.join("")).not.toContain("\n");
});

test("Another that archives is waited for briefly only, and whoever is there first does the work", async () => {
  {
    using _lock = await lockedFile(`${folder}/archive.lock`);
    await soon(keeper(madeLog(20)).end(undefined), 2_000);
    const extended = archive.extend(madeLog(20), { patience: 10 });
    await expect(extended).rejects.toMatchObject({ code: "archive_busy" });
    expect(archive.lastSequence).toBe(0);
    const waits = keeper(madeLog(20)).end(undefined);
    await delay(100);
    void waits.then(() => warnings.push("ended"));
    expect(warnings).toEqual([]);
  }
  await vi.waitFor(() => expect(warnings).toEqual(["ended"]));
  expect(archive.lastSequence).toBe(20);
});

test("A signal ends it at once, and one that has fired lets nothing begin", async () => {
  let reads = 0;
  const silent: EventLog = {
    ...madeLog(20),
    read() {
      reads++;
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }; // knows no signal
    },
  };
  await soon(keeper(silent).end(AbortSignal.abort()), 100);
  expect(reads).toBe(0);
  await soon(keeper(silent).end(AbortSignal.timeout(50)), 1_000);
  expect(reads).toBe(1);
  const stop = new AbortController();
  const works = keeper(madeLog(9_000), { signal: stop.signal, lookEvery: 5 });
  stop.abort();
  works.start();
  await delay(50);
  await works.end(stop.signal);
  expect(archive.lastSequence).toBe(0);
  expect(warnings).toEqual([]);
});

test("A server that is silent is given up, and one that is away is no news to those who write", async () => {
  const silent = { ...madeLog(20), lastSequence: () => new Promise<number>(() => {}) };
  await soon(keeper(silent).end(undefined), 6_000);
  expect(warnings).toEqual([expect.stringContaining("nothing has moved for 3 s; deno task cim")]);
  const away = {
    ...madeLog(20),
    lastSequence: () => Promise.reject(new LogUnavailable("it went away")),
  };
  await soon(keeper(away).end(undefined), 1_000);
  expect(warnings.length).toBe(1);
});
