/** `cim archive`, as a process. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Place } from "./cim.ts";

let place: Place;
const archived = () => join(place.folder, "data", "local", "archive");
beforeAll(async () => {
  place = await Place.make();
  const lines = Array.from(
    { length: 20 },
    (_, at) =>
      JSON.stringify({
        command: "DefineNetwork",
        data: { name: `n${at}`, cidr: `10.0.${at}.0/24` },
      }),
  );
  const { code, err } = await place.run(["submit", "-"], { stdin: lines.join("\n") });
  expect(code, err).toBe(0);
});
afterAll(() => place?.[Symbol.asyncDispose]());

const json = async (...args: string[]) => {
  const { code, out, err } = await place.run(["archive", "--json", ...args]);
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

const network = (name: string, octet: number) =>
  `{"command":"DefineNetwork","data":{"name":"${name}","cidr":"10.1.${octet}.0/24"}}`;

test("Whoever writes archives it, and readers do not", async () => {
  expect(await json("--verify")).toMatchObject({ segments: 1, events: 20 });
  await Deno.rename(archived(), `${archived()}-away`);
  for (const args of [["log"], ["status"], ["sql", "SELECT 1"]]) {
    const { code, err } = await place.run(args);
    expect(code, err).toBe(0);
  }
  await expect(Deno.stat(archived())).rejects.toThrow(Deno.errors.NotFound);
});

test("cim archive archives what is new, and says what is in the archive", async () => {
  expect(await json()).toEqual({
    folder: archived(),
    segments: 1,
    events: 20,
    first_sequence: 1,
    last_sequence: 20,
    first_recorded_at: expect.stringMatching(/^\d{4}-.*Z$/),
    last_recorded_at: expect.stringMatching(/^\d{4}-.*Z$/),
    bytes: expect.any(Number),
    seconds: expect.any(Number),
    added: 20,
  });
  const again = await place.run(["archive"]);
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/^Archive +20 events in 1 segment, sequences 1 to 20, [\d.]+ kB$/m);
  expect(again.out).toMatch(/^Added +0 events$/m);
  const more = await place.run(["submit", "-"], { stdin: network("more", 0) });
  expect(more.code, more.err).toBe(0);
  expect(await json()).toMatchObject({ segments: 2, events: 21, added: 0 });
});

test("An archive that cannot be extended is a line, and stops nobody who writes", async () => {
  await Deno.rename(archived(), `${archived()}-put-by`);
  await Deno.mkdir(archived());
  await Deno.mkdir(`${archived()}/archive.lock`);
  const { code, err } = await place.run(["submit", "-"], { stdin: network("unlucky", 1) });
  expect(code).toBe(0);
  expect(err).toMatch(/^cim: not every event is archived in .*; deno task cim archive archives/m);
  await Deno.remove(archived(), { recursive: true });
  await Deno.rename(`${archived()}-put-by`, archived());
  const next = await place.run(["submit", "-"], { stdin: network("unlucky", 1) });
  expect(next.err).not.toContain("archived");
  expect(await json("--verify")).toMatchObject({ events: 22 });
});

test("cim archive --retain lets the stream forget what is old, and keeps the rest", async () => {
  expect(await json("--retain", "30")).toMatchObject({
    events: 22,
    retained: { forgotten: 0, first_sequence: 1, days: 30 },
  });
  const { code, out, err } = await place.run(["archive", "--retain", "0"]);
  expect(code, err).toBe(0);
  expect(out).toMatch(
    /^Stream +21 events older than 0 days forgotten; it begins at sequence 22$/m,
  );
  expect((await place.run(["archive", "--retain", "soon"])).code).toBe(2);
  expect((await place.run(["archive", "--retain", "1", "--verify"])).code).toBe(2);
});

test("cim archive --verify reads every byte, and names what is not as it was written", async () => {
  expect(await json("--verify")).toMatchObject({ segments: 3, events: 22, verified: true });
  const folder = archived();
  const file = "0000000000000001-0000000000000020.tsv.zst";
  const bytes = await Deno.readFile(`${folder}/${file}`);
  bytes[50]! ^= 4;
  await Deno.writeFile(`${folder}/${file}`, bytes);
  const { code, err } = await place.run(["archive", "--verify"]);
  expect(code).toBe(1);
  expect(err).toContain(`${file} was altered`);
  expect(err).not.toContain("    at ");
  bytes[50]! ^= 4;
  await Deno.writeFile(`${folder}/${file}`, bytes);
  expect(await json("--verify", "--folder", "data/local/archive")).toMatchObject({ events: 22 });
  const none = await place.run(["archive", "--verify", "--folder", "elsewhere"]);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("there is no archive in")]);
});
