/** `cim sample`, as a process. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "./embedded_user.ts";
import { Place } from "./cim.ts";

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(() => place?.[Symbol.asyncDispose]());

const names = () => [...Deno.readDirSync(`${place.folder}/samples`)].map(({ name }) => name).sort();

test("cim sample makes an archive that cim archive verifies, and prints the seed", async () => {
  const args = ["sample", "--resources", "12", "--events", "2000", "--into", "samples/small"];
  const { code, out, err } = await place.run(args);
  expect(code, err).toBe(0);
  expect(out).toMatch(/^Seed +1$/m);
  expect(out).toMatch(/^Events +2,000, \d+ bytes each, [\d.]+ kB on disk$/m);
  expect(out).toMatch(/^Incidents +.*1 slow_leak/m);
  const verified = await place.run(["archive", "--verify", "--json", "--folder", "samples/small"]);
  expect(verified.code, verified.err).toBe(0);
  expect(JSON.parse(verified.out)).toMatchObject({ events: 2_000, verified: true });
  const again = await place.run([...args.slice(0, -1), "samples/again", "--seed", "1", "--json"]);
  expect(again.code, again.err).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({
    made_from: { resources: 12, seed: 1, start: "2026-10-01T00:00:00.000Z", events: 2_000 },
    events: 2_000,
    folder: `${place.folder}/samples/again`,
  });
  const manifest = (name: string) =>
    Deno.readTextFileSync(`${place.folder}/samples/${name}/manifest.json`);
  expect(manifest("again")).toBe(manifest("small"));
});

test("A folder with something in it, and options that make no sense, are refused", async () => {
  const taken = await place.run(["sample", "--into", "samples/small", "--days", "1"]);
  expect(taken.code).toBe(1);
  expect(taken.err).toContain("samples/small is there and not empty");
  expect(taken.err).not.toContain("    at ");
  const few = await place.run(["sample", "--into", "samples/few", "--resources", "3"]);
  expect(few.code).toBe(2);
  expect(few.err).toContain("resources: 3 is not a whole number from 10");
  for (
    const wrong of [["--days", "soon"], ["--days", "1", "--events", "5"], ["--seed", "-1"], [
      "--start",
      "soon",
    ]]
  ) {
    expect((await place.run(["sample", "--into", "samples/wrong", ...wrong])).code).toBe(2);
  }
  expect((await place.run(["sample"])).code).toBe(2);
  expect((await place.run(["sample", "--help"])).out).toContain("Examples:");
});

test("Ctrl-C leaves nothing of it", async () => {
  const before = names();
  const cim = place.start(["sample", "--into", "samples/long", "--events", "50000000"]);
  await until(() => cim.err.includes("Making … "));
  expect(names().length).toBe(before.length + 1);
  cim.kill("SIGINT");
  const { code, err } = await cim.end();
  expect(code).toBe(130);
  expect(err).toContain("interrupted: nothing of it is left");
  expect(names()).toEqual(before);
});
