/** What the questions say, in a sentence and in rows. */
import { describe, expect, test } from "vitest";
import { HOSTILE } from "../replay/history.ts";
import { inOrder } from "../../src/topology/facts.ts";
import { Topology } from "../../src/topology/topology.ts";
import { network } from "./networks.ts";

const flow = (from: string, to: string) => ({
  from,
  to,
  kind: "flow",
  port: 443,
  process: "nginx",
});

/** Two racks with a switch each, joined twice; a guest on each server, and one that stands alone. */
const HALL = network(
  [
    { name: "s1", rack: "r1", site: "hall", type: "switch" },
    { name: "s2", rack: "r2", site: "hall", type: "switch" },
    { name: "a", rack: "r1", site: "hall" },
    { name: "b", rack: "r2", site: "hall" },
    { name: "a-guest", host: "a" },
    { name: "b-guest", host: "b" },
    "alone",
  ],
  [
    { from: "s1", to: "s2", speed_bps: 1e9, from_interface: "p1", to_interface: "p2" },
    { from: "s1", to: "s2", speed_bps: 1e10, from_interface: "p3", to_interface: "p4" },
    "a s1",
    "b s2",
    "b s1",
    flow("a-guest", "b-guest"),
    flow("alone", "b-guest"),
  ],
);

describe("A topology is asked", () => {
  test("for a path, which names the fastest of parallel links, and how many there are", () => {
    const answer = HALL.path("a-guest", "s2");
    expect(answer.said).toBe("a-guest and s2 are 3 hops apart, by one shortest path");
    expect(answer.arrives).toBe(true);
    expect(answer.table().rows.map((row) => [row.from, row.by, row.to])).toEqual([
      ["a-guest", "hosted", "a"],
      ["a", "cable", "s1"],
      ["s1", "cable", "s2"],
    ]);
    expect(answer.table().rows[2]).toMatchObject({
      from_interface: "p3",
      to_interface: "p4",
      speed_bps: 1e10,
      links: 2,
    });
    expect(answer.highlight.links).toHaveLength(4);
    expect(HALL.path("a", "a")).toMatchObject({ said: "a is where it is", arrives: true });
    expect(HALL.path("a", "alone")).toMatchObject({
      said: "a and alone are not joined by anything that carries traffic",
      arrives: false,
    });
  });

  test("for many paths, of which it shows some and counts all", () => {
    const between = (at: number) => [`x${at}`, `y${at}`];
    const nodes = Array.from({ length: 31 }, (_, at) => `n${at}`);
    const ladder = network(
      [...nodes, ...nodes.flatMap((_, at) => between(at))],
      nodes.slice(1).flatMap((_, at) =>
        between(at).flatMap((one) => [`n${at} ${one}`, `${one} n${at + 1}`])
      ),
    );
    expect(ladder.path("n0", "n5").said).toMatch(
      /by 32 equally short paths, of which 16 are shown$/,
    );
    expect(ladder.path("n0", "n30").said).toMatch(/by more than 1,000,000,000 equally short paths/);
    expect(new Set(ladder.path("n0", "n5").table().column("path")).size).toBe(16);
  });

  test("for neighbours, with the way that flows go, as many steps as wanted", () => {
    const one = HALL.neighbours("b-guest");
    expect(one.said).toBe("3 resources are within 1 step of b-guest");
    expect(one.table().rows.map(({ resource, kind, way }) => [resource, kind, way]).sort()).toEqual(
      [
        ["a-guest", "flow", "to"],
        ["alone", "flow", "to"],
        ["b", "host", "both"],
      ],
    );
    expect(HALL.neighbours("b-guest", 2).table().rows.map(({ resource }) => resource)).toContain(
      "s2",
    );
    expect(HALL.neighbours("alone").said).toBe("1 resource is within 1 step of alone");
  });

  test("what a failure hits, once however often it is named", () => {
    const answer = HALL.blastRadius("a", "s2", "a");
    expect(answer.said).toBe(
      "If a, s2 failed, 1 other resource would be down or cut off, and 1 flow would end",
    );
    expect(answer.table().rows).toEqual([
      { resource: "a", type: null, effect: "failed", flows: 0 },
      { resource: "a-guest", type: null, effect: "hosted", flows: 1 },
      { resource: "s2", type: "switch", effect: "failed", flows: 0 },
    ]);
    expect(HALL.blastRadius("s1").table().rows.map(({ resource, effect }) => [resource, effect]))
      .toEqual([["a", "cut_off"], ["a-guest", "cut_off"], ["s1", "failed"]]);
  });

  test("what shares a rack or a site, the worst first", () => {
    const answer = HALL.sharedFate();
    expect(answer.said).toBe("The site hall would take most with it: 6 resources of 7");
    expect(answer.table().values).toEqual([
      ["site", "hall", 4, 2, 0],
      ["rack", "hall r1", 2, 1, 0],
      ["rack", "hall r2", 2, 1, 0],
    ]);
  });

  test("for single points of failure, islands, redundancy and what is in the middle", () => {
    expect(HALL.cutPoints().table().values).toEqual([
      ["resource", "s1", 2],
      ["link", "a – s1", 2],
      ["resource", "a", 1],
      ["resource", "b", 1],
    ]);
    expect(HALL.islands().said).toBe(
      "2 islands, of which the largest has 6 resources; 1 resource is joined to nothing",
    );
    expect(HALL.islands().table().column("members")).toEqual([
      "a, a-guest, b, b-guest, s1, s2",
      "alone",
    ]);
    expect(HALL.redundancy().table().rows[0]).toEqual({
      resource: "a-guest",
      links: 1,
      neighbours: 1,
      hangs_on: 2,
    });
    expect(HALL.redundancy().said).toMatch(/^3 of 6 resources would still be joined/);
    expect(HALL.centrality().said).toMatch(
      /^s1 is most in the middle: it lies between 40.0 % of all/,
    );
  });

  test("what it would be without some, and whoever is lost is said to be", () => {
    const left = HALL.without("a", "s2");
    expect(left.facts.resources.map(({ name }) => name)).toEqual(["alone", "b", "b-guest", "s1"]);
    expect(left.path("b", "s1").said).toMatch(/1 hop apart/);
    expect(() => left.path("a-guest", "b")).toThrow(
      expect.objectContaining({
        code: "lost_resource",
        message: expect.stringContaining("a-guest"),
      }),
    );
    expect(() => left.without("b").path("b-guest", "a")).toThrow(/b-guest would be lost as well/);
  });
});

