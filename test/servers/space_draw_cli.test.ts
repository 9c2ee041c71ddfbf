/** `cim space draw`, as a process, with an archive alone. */
import { JSDOM } from "jsdom";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Place } from "./cim.ts";

const FLEET = fileURLToPath(new URL("../../data/samples/fleet", import.meta.url));
const AXES = ["--x", "performance.cpu", "--y", "performance.memory"];

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(async () => await place?.[Symbol.asyncDispose]());

const draw = (...args: string[]) =>
  place.run(["space", "draw", ...args, "--archive", FLEET, "--as-of", "2026-10-08T00:00Z"]);
const circles = (svg: string) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document.querySelectorAll("circle")
    .length;

test("draws a space into a file, and says what is to be seen; on stdout it is the same picture", async () => {
  const { code, out, err } = await draw("performance", ...AXES, "--out", "a map.svg");
  expect(code, err).toBe(0);
  expect(out).toMatch(/^Map of the space performance\nacross {2}performance.cpu: /);
  expect(out).toMatch(/Written to a map.svg\n$/);
  const written = await Deno.readTextFile(join(place.folder, "a map.svg"));
  expect(circles(written)).toBeGreaterThan(59);
  expect((await draw("performance", ...AXES)).out).toBe(written);
});

test("without dimensions it draws the principal components", async () => {
  const { code, out } = await draw("compute");
  expect(code).toBe(0);
  expect(out).toContain("by its principal components");
});

test("what cannot be drawn is told, with what could be, and nothing is written", async () => {
  const wrong = await draw(
    "performance",
    "--x",
    "cpu",
    "--y",
    "performance.memory",
    "--out",
    "x.svg",
  );
  expect([wrong.code, wrong.out]).toEqual([1, ""]);
  expect(wrong.err).toMatch(
    /no dimension "cpu": it has performance.cpu, performance.memory, performance.network/,
  );
  const half = await draw("performance", "--x", "performance.cpu", "--out", "x.svg");
  expect(half.code).toBe(2);
  expect(half.err).toMatch(/--x and --y go together/);
  const nowhere = await draw("performance", ...AXES, "--out", "a map.svg/x.svg");
  expect(nowhere.code).toBe(1);
  expect(nowhere.err).toMatch(
    /Cannot write a map.svg\/x.svg: there is no such folder: make it first/,
  );
  const missing = await draw("performance", ...AXES, "--out", "not there/x.svg");
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(
    /Cannot write not there\/x.svg: there is no such folder: make it first/,
  );
  await expect(Deno.stat(join(place.folder, "x.svg"))).rejects.toThrow(Deno.errors.NotFound);
});
