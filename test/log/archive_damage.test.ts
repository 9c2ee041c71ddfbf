/** Whatever is done to an archive's files is seen, and named, before anything of it is believed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Archive, ArchiveError } from "../../src/log/archive.ts";
import { type ArchiveManifest, manifestOf } from "../../src/log/archive_manifest.ts";
import { madeLog, madeRecord } from "./archive_history.ts";

const LAST = 450;
let root: string;
let sound: Map<string, Uint8Array>;
let folder: string;
let names: string[];
let manifest: ArchiveManifest;

beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "cim-damage-" });
  const archive = await Archive.open(`${root}/sound`, { records: 100 });
  await archive.extend(madeLog(LAST));
  sound = new Map();
  for await (const { name } of Deno.readDir(`${root}/sound`)) {
    sound.set(name, await Deno.readFile(`${root}/sound/${name}`));
  }
  names = archive.segments.map(({ file }) => file);
  expect(names.length).toBe(5);
  manifest = JSON.parse(new TextDecoder().decode(sound.get("manifest.json")));
  folder = `${root}/damaged`;
});
afterAll(() => Deno.remove(root, { recursive: true }));

beforeEach(async () => {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder);
  for (const [name, bytes] of sound) await Deno.writeFile(`${folder}/${name}`, bytes);
});

const write = (name: string, bytes: Uint8Array | string) =>
  Deno.writeFile(
    `${folder}/${name}`,
    typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
  );

/** The error that a reader meets; what it has read by then is what was archived. */
async function met(read: () => Promise<unknown>): Promise<ArchiveError> {
  const error = await read().then(() => undefined, (error) => error);
  expect(error, "it is not seen").toBeInstanceOf(ArchiveError);
  expect(error.message).not.toContain("\n");
  return error;
}

async function readThrough(archive: Archive): Promise<void> {
  let next = 1;
  for await (const record of archive.read()) {
    const made = madeRecord(next++);
    if (record.sequence !== made.sequence || record.recorded_at !== made.recorded_at) {
      throw new Error(`wrong place ${record.sequence}`);
    }
    if (record.payload.some((byte, at) => byte !== made.payload[at])) {
      throw new Error(`wrong payload ${record.sequence}`);
    }
  }
}

/** Damage is seen by whoever opens it, by whoever has it open and reads, and by whoever verifies. */
async function expectSeen(code: string, named: string, opens: boolean): Promise<void> {
  const seen = async (read: () => Promise<unknown>) => {
    const error = await met(read);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(named)]);
    expect(error.message).toContain("put it back from a copy");
  };
  if (!opens) return await seen(() => Archive.open(folder));
  const archive = await Archive.open(folder);
  await seen(() => readThrough(archive));
  await seen(() => archive.verify());
}

const flipped = (bytes: Uint8Array, at: number, bit = at % 8) => {
  const other = bytes.slice();
  other[at]! ^= 1 << bit;
  return other;
};

describe("In a segment,", () => {
  test("a flipped bit in any byte is seen before a single event of it is given out", async () => {
    for (const name of [names[0]!, names[4]!]) {
      const bytes = sound.get(name)!;
      for (let at = 0; at < bytes.length; at++) {
        await write(name, flipped(bytes, at));
        await expectSeen("archive_altered", name, true);
      }
      await write(name, bytes);
    }
  });

  test("a cut at any byte is seen when the archive is opened", async () => {
    const bytes = sound.get(names[2]!)!;
    for (let length = 0; length < bytes.length; length++) {
      await write(names[2]!, bytes.subarray(0, length));
      await expectSeen("archive_torn", names[2]!, false);
    }
  });

  test("bytes behind its end are seen", async () => {
    await write(names[1]!, new Uint8Array([...sound.get(names[1]!)!, 0]));
    await expectSeen("archive_altered", names[1]!, false);
  });

  test("a file that is not there is missing, also for one who has the archive open", async () => {
    const open = await Archive.open(folder);
    await Deno.remove(`${folder}/${names[3]}`);
    for (const read of [() => readThrough(open), () => open.verify()]) {
      expect(await met(read)).toMatchObject({ code: "archive_missing" });
    }
    await expectSeen("archive_missing", names[3]!, false);
  });

  test("the file of another is seen, whether they are swapped or one is there twice", async () => {
    await write(names[1]!, sound.get(names[2]!)!);
    await expect(Archive.open(folder).then((archive) => archive.verify())).rejects.toThrow(
      names[1]!,
    );
    await write(names[2]!, sound.get(names[1]!)!);
    await expect(Archive.open(folder).then((archive) => archive.verify())).rejects.toThrow(
      names[1]!,
    );
  });
});

