import { expect, test } from "vitest";
import type { Anomaly } from "../../src/perception/anomaly.ts";
import { incidentOf, togetherOf } from "../../src/perception/incident.ts";
import { Incidents } from "../../src/perception/incidents.ts";
import { JudgedPoints } from "../../src/perception/judged_points.ts";
import { HOSTILE } from "../replay/history.ts";

const HOUR = 3_600_000;

const anomaly = (
  name: string,
  from: number,
  to: number | null,
  more: Partial<Anomaly> = {},
): Anomaly => ({
  id: `id of ${name}`,
  name,
  sign: "departs",
  from: from * HOUR,
  to: to === null ? null : to * HOUR,
  found: (from + 2) * HOUR,
  peak: (from + 3) * HOUR,
  p: 0.001,
  calibratedOn: 5_000,
  hasDrifted: false,
  shares: [{ dimension: "performance.memory", share: 0.75 }, {
    dimension: "reliability.errors",
    share: 0.25,
  }],
  concept: "virtual_machine",
  sequences: [from + 1, from + 2],
  text: "performance.memory 75 %",
  ...more,
});
const neighbours = (...pairs: string[]) => (one: string, other: string) =>
  pairs.some((pair) => pair.split("-").every((name) => [one, other].includes(`id of ${name}`)));
const namesOf = (groups: readonly Anomaly[][]) =>
  groups.map((group) => group.map(({ name }) => name));

test("Neighbours that go wrong at one time are one incident, also by way of a third one", () => {
  const all = [anomaly("c", 2, 8), anomaly("a", 0, 6), anomaly("b", 1, 7), anomaly("d", 1, 7)];
  expect(namesOf(togetherOf(all, neighbours("a-b", "b-c")))).toEqual([["a", "b", "c"], ["d"]]);
});

test("Neighbours that go wrong at other times, or long after one another, are several", () => {
  const all = [
    anomaly("a", 0, 6),
    anomaly("b", 7, 9),
    anomaly("c", 0, null),
    anomaly("d", 7, null),
  ];
  expect(namesOf(togetherOf(all, neighbours("a-b", "c-d")))).toEqual([["a"], ["c"], ["b"], ["d"]]);
});

test("What is odd of one resource in two ways at one time is one incident", () => {
  const all = [anomaly("a", 0, null), anomaly("a", 20, null, { sign: "silent" })];
  expect(namesOf(togetherOf(all, () => false))).toEqual([["a", "a"]]);
});

test("An incident lasts from its first to its last, and is as strong as its strongest", () => {
  const told = incidentOf([
    anomaly("a", 0, 6, { text: "nothing is heard of it", p: null, shares: [] }),
    anomaly("b", 1, 9, { p: 0.0005, concept: "container" }),
    anomaly("b", 2, 3),
  ], new Map([[1, "e1"], [2, "e2"], [3, "e3"]]));
  expect(told).toMatchObject({
    from: "1970-01-01T00:00:00.000Z",
    to: "1970-01-01T09:00:00.000Z",
    found: "1970-01-01T02:00:00.000Z",
    peak: "1970-01-01T04:00:00.000Z",
    p: 0.0005,
    concept: "container",
    sequence: 3,
    eventIds: ["e1", "e2", "e3"],
  });
  expect(told.parts.map(({ name, isFirst, isStrongest }) => [name, isFirst, isStrongest]))
    .toEqual([["a", true, false], ["b", false, true]]);
  expect(told.dimensions).toEqual([
    { dimension: "performance.memory", share: 0.75 },
    { dimension: "reliability.errors", share: 0.25 },
  ]);
  expect(told.domains.map(({ dimension }) => dimension)).toEqual(["performance", "reliability"]);
  expect(told.text).toBe(
    "a: nothing is heard of it; b: performance.memory 75 %, from 1970-01-01T00:00:00.000Z to " +
      "1970-01-01T09:00:00.000Z, most at 1970-01-01T04:00:00.000Z",
  );
  expect(incidentOf([anomaly("a", 0, null)], new Map()).to).toBeNull();
});

test("Whatever things are called, a notebook shows their names, and runs none of them", () => {
  const rows = [incidentOf([anomaly(HOSTILE, 0, 6)], new Map())];
  const coverage = {
    fdr: 0.05,
    dimensions: [],
    resources: 1,
    points: 1,
    needed: 96,
    short: [],
    calibratedOn: 1_000,
    drifted: 0,
  };
  const incidents = new Incidents(rows, coverage, new JudgedPoints([], []));
  const shown = (incidents as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!();
  expect(shown["text/html"]).toContain("&lt;img");
  expect(shown["text/html"]).not.toContain("<img");
});
