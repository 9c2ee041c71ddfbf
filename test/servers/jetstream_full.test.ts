/** No room: on the disk, in what JetStream may use, in the stream, in a message. */
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, describe, expect, test } from "vitest";
import type { EncodedEvent } from "../../src/domain/event.ts";
import { embeddedServer } from "../../src/log/embedded.ts";
import { type JetStreamLog, openJetStream, STREAM } from "../../src/log/jetstream.ts";
import { LogFull } from "../../src/log/log.ts";
import { policies } from "../log/contract.ts";
import { program } from "./embedded_user.ts";
import { startServer } from "./nats_process.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const TOKEN = "of-the-full-one";
const lines = `authorization { token: "${TOKEN}" }`;

/** Events that no compression makes smaller. */
function large(count: number, bytes: number): EncodedEvent[] {
  return Array.from({ length: count }, () => {
    const payload = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) {
      crypto.getRandomValues(payload.subarray(at, Math.min(bytes, at + 65_536)));
    }
    return { subject: "infrastructure.policy.set", payload };
  });
}

/** A disk of its own, or undefined where we may not mount one. */
async function disk(megabytes: number): Promise<string | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "cim-disk-" });
  undo.push(() => Deno.remove(folder, { recursive: true }));
  const run = async (command: string, ...args: string[]) =>
    (await new Deno.Command(command, { args }).output().catch(() => ({ success: false }))).success;
  if (!await run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder)) return;
  undo.push(() => run("umount", folder));
  return folder;
}

async function opened(options: Parameters<typeof openJetStream>[0]): Promise<JetStreamLog> {
  const log = await openJetStream(options);
  undo.push(() => log.close());
  return log;
}

/** Appends the same again and again until there is no room; the last sequence that was acknowledged. */
async function fill(log: JetStreamLog, events: () => EncodedEvent[]): Promise<number> {
  for (let last = await log.lastSequence();;) {
    try {
      last = await log.append(events(), last);
    } catch (error) {
      expect(error).toBeInstanceOf(LogFull);
      expect(error).toMatchObject({ code: "log_full" });
      // Nothing half-written, and what was acknowledged is there.
      expect(await log.lastSequence()).toBe(last);
      return last;
    }
  }
}

describe("When there is no room, nothing is half-written, and the same log goes on once there is", () => {
  test.each([
    ["in what JetStream may use", "max_file_store: 4MB", undefined],
    ["in the stream", "", 4_000_000],
  ])("%s", async (_, jetstream, max_bytes) => {
    const server = await startServer({ lines, jetstream });
    undo.push(() => server.stop());
    const log = await opened({ url: server.url, token: TOKEN });
    const { streams } = await jetstreamManager(log.connection);
    if (max_bytes) await streams.update(STREAM, { max_bytes, discard: "new" });
    for (const count of [7, 1]) {
      const last = await fill(log, () => large(count, 100_000));
      await expect(log.append(large(count, 100_000), last)).rejects.toThrow(/full.*run this again/);
    }
    const last = await log.lastSequence();
    await streams.purge(STREAM, { keep: 2 });
    expect(await log.append(large(7, 100_000), last)).toBe(last + 7);
  });

  test("on the disk of the embedded server, which is left some for itself", async () => {
    const folder = await disk(40) ?? await Deno.makeTempDir();
    const server = await embeddedServer({ folder: `${folder}/nats`, program });
    undo.push(() => server.release());
    const free = await server.room();
    expect(free).toBeGreaterThan(10_000_000);
    let taken = 0; // by others, where there is no disk of our own to fill
    const real = free < 45_000_000;
    const room = async () => await server.room() - (real ? 0 : free - 40_000_000 + taken);
    const log = await opened({ ...server, room });
    expect(await log.append(policies("a", "b"), 0)).toBe(2);
    taken = 28_000_000;
    if (real) await Deno.writeFile(`${folder}/others`, new Uint8Array(taken));
    const full = log.append(policies("c"), 2);
    await expect(full).rejects.toMatchObject({ code: "log_full" });
    await expect(full).rejects.toThrow(/disk has 1\d MB left; make room for at least \d\d MB/);
    expect(await log.lastSequence()).toBe(2);
    taken = 0;
    if (real) await Deno.remove(`${folder}/others`);
    expect(await log.append(policies("d", "e"), 2)).toBe(4);
  });

  test("on the disk of a server that is not ours", async () => {
    const folder = await disk(8);
    // Where we may not mount: what a server with no room at all is to a batch, which is the same to us.
    const server = await startServer({
      lines,
      ...(folder ? { folder } : { jetstream: "max_file_store: 1MB" }),
    });
    undo.push(() => server.stop());
    const log = await opened({ url: server.url, token: TOKEN });
    expect(await log.append(policies("a", "b"), 0)).toBe(2);
    if (folder) {
      // All of it but half a megabyte.
      const others = await Deno.open(`${folder}/others`, { write: true, create: true });
      const chunk = new Uint8Array(100_000);
      for (let size = 0; size < 7_400_000; size += chunk.length) await others.write(chunk);
      others.close();
    }
    await expect(log.append(large(20, 100_000), 2)).rejects.toMatchObject({ code: "log_full" });
    expect(await log.lastSequence()).toBe(2);
    if (folder) await Deno.remove(`${folder}/others`);
    expect(await log.append(policies("c", "d"), 2)).toBe(4);
  });
});

test("A server that takes only small messages says so before anything is sent", async () => {
  const server = await startServer({ lines: `${lines}\nmax_payload: 64KB` });
  undo.push(() => server.stop());
  const log = await opened({ url: server.url, token: TOKEN });
  const most = log.maxEventBytes;
  expect(most).toBe(64 * 1024 - 1024);
  expect(await log.append(large(1, most), 0)).toBe(1);
  expect(await log.append(large(1000, 500), 1)).toBe(1001);
  expect(await log.append(large(3, most), 1001)).toBe(1004);
  await expect(log.append([...policies("a"), ...large(1, most + 1)], 1004)).rejects.toThrow(
    RangeError,
  );
  expect(await log.lastSequence()).toBe(1004);
  const { streams } = await jetstreamManager(log.connection);
  await streams.update(STREAM, { max_msg_size: 32 * 1024 });
  await expect(log.append(large(1, most), 1004)).rejects.toThrow(/max_msg_size/);
  const again = await opened({ url: server.url, token: TOKEN });
  expect(again.maxEventBytes).toBe(31 * 1024);
  expect(await again.append(large(2, 31 * 1024), 1004)).toBe(1006);
});