describe("In the manifest,", () => {
  const edited = (edit: (manifest: ArchiveManifest) => unknown) => {
    const copy = structuredClone(manifest);
    edit(copy);
    return write("manifest.json", textLike(copy));
  };
  /** As it is written: only the values are other ones. */
  const textLike = ({ segments, chain, ...head }: ArchiveManifest) =>
    `${JSON.stringify(head).slice(0, -1)},"segments":[\n${
      segments.map((segment) => JSON.stringify(segment)).join(",\n")
    }\n],"chain":"${chain}"}\n`;

  test("a flipped bit in any byte is seen", async () => {
    const bytes = sound.get("manifest.json")!;
    await edited(() => {});
    await (await Archive.open(folder)).verify(); // edited without a change it is the same
    for (let at = 0; at < bytes.length; at++) {
      await write("manifest.json", flipped(bytes, at));
      const error = await met(() => Archive.open(folder));
      expect(error.message).toMatch(/manifest/);
    }
  });

  test("a cut at any byte is seen", async () => {
    const bytes = sound.get("manifest.json")!;
    for (let length = 0; length < bytes.length; length += 3) {
      await write("manifest.json", bytes.subarray(0, length));
      await expectSeen("archive_altered", "manifest.json", false);
    }
  });

  test("its absence is seen where there are segments, also by one who has the archive open", async () => {
    const open = await Archive.open(folder);
    await Deno.remove(`${folder}/manifest.json`);
    await expectSeen("archive_missing", "manifest.json", false);
    expect(await met(() => open.refresh())).toMatchObject({ code: "archive_missing" });
    expect(await met(() => open.extend(madeLog(LAST + 1)))).toMatchObject({
      code: "archive_missing",
    });
  });

  test.each<[string, string, (manifest: ArchiveManifest) => unknown]>([
    ["a segment that is taken out", "archive_gap", ({ segments }) => segments.splice(2, 1)],
    ["the first one taken out", "archive_gap", ({ segments }) => segments.shift()],
    ["the last one taken out", "archive_altered", ({ segments }) => segments.pop()],
    [
      "a segment that is there twice",
      "archive_overlap",
      ({ segments }) => segments.splice(2, 0, segments[1]!),
    ],
    ["two that are swapped", "archive_gap", ({ segments: s }) => [s[1], s[2]] = [s[2]!, s[1]!]],
    ["another count", "archive_altered", ({ segments }) => segments[3]!.count--],
    ["another log", "archive_altered", (manifest) => manifest.log = "other"],
    ["another incarnation", "archive_altered", (manifest) => manifest.incarnation = "other"],
    ["another hash", "archive_altered", ({ segments: s }) => s[3]!.sha256 = s[2]!.sha256],
    [
      "another chain",
      "archive_altered",
      ({ segments: s }) => s[3]!.chain = s[2]!.chain,
    ],
    ["another end of the chain", "archive_altered", (m) => m.chain = m.segments[3]!.chain],
    [
      "two segments said to be one, consistently",
      "archive_altered",
      ({ segments: s }) => {
        const [one, other] = s.splice(1, 2);
        s.splice(1, 0, {
          ...one!,
          file: `${one!.file.slice(0, 17)}${other!.file.slice(17)}`,
          last_sequence: other!.last_sequence,
          count: one!.count + other!.count,
          bytes: one!.bytes + other!.bytes,
          frames: [...one!.frames, ...other!.frames],
        });
      },
    ],
    ["a file outside of the folder", "archive_altered", ({ segments }) => {
      segments[1]!.file = "../" + segments[1]!.file;
    }],
    ["a field that nobody knows", "archive_altered", (m) => Object.assign(m, { more: 1 })],
  ])("%s: %s", async (what, code, edit) => {
    await edited(edit);
    const isOfOne = ["another count", "another hash", "another chain"].includes(what);
    await expectSeen(code, isOfOne ? names[3]! : "", false);
  });

  test("even a space is seen that says nothing", async () => {
    const text = new TextDecoder().decode(sound.get("manifest.json")!);
    await write("manifest.json", text.replace(":", ": "));
    await expectSeen("archive_altered", "manifest.json", false);
  });

  test("also what is chained anew is held against the files", async () => {
    const right = manifest.segments.map(({ chain: _, ...segment }) => segment);
    const rechained = (change: (segments: typeof right) => unknown) => {
      const segments = structuredClone(right);
      change(segments);
      return write("manifest.json", textLike(manifestOf(manifest, segments)));
    };
    await rechained((segments) => segments[1]!.sha256 = segments[2]!.sha256);
    await expectSeen("archive_altered", names[1]!, true);
    await rechained((segments) => segments[1]!.last_payload_sha256 = segments[2]!.sha256);
    await expectSeen("archive_altered", names[1]!, true);
    await rechained((segments) => segments[1]!.first_recorded_at = "2026-11-24T10:00:00.000000Z");
    await expectSeen("archive_altered", names[1]!, true);
    await rechained((segments) => segments[1]!.line_bytes++);
    await expectSeen("archive_altered", names[1]!, true);
    await rechained((segments) => segments[1]!.frames = [[segments[1]!.bytes - 1, 99], [1, 1]]);
    await expectSeen("archive_altered", names[1]!, true);
    await rechained((segments) => segments.splice(1, 1));
    await expectSeen("archive_gap", names[2]!, false);
    await rechained((segments) => segments.splice(1, 0, segments[1]!));
    await expectSeen("archive_overlap", names[1]!, false);
  });

  test("one of a newer program says so", async () => {
    await write("manifest.json", JSON.stringify({ format: 2, parts: [] }));
    expect(await met(() => Archive.open(folder))).toMatchObject({ code: "archive_newer" });
  });
});

test("An older manifest that is put back loses nothing: newer segments stay until what is in them is archived again", async () => {
  const archive = await Archive.open(folder, { records: 100 });
  await archive.extend(madeLog(900));
  await write("manifest.json", sound.get("manifest.json")!);
  for (const name of names) await write(name, sound.get(name)!);
  const older = await Archive.open(folder, { records: 100 });
  const log = madeLog(900);
  const purged = { ...log, read: () => log.read({ from: 800 }) };
  expect(await met(() => older.extend(purged))).toMatchObject({ code: "archive_gap" });
  const there = [...Deno.readDirSync(folder)].map(({ name }) => name);
  expect(there).toContain("0000000000000701-0000000000000800.tsv.zst");
  expect(await older.extend(log)).toBe(450);
  expect((await older.verify()).segments).toBe(9);
});
