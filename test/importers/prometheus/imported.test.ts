/** No measurement is imported twice, wherever a run was ended. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandHandler } from "../../../src/command/handler.ts";
import { MessageFactory } from "../../../src/domain/message.ts";
import { ImportedTime, pathOf } from "../../../src/importers/prometheus/imported.ts";
import { MemoryLog } from "../../../src/log/memory.ts";

const MINUTE = 60_000;
const source = { url: "http://m", matchers: "", step: MINUTE };
const clock = () => new Date();
let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-imported-" });
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const minutes = (...parts: [number, number][]) =>
  parts.map(([from, to]) => [from * MINUTE, to * MINUTE]);

test("What is missing is what lies around and between what is imported", async () => {
  const log = new MemoryLog(clock);
  const time = await ImportedTime.open(folder, log, source);
  const missing = (from: number, to: number) => time.missing([from * MINUTE, to * MINUTE]);
  expect(missing(1, 9)).toEqual(minutes([1, 9]));
  for (const [from, to] of minutes([3, 4], [7, 7], [5, 5])) await time.finish([from!, to!]);
  expect(missing(1, 9)).toEqual(minutes([1, 2], [6, 6], [8, 9]));
  expect(missing(3, 5)).toEqual([]);
  expect(missing(4, 6)).toEqual(minutes([6, 6]));
  const again = await ImportedTime.open(folder, log, source);
  expect(again.missing([MINUTE, 9 * MINUTE])).toEqual(minutes([1, 2], [6, 6], [8, 9]));
});

test("Each source, selector and step has its own time, and so has each log", async () => {
  const log = new MemoryLog(clock);
  await (await ImportedTime.open(folder, log, source)).finish([0, MINUTE]);
  for (const other of [{ url: "http://n" }, { matchers: 'a="b"' }, { step: 1_000 }]) {
    const time = await ImportedTime.open(folder, log, { ...source, ...other });
    expect(time.missing([0, 0])).toEqual([[0, 0]]);
  }
  const time = await ImportedTime.open(folder, new MemoryLog(clock), source);
  expect(time.missing([0, 0])).toEqual([[0, 0]]);
});

test("After a kill the log says what is written of the page, until all of that has been gone over", async () => {
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const handler = await CommandHandler.open(log, messages);
  const who = { actor: "ada", source: "observed" } as const;
  const register = { hostname: "web-1", resource_type: "unknown", interfaces: [] } as const;
  const [registered] = await handler.submit([
    messages.command("RegisterCompute", { ...register, interfaces: [] }, who),
  ]);
  const compute = registered!.aggregate_id!;
  const record = (minute: number) =>
    handler.submit([messages.command("RecordMeasurements", {
      compute,
      observed_at: new Date(minute * MINUTE).toISOString(),
      points: [{ name: "system.uptime", unit: "s", value: 1 }],
    }, who)]);
  const written = async () => {
    const time = await ImportedTime.open(folder, log, source);
    const isWritten = await time.unfinished([MINUTE, 5 * MINUTE]);
    return [0, 1, 2, 3, 4, 5].filter((minute) =>
      isWritten(compute, new Date(minute * MINUTE).toISOString())
    );
  };
  await record(0); // by somebody else, before
  await (await ImportedTime.open(folder, log, source)).begin([MINUTE, 5 * MINUTE]);
  await record(1);
  await record(4);
  expect(await written()).toEqual([1, 4]); // and here it is killed
  const next = await ImportedTime.open(folder, log, source);
  await next.begin([MINUTE, 2 * MINUTE]); // its pages are shorter
  await next.finish([MINUTE, 2 * MINUTE]);
  expect(await written()).toEqual([1, 4]); // killed again: 4 is still to come
  const last = await ImportedTime.open(folder, log, source);
  await last.begin([3 * MINUTE, 5 * MINUTE]);
  await last.finish([3 * MINUTE, 5 * MINUTE]);
  expect(await written()).toEqual([]);
});

test("What a killed run has written is known until its time is gone over, whatever other time is meanwhile", async () => {
  const log = new MemoryLog(clock);
  const open = () => ImportedTime.open(folder, log, source);
  const begun = async () => JSON.parse(await Deno.readTextFile(pathOf(folder, source))).begun;
  await (await open()).begin([MINUTE, 2 * MINUTE]); // and here it is killed
  const other = await open();
  await other.begin([7 * MINUTE, 8 * MINUTE]);
  await other.finish([7 * MINUTE, 8 * MINUTE]);
  expect(await begun()).toEqual([{ part: [MINUTE, 2 * MINUTE], sequence: 0 }]);
  const last = await open();
  await last.begin([MINUTE, 2 * MINUTE]);
  await last.finish([MINUTE, 2 * MINUTE]);
  expect(await begun()).toEqual([]);
  expect(last.missing([MINUTE, 8 * MINUTE])).toEqual(minutes([3, 6]));
});

test("What cannot be read is not taken for nothing", async () => {
  await Deno.writeTextFile(pathOf(folder, source), '{"imported": [');
  await expect(ImportedTime.open(folder, new MemoryLog(clock), source)).rejects.toMatchObject({
    code: "kept",
    message: expect.stringMatching(/remove it to import all of it again/),
  });
});
