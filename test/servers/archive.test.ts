/** The archive beside a real stream, which forgets. */
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { Archive } from "../../src/log/archive.ts";
import { retain, streamPurge } from "../../src/log/archive_retention.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import { type JetStreamLog, openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { LogReplaced } from "../../src/log/log.ts";
import { describeLog, policies } from "../log/contract.ts";
import { startNats, type TestNats } from "./nats.ts";
import { numbered } from "./numbered_command.ts";

const temporary = () => Deno.makeTempDir({ prefix: "cim-archive-" });

/** Archived after every few appends, and forgotten but for the last 20 events. */
class BusyLog extends ArchivedLog {
  #appends = 0;

  override async append(...args: Parameters<ArchivedLog["append"]>): Promise<number> {
    const last = await super.append(...args);
    if (++this.#appends % 5 === 0) {
      await this.archive.extend(this.log);
      await streamPurge(this.log as JetStreamLog)(last - 20);
    }
    return last;
  }
}

describeLog("JetStream and its archive", async () => {
  const [nats, folder] = [await startNats(), await temporary()];
  return {
    open: async () =>
      new BusyLog(await openJetStream(nats), await Archive.open(folder, { records: 300 })),
    async stop() {
      await nats.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

describe("A stream that forgets what is archived", () => {
  let nats: TestNats;
  let folder: string;
  let log: JetStreamLog;
  let archive: Archive;
  const messages = new MessageFactory(() => new Date());
  const now = () => new Date();
  const all = async (log: { read: JetStreamLog["read"] }) =>
    (await Array.fromAsync(log.read())).map(({ sequence, recorded_at, payload }) =>
      `${sequence} ${recorded_at} ${payload.join()}`
    );
  beforeAll(async () => {
    nats = await startNats();
    folder = await temporary();
    log = await openJetStream(nats);
    archive = await Archive.open(folder, { records: 1_000 });
  });
  afterAll(async () => {
    await log?.close();
    await nats?.stop();
    await Deno.remove(folder, { recursive: true });
  });

  test("loses nothing: archive and stream together have every event, and a handler knows the same", async () => {
    const handler = await CommandHandler.open(log, messages);
    await handler.submit(Array.from({ length: 2_500 }, (_, at) => numbered(messages, at)));
    // Foreign messages are kept as they are.
    for (const payload of ["two\nlines", "", new Uint8Array([0xff, 0, 9])]) {
      await log.connection.request("infrastructure.x.y", payload);
    }
    const before = await all(log);
    expect(await archive.extend(log)).toBe(before.length);
    expect(await retain(log, archive, streamPurge(log), { now: now() }))
      .toEqual({ forgotten: 0, first_sequence: 1 });
    const late = await CommandHandler.open(log, messages);
    await late.submit([numbered(messages, 9_000)]);
    const whole = await all(log);
    expect(whole.length).toBe(before.length + 1);
    const status = await log.status();
    expect(await retain(log, archive, streamPurge(log), { days: 0, now: now() }))
      .toEqual({ forgotten: before.length, first_sequence: before.length + 1 });
    expect(await log.status()).toMatchObject({
      events: 1,
      first_sequence: before.length + 1,
      last_sequence: status.last_sequence,
    });
    const archived = new ArchivedLog(log, archive);
    expect(await all(archived)).toEqual(whole);
    const fresh = await CommandHandler.open(archived, messages);
    expect(fresh.content()).toEqual(late.content());
    await expect(CommandHandler.open(log, messages)).rejects.toMatchObject({ code: "log_broken" });
    // And it goes on, also after the server was started again.
    await fresh.submit([numbered(messages, 9_001)]);
    await log.close();
    nats.kill9();
    await nats.restart();
    log = await openJetStream(nats);
    const again = new ArchivedLog(log, archive);
    expect(await again.lastSequence()).toBe(whole.length + 1);
    expect((await CommandHandler.open(again, messages)).content()).toEqual(fresh.content());
  });

  test("is not touched when the server says no, or another stream has its place", async () => {
    const { streams } = await jetstreamManager(log.connection);
    await archive.extend(log);
    const before = await log.status();
    const refused = retain(log, archive, async (sequence) => {
      await streams.delete(STREAM);
      await streamPurge(log)(sequence);
    }, { days: 0, now: now() });
    await expect(refused).rejects.toThrow(LogReplaced);
    expect(before.events).toBeGreaterThan(0);
    await log.close();
    log = await openJetStream(nats);
    await log.append(policies("another"), 0);
    for (
      const attempt of [
        () => archive.extend(log),
        () => retain(log, archive, streamPurge(log), { days: 0, now: now() }),
      ]
    ) await expect(attempt()).rejects.toMatchObject({ code: "archive_other_log" });
    expect((await all(new ArchivedLog(log, archive))).length).toBe(1);

    await log.append(policies("one more"), 1);
    const anew = await Archive.open(`${folder}/anew`);
    await anew.extend(log);
    await (await jetstreamManager(log.connection)).streams.update(STREAM, { deny_purge: true });
    const denied = retain(log, anew, streamPurge(log), { days: 0, now: now() });
    await expect(denied).rejects.toMatchObject({ code: "purge_refused" });
    await expect(denied).rejects.toThrow("nothing was taken out");
    expect((await log.status()).events).toBe(2);
  });
});

test("Killed (SIGKILL) between archiving and forgetting, again and again, nothing is lost", async () => {
  const [nats, folder] = [await startNats(), await temporary()];
  const log = await openJetStream(nats);
  const child = fileURLToPath(new URL("archive_child.ts", import.meta.url));
  const names: string[] = [];
  try {
    const begins = new Set<number>();
    for (let round = 0; round < 10 || (begins.size < 4 && round < 40); round++) {
      const archiver = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", "-A", child, nats.url, folder],
        env: { WRITER_TOKEN: nats.token },
        stdout: "piped",
      }).spawn();
      await archiver.stdout.getReader().read();
      const end = performance.now() + Math.random() * 600;
      while (performance.now() < end) {
        const some = Array.from({ length: 40 }, (_, at) => `${names.length + at}`);
        await log.append(policies(...some), names.length);
        names.push(...some);
      }
      archiver.kill("SIGKILL");
      await archiver.status;
      const archive = await Archive.open(folder);
      await archive.verify();
      const { first_sequence } = await log.status();
      begins.add(first_sequence);
      expect(first_sequence).toBeLessThanOrEqual(archive.lastSequence + 1);
      let next = 0;
      for await (const { sequence, payload } of new ArchivedLog(log, archive).read()) {
        if (
          sequence !== next + 1 || JSON.parse(new TextDecoder().decode(payload)).data.name !==
            names[next]
        ) expect.fail(`event ${sequence} is not ${names[next]}`);
        next++;
      }
      expect(next).toBe(names.length);
    }
    expect(begins.size).toBeGreaterThanOrEqual(4);
  } finally {
    await log.close();
    await nats.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
