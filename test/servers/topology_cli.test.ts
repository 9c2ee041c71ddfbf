/** `cim topology`, as a process, with an archive alone. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Line, Place } from "./cim.ts";

const FLEET = fileURLToPath(new URL("../../data/samples/fleet", import.meta.url));

vi.setConfig({ testTimeout: 240_000 });

let place: Place;
beforeAll(async () => {
  place = await Place.make();
});
afterAll(async () => await place?.[Symbol.asyncDispose]());

const topology = (...args: string[]) => place.run(["topology", ...args, "--archive", FLEET]);

test("says how two are joined, and with --without beside it how they would be", async () => {
  const { code, out, err } = await topology(
    ...["path", "shop-web-01", "router-01", "--without", "switch-01"],
  );
  expect(code, err).toBe(0);
  const [before, without, , ...rows] = out.split("\n");
  expect(before).toBe(
    "Before: shop-web-01 and router-01 are 3 hops apart, by 2 equally short paths",
  );
  expect(without).toBe(
    "Without switch-01: shop-web-01 and router-01 are 3 hops apart, by one shortest path",
  );
  expect(rows[0]).toMatch(/^path +hop +from +from_interface +by +to_interface +to /);
  expect(rows.slice(-2)).toEqual(["As of event 36,000", ""]);
});

test("exits with 3 where nothing arrives, or who is asked about would be lost as well", async () => {
  const path = await topology(
    "path",
    "shop-web-01",
    "camera-01",
    "--json",
    "--without",
    "switch-01",
  );
  expect(path.code).toBe(3);
  expect(JSON.parse(path.out)).toMatchObject({
    question: "path",
    of: ["shop-web-01", "camera-01"],
    sequence: 36_000,
    without: ["switch-01"],
    before: { arrives: true, rows: [{ hop: 1 }, { hop: 2 }, { hop: 3, to: "camera-01" }] },
    said: "shop-web-01 and camera-01 are not joined by anything that carries traffic",
    arrives: false,
    rows: [],
  });
  const guest = await topology("route", "search-web-01", "shop-web-01", "--without", "server-01");
  expect([guest.code, guest.out]).toEqual([
    3,
    "Before: A packet from search-web-01 to 10.1.48.10 arrives at shop-web-01 after 1 hop\n" +
    "Without server-01: shop-web-01 would be lost as well: it is one of them, or runs on one\n\n" +
    "As of event 36,000\n",
  ]);
});

test("answers the other questions, as of any moment", async () => {
  const questions: Record<string, string[]> = {
    neighbours: ["shop-web-01", "--steps", "2"],
    "blast-radius": ["switch-01", "switch-02"],
    islands: ["--without", "switch-01", "router-01"],
    "shared-fate": [],
    "cut-points": [],
    redundancy: [],
    centrality: [],
  };
  const answers: Record<string, Line> = {};
  for (const [question, said] of Object.entries(questions)) {
    const { code, out, err } = await topology(question, ...said, "--sequence", "2000", "--json");
    expect(code, err).toBe(0);
    const answer = answers[question] = JSON.parse(out);
    expect(answer, question).toMatchObject({ question, sequence: 2_000 });
    expect(answer.rows.length, question).toBeGreaterThan(1);
    expect(answer.before === undefined, question).toBe(question !== "islands");
  }
  const { rows } = answers["neighbours"];
  expect(new Set(rows.map(({ step }: Line) => step))).toEqual(new Set([1, 2]));
  expect(answers["blast-radius"].said).toMatch(/^If switch-01, switch-02 failed, \d+ other/);
  const { islands } = answers;
  expect(islands.rows.length).toBeGreaterThan(islands.before.rows.length);
});

test("who is not there is told, with who is; and the server's graph is of no moment", async () => {
  const nobody = await topology("path", "shop-web-1", "router-01");
  expect([nobody.code, nobody.out]).toEqual([1, ""]);
  expect(nobody.err).toMatch(/^cim: There is no "shop-web-1": there are /m);
  const both = await place.run([
    "topology",
    "islands",
    "--from",
    "neo4j",
    "--as-of",
    "2026-10-08T00:00Z",
  ]);
  expect([both.code, both.out]).toEqual([2, ""]);
  expect(both.err).toMatch(/'--from <where>' cannot be used with option '--as-of <moment>'/);
});
