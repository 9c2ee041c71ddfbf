/** `cim archive`, as a process. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Place } from "./cim.ts";

let place: Place;
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

test("cim archive archives what is new, and says what is in the archive", async () => {
  expect(await json()).toEqual({
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
  const more = await place.run(["submit", "-"], {
    stdin: `{"command":"DefineNetwork","data":{"name":"more","cidr":"10.1.0.0/24"}}`,
  });
  expect(more.code, more.err).toBe(0);
  expect(await json()).toMatchObject({ segments: 2, events: 21, added: 1 });
});

test("cim archive --retain lets the stream forget what is old, and keeps the rest", async () => {
  expect(await json("--retain", "30")).toMatchObject({
    events: 21,
    retained: { forgotten: 0, first_sequence: 1, days: 30 },
  });
  const { code, out, err } = await place.run(["archive", "--retain", "0"]);
  expect(code, err).toBe(0);
  expect(out).toMatch(
    /^Stream +20 events older than 0 days forgotten; it begins at sequence 21$/m,
  );
  expect((await place.run(["archive", "--retain", "soon"])).code).toBe(2);
  expect((await place.run(["archive", "--retain", "1", "--verify"])).code).toBe(2);
});

test("cim archive --verify reads every byte, and names what is not as it was written", async () => {
  expect(await json("--verify")).toMatchObject({ segments: 2, events: 21, verified: true });
  const folder = `${place.folder}/data/local/archive`;
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
  expect(await json("--verify", "--folder", "data/local/archive")).toMatchObject({ events: 21 });
  expect(await json("--verify", "--folder", "elsewhere")).toMatchObject({ events: 0 });
});
