/** Whatever happens to those who extend an archive, it is whole. */
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { ForgetfulLog, madeLog, madeRecord } from "./archive_history.ts";

const undo: (() => Promise<unknown>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-archive-" });
  undo.push(() => Deno.remove(folder, { recursive: true }));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const child = (step: number, until: number, stdout: "piped" | "null" = "piped") =>
  new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "-A"],
      fileURLToPath(new URL("archive_child.ts", import.meta.url)),
      ...[folder, String(step), String(until)],
    ],
    stdout,
  }).spawn();

/** Every event there is as it was made; how many there are. */
async function count(archive: Archive): Promise<number> {
  let next = 1;
  for await (const record of archive.read()) {
    const made = madeRecord(next++);
    if (record.recorded_at !== made.recorded_at || `${record.payload}` !== `${made.payload}`) {
      throw new Error(`event ${record.sequence} is another one`);
    }
  }
  return next - 1;
}

test("Killed (SIGKILL) in the middle of it twenty times, it has what was done before and nothing in part", async () => {
  let acknowledged = 0;
  let inTheMiddle = 0;
  for (let round = 0; round < 20; round++) {
    // Many small ones with their merging, and large ones.
    const writer = child([150, 5_000][round % 2]!, 1e9);
    let text = "";
    for await (const chunk of writer.stdout.pipeThrough(new TextDecoderStream())) {
      if (text === "") setTimeout(() => writer.kill("SIGKILL"), Math.random() * 120);
      text += chunk;
    }
    await writer.status;
    const printed = text.split("\n").slice(0, -1).filter((line) => line !== "begun");
    acknowledged = Math.max(acknowledged, ...printed.map(Number));
    const archive = await Archive.open(folder);
    inTheMiddle += Number([...Deno.readDirSync(folder)].some(({ name }) => name.endsWith(".part")));
    expect((await archive.verify()).events).toBe(archive.lastSequence);
    expect(archive.lastSequence).toBeGreaterThanOrEqual(acknowledged);
    expect(await count(archive)).toBe(archive.lastSequence);
  }
  expect(acknowledged).toBeGreaterThan(10_000);
  expect(inTheMiddle).toBeGreaterThan(2);
  const archive = await Archive.open(folder);
  await archive.extend(madeLog(archive.lastSequence + 10_000));
  const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
  expect(left.length, left.join(" ")).toBe(archive.segments.length + 2); // manifest and lock
});

test("Three processes that extend it at once archive each event once", async () => {
  const writers = [700, 900, 1_100].map((step) => child(step, 60_000, "null"));
  const reader = await Archive.open(folder);
  let reads = 0;
  for (let events = 0; events < 60_000; reads++) {
    await reader.refresh();
    events = await count(reader);
  }
  expect(reads).toBeGreaterThan(1);
  for (const writer of writers) expect((await writer.status).success).toBe(true);
  expect((await (await Archive.open(folder)).verify()).events).toBe(60_000);
});

describe("On a full disk", () => {
  test("it says so, is what it was before, and goes on once there is room", async () => {
    const mounted = await new Deno.Command("mount", {
      args: ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder],
    }).output().then(({ success }) => success, () => false);
    if (!mounted) return expect(Deno.uid(), "root has to be able to mount").not.toBe(0);
    undo.push(() => new Deno.Command("umount", { args: [folder] }).output());
    const log = new ForgetfulLog();
    const noise = () => crypto.getRandomValues(new Uint8Array(50_000));
    await log.add(...Array.from({ length: 10 }, noise));
    const archive = await Archive.open(folder, { records: 8 });
    await archive.extend(log);
    await log.add(...Array.from({ length: 60 }, noise));
    const full = archive.extend(log);
    await expect(full).rejects.toMatchObject({ code: "archive_full" });
    await expect(full).rejects.toThrow(`the disk of ${folder} is full; make room`);
    const again = await Archive.open(folder);
    const { events } = await again.verify();
    expect(events).toBeGreaterThanOrEqual(10);
    expect(events).toBeLessThan(60);
    // Nothing of the attempt takes away room.
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    expect(left.length, left.join(" ")).toBeLessThanOrEqual(again.segments.length + 2);
    await new Deno.Command("mount", { args: ["-o", "remount,size=20m", folder] }).output();
    expect(await archive.extend(log)).toBe(70 - events);
    expect(await Array.fromAsync(archive.read())).toEqual(await Array.fromAsync(log.read()));
  });
});
