/** A real stream and its archive are held against each other. */
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { LogRecord } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Archive } from "../../src/log/archive.ts";
import { agreementOf } from "../../src/log/archive_agreement.ts";
import { streamPurge } from "../../src/log/archive_retention.ts";
import { type JetStreamLog, openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { namesIn, policies } from "../log/contract.ts";
import { startNats, type TestNats } from "./nats.ts";

const EVENTS = 6_000;
let nats: TestNats;
let folder: string;
let log: JetStreamLog;
let archive: Archive;
beforeAll(async () => {
  nats = await startNats();
  folder = await Deno.makeTempDir({ prefix: "cim-agreement-" });
  log = await openJetStream(nats);
  for (let last = 0; last < EVENTS;) {
    const names = Array.from({ length: 1_000 }, (_, at) => `${last + at}`);
    last = await log.append(policies(...names), last);
  }
  archive = await Archive.open(`${folder}/archive`, { records: 2_000 });
  await archive.extend(log);
});
afterAll(async () => {
  await log?.close();
  await nats?.stop();
  await Deno.remove(folder, { recursive: true });
});

/** An archive that is whole in itself, of a log that had other events in some places. */
async function forged(name: string, change: (record: LogRecord) => LogRecord): Promise<Archive> {
  const { name: stream, incarnation, maxEventBytes } = log;
  const forgery = await Archive.open(`${folder}/${name}`, { records: 2_000 });
  await forgery.extend({
    name: stream,
    incarnation,
    maxEventBytes,
    append: () => Promise.reject(new Error("nobody appends")),
    subscribe: (options) => log.subscribe(options),
    lastSequence: () => log.lastSequence(),
    close: () => Promise.resolve(),
    async *read(options) {
      for await (const record of log.read(options)) yield change(record);
    },
  });
  await forgery.verify();
  return forgery;
}

test("They agree, and an archive that was written anew consistently is found out at its event", async () => {
  expect(await agreementOf({ log, archive })).toEqual({
    compared: EVENTS,
    first_sequence: 1,
    last_sequence: EVENTS,
    forgotten: 0,
    not_archived: 0,
  });
  const text = (record: LogRecord) => new TextDecoder().decode(record.payload);
  const payload = await forged("payload", (record) => {
    if (record.sequence !== 4_321) return record;
    const changed = text(record).replace('"info"', '"warn"');
    return { ...record, payload: new TextEncoder().encode(changed) };
  });
  expect(await agreementOf({ log, archive: payload })).toMatchObject({
    compared: 4_320,
    disagreement: { sequence: 4_321, code: "other_payload" },
  });
  const time = await forged("time", (record) => ({
    ...record,
    recorded_at: record.sequence === 1 ? "2020-01-01T00:00:00.000000Z" : record.recorded_at,
  }));
  expect(await agreementOf({ log, archive: time })).toMatchObject({
    compared: 0,
    disagreement: { sequence: 1, code: "other_time" },
  });
});

test("They agree when the stream has forgotten what is archived, and not when events are taken out of its middle", async () => {
  await log.append(policies("late"), EVENTS);
  await streamPurge(log)(2_501);
  const agreement = { compared: 3_500, first_sequence: 2_501, forgotten: 2_500, not_archived: 1 };
  expect(await agreementOf({ log, archive })).toEqual({ ...agreement, last_sequence: EVENTS });

  const { streams } = await jetstreamManager(log.connection);
  await log.connection.request("infrastructure.x.y", "foreign");
  await log.append(policies("after it"), EVENTS + 2);
  await archive.extend(log);
  expect(await agreementOf({ log, archive })).toMatchObject({ compared: 3_503, not_archived: 0 });
  await streams.purge(STREAM, { filter: "infrastructure.x.y" });
  expect(await agreementOf({ log, archive })).toMatchObject({
    compared: 3_501,
    disagreement: { sequence: EVENTS + 2, code: "missing_in_log" },
  });
});

test("Of a stream of which the last event was taken out nothing is waited for, and it is named", async () => {
  const other = await startNats();
  try {
    const log = await openJetStream(other);
    await log.append(policies("a", "b", "c"), 0);
    await log.connection.request("infrastructure.x.y", "foreign");
    const archive = await Archive.open(`${folder}/other`);
    await archive.extend(log);
    const { streams } = await jetstreamManager(log.connection);
    await streams.purge(STREAM, { filter: "infrastructure.x.y" });
    expect(await log.lastSequence()).toBe(4);
    expect(await namesIn(log)).toEqual(["a", "b", "c"]);
    expect(await agreementOf({ log, archive })).toMatchObject({
      compared: 3,
      disagreement: { sequence: 4, code: "missing_in_log" },
    });
    const messages = new MessageFactory(() => new Date());
    await expect(CommandHandler.open(log, messages)).rejects.toMatchObject({ code: "log_broken" });
    await log.close();
  } finally {
    await other.stop();
  }
});