test("nothing at all is answered as well", () => {
  const nothing = network([]);
  const { said } = nothing.islands();
  expect(said).toBe("There is nothing");
  for (const answer of [nothing.cutPoints(), nothing.redundancy(), nothing.centrality()]) {
    expect(answer.table().values).toEqual([]);
  }
  expect(() => nothing.path("a", "b")).toThrow(
    /There is no "a": nor anything else: run deno task cim/,
  );
});

test("who is not there, or not alone in having that name, is asked for again", () => {
  const twins = inOrder({
    ...network([]).facts,
    resources: ["1", "2"].map((id) => ({ ...HALL.resource("a"), id, name: "twin" })),
  });
  expect(() => new Topology(twins).resource("twin")).toThrow(
    expect.objectContaining({
      code: "ambiguous_resource",
      message: expect.stringContaining("1, 2"),
    }),
  );
  expect(() => HALL.resource("a-guests")).toThrow(
    expect.objectContaining({
      code: "unknown_resource",
      message: expect.stringMatching(/^There is no "a-guests": there are a-guest, /),
    }),
  );
});

test("facts are in one order, and say nothing of what is not there", () => {
  const { resources, links } = network(
    [{ name: "b", host: "gone" }, "a", { name: "c", host: "b" }],
    ["a b", "a gone"],
  ).facts;
  expect(resources.map(({ name, host }) => [name, host])).toEqual([["a", null], ["b", null], [
    "c",
    "b",
  ]]);
  expect(links.map(({ to }) => to)).toEqual(["b"]);
});

test("hostile names are shown, and nothing else comes of them", () => {
  const hostile = network([HOSTILE, "b"], [`${"a"} b`]);
  const shown = hostile.islands();
  const display = (shown as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]!();
  expect(shown.table().column("members")).toContain(HOSTILE);
  expect(display["text/html"]).not.toMatch(/<script|<img/i);
  // deno-lint-ignore no-control-regex
  expect(String(shown)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});
