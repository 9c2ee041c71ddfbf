import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import type { EventLog } from "../../src/log/log.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { Snapshots } from "../../src/log/snapshots.ts";

const clock = () => new Date();
const messages = new MessageFactory(clock);
const policies = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) =>
    messages.command("SetPolicy", {
      name: `p${(from + at) % 700}`,
      description: String(from + at),
      severity: "info",
      selector: "true",
      rule: "true",
    }, { actor: "test", source: "declared" }));

let folder: string;
let file: string;
let log: MemoryLog;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-snapshots-" });
  file = join(folder, "inventory.jsonl");
  log = new MemoryLog(clock);
  const handler = await CommandHandler.open(log, messages, { snapshots: new Snapshots(folder) });
  await handler.submit(policies(6_000));
  await handler.close();
  await handler.submit(policies(50, 6_000));
});
afterEach(() => Deno.remove(folder, { recursive: true }));

/** What a handler knows that starts from this folder, and how many events it had to read for that. */
async function start(from = folder) {
  let read = 0;
  const counting: EventLog = {
    name: log.name,
    incarnation: log.incarnation,
    maxEventBytes: log.maxEventBytes,
    append: (...args) => log.append(...args),
    async *read(options) {
      for await (const record of log.read(options)) {
        read++;
        yield record;
      }
    },
    subscribe: (options) => log.subscribe(options),
    lastSequence: () => log.lastSequence(),
    close: () => log.close(),
  };
  const handler = await CommandHandler.open(counting, messages, { snapshots: new Snapshots(from) });
  const content = handler.content();
  content.aggregates.sort(([a], [b]) => a < b ? -1 : 1);
  return { content, read };
}

describe("A snapshot", () => {
  test("equals a cold fold, and only what came after it is read", async () => {
    const warm = await start();
    const cold = await start(join(folder, "none"));
    expect(cold.read).toBe(6_050);
    expect(warm.read).toBe(51); // and the one event by which the log is recognised
    expect(warm.content).toEqual(cold.content);
  });

  test.each<[string, (text: string) => string]>([
    ["empty", () => ""],
    ["cut", (text) => text.slice(0, text.length / 2)],
    ["without its first line", (text) => text.slice(text.indexOf("\n") + 1)],
    ["without its last line", (text) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1)],
    ["altered in one letter", (text) => text.replace(/"p9"/, '"q9"')],
    ["of other code", (text) => text.replace(/"domain":"../, '"domain":"xx')],
    ["of another log", (text) => text.replace(/"log":"[^"]*"/, '"log":"other"')],
    ["of another incarnation", (text) => text.replace(/"incarnation":"../, '"incarnation":"xx')],
    ["something else", () => "null\nnull"],
  ])("that is %s is passed over, and the log is read", async (_, damage) => {
    const before = await Deno.readTextFile(file);
    const after = damage(before);
    expect(after).not.toBe(before);
    await Deno.writeTextFile(file, after);
    const { content, read } = await start();
    expect(read).toBe(6_050);
    expect(content).toEqual((await start(join(folder, "none"))).content);
  });

  test("of a log that was put back to before it is passed over", async () => {
    const shorter = new MemoryLog(clock);
    Object.assign(shorter, { incarnation: log.incarnation });
    const records = (await Array.fromAsync(log.read({ to: 900 }))).map(({ payload }) => ({
      subject: "infrastructure.policy.set",
      payload,
    }));
    await shorter.append(records, 0);
    log = shorter;
    expect((await start()).read).toBe(900);
  });

  test("of a log with other events in the same places is passed over", async () => {
    const other = new MemoryLog(clock);
    Object.assign(other, { incarnation: log.incarnation });
    await (await CommandHandler.open(other, messages)).submit(policies(6_050));
    log = other;
    expect((await start()).read).toBe(6_051);
  });

  test("is written anew only when enough has happened, and is private", async () => {
    const snapshots = new Snapshots(folder);
    const handler = await CommandHandler.open(log, messages, { snapshots });
    const before = await Deno.readTextFile(file);
    await handler.close();
    expect(await Deno.readTextFile(file)).toBe(before);
    await handler.submit(policies(5_000, 7_000));
    await handler.close();
    expect(await Deno.readTextFile(file)).not.toBe(before);
    expect((await start()).read).toBe(1);
    if (Deno.build.os !== "windows") expect((await Deno.stat(file)).mode! & 0o077).toBe(0);
    expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toEqual(["inventory.jsonl"]);
  });

  test("is written by a handler that works for long, and by one that had to read for long", async () => {
    const at = async (name: string) =>
      JSON.parse(
        (await Deno.readTextFile(join(folder, name, "inventory.jsonl"))).split("\n").at(-2)!,
      );
    const open = (name: string) =>
      CommandHandler.open(log, messages, { snapshots: new Snapshots(join(folder, name)) });
    const handler = await open("working");
    await handler.submit(policies(50_000, 10_000));
    await vi.waitFor(async () => expect(await at("working")).toMatchObject({ sequence: 56_050 }));
    await open("reading");
    expect(await at("reading")).toMatchObject({ sequence: 56_050 });
  });

  test("that cannot be written is no error", async () => {
    await Deno.writeTextFile(join(folder, "file"), "");
    const snapshots = new Snapshots(join(folder, "file"));
    const handler = await CommandHandler.open(log, messages, { snapshots });
    await handler.close();
    expect((await start()).read).toBe(51);
  });
});
