/** Whatever happens to the typed copies of an archive, what a replay gives is right. */
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import type { MemoryLog } from "../../src/log/memory.ts";
import { TYPED } from "../../src/projections/sql/typed.ts";
import { replay, type ReplayOptions } from "../../src/replay/replay.ts";
import { TypedCache } from "../../src/replay/typed_cache.ts";
import { mixedLog } from "./mixed_log.ts";
import { everything } from "./tables.ts";

const root = Deno.makeTempDirSync({ prefix: "cim-typed-test-" });
const temporary = join(root, "temporary");
Deno.mkdirSync(temporary);
Deno.env.set("TMPDIR", temporary);
afterAll(() => Deno.remove(root, { recursive: true }));

let log: MemoryLog;
let archive: Archive;
let clean: unknown;
let typed: string;

async function seen(options: ReplayOptions = {}) {
  await using model = await replay(archive, options);
  return await everything(model);
}

/** The copies of segments, and nothing else. */
function copies(): string[] {
  return [...Deno.readDirSync(typed)].map(({ name }) => name).filter((name) =>
    name !== ".lock" && name !== ".replacing"
  )
    .sort();
}

beforeAll(async () => {
  ({ log } = await mixedLog());
  archive = await Archive.open(join(root, "archive"), { records: 8, small: 1_000 });
  await archive.extend(log);
  typed = join(archive.folder, "typed");
  clean = await seen({ afresh: true });
});
beforeEach(async () => {
  const cache = await TypedCache.open(archive);
  await cache.typed(archive.segments);
  await cache.close();
  expect(copies()).toHaveLength(archive.segments.length);
});

describe("A copy that is not as it was written is made anew:", () => {
  const flip = (bytes: Uint8Array, at: number) => {
    bytes[at]! ^= 1 << (at % 8);
    return bytes;
  };
  const alter = (change: (manifest: { parked: unknown[]; skipped: number[] }) => unknown) =>
  (
    bytes: Uint8Array,
  ) => {
    const manifest = JSON.parse(new TextDecoder().decode(bytes));
    return new TextEncoder().encode(JSON.stringify(change(manifest) ?? manifest));
  };
  const damages: [string, string, (bytes: Uint8Array) => Uint8Array | undefined][] = [
    ["truncated", "typed_events.parquet", (bytes) => bytes.slice(0, bytes.length >> 1)],
    ["empty", "typed_points.parquet", () => new Uint8Array()],
    ["removed", "typed_changes.parquet", () => undefined],
    ["flipped at its beginning", "typed_events.parquet", (bytes) => flip(bytes, 1)],
    ["flipped in the middle", "typed_events.parquet", (bytes) => flip(bytes, bytes.length >> 1)],
    ["flipped at its end", "typed_series.parquet", (bytes) => flip(bytes, bytes.length - 6)],
    ["without a manifest", "manifest.json", () => undefined],
    ["with a torn manifest", "manifest.json", (bytes) => bytes.slice(0, 40)],
    ["with an empty manifest", "manifest.json", alter(() => ({}))],
    ["with a manifest that is null", "manifest.json", () => new TextEncoder().encode("null")],
    [
      "with another number of what was passed over",
      "manifest.json",
      alter((one) => {
        one.skipped.push(1);
      }),
    ],
    [
      "with nothing parked",
      "manifest.json",
      alter((one) => {
        one.parked = [];
      }),
    ],
  ];
  test.each(damages)("%s, %s", async (_, name, damage) => {
    for (const copy of copies()) {
      const path = join(typed, copy, name);
      const damaged = damage(await Deno.readFile(path));
      if (damaged) await Deno.writeFile(path, damaged);
      else await Deno.remove(path);
    }
    expect(await seen()).toEqual(clean);
    expect(copies()).toHaveLength(archive.segments.length);
  });

  test("other things of its name, and a folder that is gone", async () => {
    const [first, second] = copies();
    await Deno.remove(join(typed, first!), { recursive: true });
    await Deno.writeTextFile(join(typed, first!), "a file");
    await Deno.remove(join(typed, second!, "typed_events.parquet"));
    await Deno.mkdir(join(typed, second!, "typed_events.parquet"));
    expect(await seen()).toEqual(clean);
    await Deno.remove(typed, { recursive: true });
    expect(await seen()).toEqual(clean);
    expect(copies()).toEqual([first, second, copies()[2]]);
  });
});

test("What a killed process left, and what is of no segment any more, is removed while nobody reads", async () => {
  await Deno.mkdir(join(typed, ".part-killed", "3"), { recursive: true });
  await Deno.writeTextFile(join(typed, ".part-killed", "3", "typed_events.parquet"), "half");
  await Deno.mkdir(join(typed, "of-another-version"));
  const reader = await TypedCache.open(archive);
  expect(await seen()).toEqual(clean);
  expect(copies()).toContain(".part-killed");
  expect(copies()).toContain("of-another-version");
  await reader.close();
  expect(copies()).toHaveLength(archive.segments.length);
});

test("Several that make them at once each get the right tables, and leave one copy of each", async () => {
  const removals = [
    () => Deno.remove(typed, { recursive: true }),
    async () => {
      for (const copy of copies()) await Deno.writeTextFile(join(typed, copy, "manifest.json"), "");
    },
  ];
  for (const damage of removals) {
    await damage();
    const made = async () => {
      const cache = await TypedCache.open(archive);
      const typed = await cache.typed(archive.segments);
      for (const { folder } of typed) {
        for (const name of TYPED) await Deno.stat(join(folder, `${name}.parquet`));
      }
      await cache.close();
    };
    await Promise.all(Array.from({ length: 8 }, made));
    expect(copies()).toHaveLength(archive.segments.length);
    expect(await seen()).toEqual(clean);
  }
});

test("Where the archive's folder cannot be written they are made elsewhere, and gone afterwards", async () => {
  await Deno.remove(typed, { recursive: true });
  await Deno.writeTextFile(typed, "no folder");
  expect(await seen()).toEqual(clean);
  expect([...Deno.readDirSync(temporary)]).toEqual([]);
  await Deno.remove(typed);
});

test("One that is stopped leaves nothing behind", async () => {
  for (let at = 0; at < 3; at++) {
    await Deno.remove(typed, { recursive: true });
    const stop = new AbortController();
    let told = 0;
    const stopped = seen({
      signal: stop.signal,
      onProgress: () => told++ === at && stop.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  }
  expect(copies().filter((name) => name.startsWith("."))).toEqual([]);
  expect([...Deno.readDirSync(temporary)]).toEqual([]);
});

test("A reader keeps its copies while others merge the segments they are of", async () => {
  const reader = await TypedCache.open(archive);
  const [first] = await reader.typed(archive.segments);
  const merging = await Archive.open(archive.folder, { records: 100, small: 2 });
  await log.append([{ subject: "a.b", payload: new Uint8Array([1]) }], await log.lastSequence());
  await merging.extend(log);
  expect(merging.segments).toHaveLength(1);
  await (await replay(merging)).close();
  for (const name of TYPED) await Deno.stat(join(first!.folder, `${name}.parquet`));
  await reader.close();
  expect(copies()).toHaveLength(1);
});
