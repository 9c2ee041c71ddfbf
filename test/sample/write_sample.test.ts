/** A sample on disk is whole, the same each time, or not there. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Archive } from "../../src/log/archive.ts";
import { decodeEvent } from "../../src/domain/event.ts";
import { SAMPLE_DEFAULTS, SampleError } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir({ prefix: "cim-sample-" });
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const options = { ...SAMPLE_DEFAULTS, resources: 10, days: 2 };
const names = (of: string) => [...Deno.readDirSync(of)].map(({ name }) => name).sort();

test("A sample is an archive that verifies, with its ground truth beside it", async () => {
  const truth = await writeSample(`${folder}/deep/fleet`, options);
  const archive = await Archive.open(`${folder}/deep/fleet`);
  expect((await archive.verify()).events).toBe(truth.events);
  const ids = new Set<string>();
  for await (const record of archive.read()) ids.add(decodeEvent(record).event_id);
  const told = JSON.parse(await Deno.readTextFile(`${folder}/deep/fleet/ground_truth.json`));
  expect(told).toEqual(truth);
  for (const { event_ids } of truth.incidents) {
    for (const id of event_ids) expect(ids.has(id)).toBe(true);
  }
  expect(names(`${folder}/deep`)).toEqual(["fleet"]);
});

test("The same options give the same files, and others another log", async () => {
  for (const [name, seed] of [["one", 3], ["same", 3], ["other", 4]] as const) {
    await writeSample(`${folder}/${name}`, { ...options, seed });
  }
  const text = (name: string) => Deno.readTextFileSync(`${folder}/${name}/manifest.json`);
  expect(text("same")).toBe(text("one"));
  expect(names(`${folder}/same`)).toEqual(names(`${folder}/one`));
  for (const file of names(`${folder}/one`)) {
    expect(Deno.readFileSync(`${folder}/same/${file}`)).toEqual(
      Deno.readFileSync(`${folder}/one/${file}`),
    );
  }
  const incarnation = (name: string) => JSON.parse(text(name)).incarnation;
  expect(incarnation("other")).not.toBe(incarnation("one"));
});

test("An empty folder is taken, and one with something in it refused and left as it is", async () => {
  await Deno.mkdir(`${folder}/empty`);
  await writeSample(`${folder}/empty`, options);
  const before = names(`${folder}/empty`);
  await expect(writeSample(`${folder}/empty`, options)).rejects.toBeInstanceOf(SampleError);
  await expect(writeSample(`${folder}/empty`, options)).rejects.toMatchObject({
    code: "sample_folder_taken",
  });
  expect(names(`${folder}/empty`)).toEqual(before);
  expect(names(folder)).toEqual(["empty"]);
});

test("One that is interrupted leaves nothing", async () => {
  const stop = new AbortController();
  const writing = writeSample(`${folder}/fleet`, { ...options, days: 30 }, {
    signal: stop.signal,
    onProgress: (events) => {
      if (events >= 20_000) stop.abort(new Error("enough"));
    },
  });
  await expect(writing).rejects.toThrow("enough");
  expect(names(folder)).toEqual([]);
});

test("It is told how far it is", async () => {
  const told: number[] = [];
  await writeSample(`${folder}/fleet`, { ...options, days: 5 }, {
    onProgress: (_, share) => told.push(share),
  });
  expect(told.length).toBeGreaterThan(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBeLessThanOrEqual(1);
});
