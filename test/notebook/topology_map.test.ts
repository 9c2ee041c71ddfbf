import process from "node:process";
import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { type TopologyMap, topologyMap } from "../../src/notebook/topology_map.ts";
import { visible } from "../../src/table/text.ts";
import { Topology, type TopologyResource } from "../../src/topology/mod.ts";
import { HOSTILE } from "../replay/history.ts";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, HOSTILE as STRINGS, notebook } from "./sample.ts";

const resource = (id: string, more: Partial<TopologyResource> = {}): TopologyResource => ({
  ...{ id, name: id, type: "physical_server", host: null, site: null, rack: null, position: null },
  ...more,
});
const link = (id: string, from: string, to: string, kind = "cable") => ({
  ...{ id, from, to, kind, from_interface: null, to_interface: null, speed_bps: null },
  ...{ port: null, process: null },
});
const of = (
  resources: readonly TopologyResource[],
  links: readonly (readonly [from: string, to: string, kind?: string])[],
) =>
  new Topology({
    resources,
    links: links.map(([from, to, kind], at) => link(`l${at}`, from, to, kind)),
    ...{ addresses: [], routes: [] },
  });
/** Read as strictly as XML is: what is not well-formed throws. */
const read = ({ svg }: TopologyMap) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const texts = (map: TopologyMap) =>
  [...read(map).querySelectorAll("text")].map(({ textContent }) => textContent!);
const titled = (map: TopologyMap, begin: string) =>
  [...read(map).querySelectorAll("g")].find((one) =>
    one.querySelector(":scope > title")?.textContent.startsWith(begin)
  )!;
const placeOf = (map: TopologyMap, name: string) => {
  const circle = [...titled(map, `${name}, `).querySelectorAll("circle")].at(-1)!;
  return ["cx", "cy", "r"].map((key) => Number(circle.getAttribute(key))) as [
    x: number,
    y: number,
    r: number,
  ];
};

/** A fat tree: cores, and pods of switches and hosts (Leiserson, 1985; Al-Fares and others, 2008). */
function fatTree(ports: number, pod: (at: number) => string | null): Topology {
  const half = Array.from({ length: ports / 2 }, (_, at) => at);
  const resources: TopologyResource[] = [];
  const links: [string, string][] = [];
  for (const a of half) {
    for (const b of half) resources.push(resource(`core-${a}-${b}`, { type: "router" }));
  }
  for (let p = 0; p < ports; p++) {
    for (const a of half) {
      resources.push(resource(`upper-${p}-${a}`, { type: "switch", site: pod(p) }));
      resources.push(resource(`lower-${p}-${a}`, { type: "switch", site: pod(p) }));
      for (const b of half) {
        resources.push(resource(`host-${p}-${a}-${b}`, { site: pod(p) }));
        links.push([`upper-${p}-${a}`, `core-${a}-${b}`], [`upper-${p}-${a}`, `lower-${p}-${b}`]);
        links.push([`lower-${p}-${a}`, `host-${p}-${a}-${b}`]);
      }
    }
  }
  return of(resources, links);
}

const small = of([
  resource("left", { rack: "r1", site: "paris" }),
  resource("right", { rack: "r1", site: "paris" }),
  resource("middle", { type: "switch" }),
  resource("guest", { type: "virtual_machine", host: "left" }),
  resource("inner", { type: "container", host: "guest" }),
  resource("apart", { type: "iot_device" }),
], [["left", "middle"], ["left", "middle"], ["middle", "right"], ["inner", "right", "flow"]]);
const map = topologyMap(small);

describe("A topology map", () => {
  test("says in words and in a table what is joined to what", () => {
    expect(`${map}`).toBe(`What is joined to what
6 resources · 2 of them on a host · 3 links
  left    physical server  joined to 2
  middle  switch           joined to 2
  guest   virtual machine  joined to 2
  right   physical server  joined to 1
  inner   container        joined to 1
  apart   iot device       joined to 0`);
    expect(map.table().rows[2]).toEqual({
      ...{ resource: "guest", type: "virtual_machine", host: "left", site: null, rack: null },
      ...{ neighbours: 2, links: 2, stands_out: false },
    });
  });

  test("draws parallel links as one with its number, and no flow that nobody asked for", () => {
    expect(map.drawn.links.map(({ from, to, kind, count }) => [
      ...[from.resource.id, to.resource.id, kind, count],
    ])).toEqual([
      ["left", "guest", "hosted", 1],
      ["guest", "inner", "hosted", 1],
      ["left", "middle", "cable", 2],
      ["middle", "right", "cable", 1],
    ]);
    expect(texts(map)).toEqual(expect.arrayContaining(["×2", "r1", "left", "guest", "switch 1"]));
  });

  test("has guests around their host, and a larger dot for what more is joined to", () => {
    const [left, guest, inner] = ["left", "guest", "inner"].map((name) => placeOf(map, name));
    const distance = ([ax, ay]: number[], [bx, by]: number[]) => Math.hypot(ax! - bx!, ay! - by!);
    expect(distance(left!, guest!)).toBeLessThan(40);
    expect(distance(left!, inner!)).toBeLessThan(60);
    expect(placeOf(map, "middle")[2]).toBeGreaterThan(placeOf(map, "right")[2]);
    expect(guest![2]).toBeLessThan(left![2]);
  });

  test("lets stand out what an answer is about, flows too, and all else is pale", () => {
    const path = topologyMap(small, { highlight: small.path("guest", "middle") });
    expect(path.below[1]).toBe("guest and middle are 2 hops apart, by one shortest path");
    const standsOut = path.table().rows.filter(({ stands_out }) => stands_out);
    expect(standsOut.map(({ resource }) => resource).sort()).toEqual(["guest", "left", "middle"]);
    expect(titled(path, "right, ").querySelector("[opacity]")).not.toBeNull();
    expect(titled(path, "left, ").querySelector("[opacity]")).toBeNull();
    expect(titled(path, "left – middle").innerHTML).toContain("#b00020");
    expect(titled(path, "middle – right").innerHTML).not.toContain("#b00020");
    const blast = topologyMap(small, { highlight: small.blastRadius("left") });
    expect(blast.drawn.links.filter(({ kind }) => kind === "flow")).toHaveLength(1);
    expect(texts(blast)).toContain("flow");
  });

  test("has what is in one rack on one ground, and nothing else; sites and types if they are asked for", () => {
    const named = (group?: "site" | "rack" | "type") =>
      topologyMap(small, { group }).drawn.groups.map(({ name, members }) => [name, members.length]);
    expect(named()).toEqual([["r1", 2]]);
    expect(named("site")).toEqual([["paris", 2]]);
    expect(named("type")).toEqual([["physical server", 2]]);
  });

  test("is a picture in a notebook, the same to the byte each time", () => {
    const shown = map as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "image/svg+xml": topologyMap(small).svg,
      "text/plain": `${map}`,
    });
  });

  test("says of nothing that it is nothing", () => {
    const none = topologyMap(of([], []));
    expect(texts(none)).toEqual(["What is joined to what", "no resource is known"]);
  });
});

describe("A large topology map", () => {
  test("has a hierarchy in layers: cores above, hosts below, what belongs together side by side", () => {
    const tree = topologyMap(fatTree(6, (at) => `pod ${at}`));
    const [core, upper, lower, host] = ["core-0-0", "upper-2-1", "lower-2-1", "host-2-1-1"]
      .map((name) => placeOf(tree, name));
    expect(core![1]).toBeLessThan(upper![1]);
    expect(upper![1]).toBeLessThan(lower![1]);
    expect(lower![1]).toBeLessThan(host![1]);
    expect(Math.abs(lower![0] - host![0])).toBeLessThan(25);
    const pods = [0, 1, 2, 3, 4, 5].map((pod) => placeOf(tree, `upper-${pod}-1`)[0]);
    expect(pods).toEqual(pods.toSorted((a, b) => a - b));
  });

  test("of 500 resources is drawn in a moment, no two of them on one place, no name on another", () => {
    const ring = Array.from({ length: 500 }, (_, at) => resource(`r${at}`, { type: "router" }));
    const mesh = topologyMap(of(ring, [
      ...ring.map((_, at) => [`r${at}`, `r${(at + 1) % 500}`] as const),
      ...ring.map((_, at) => [`r${at}`, `r${(at * 7) % 500}`] as const),
    ]));
    const begin = process.cpuUsage();
    mesh.svg;
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(3_000); // ms; 1.5 s where nothing else runs
    const places = [...read(mesh).querySelectorAll("circle")].slice(1).map((circle) =>
      ["cx", "cy", "r"].map((key) => Number(circle.getAttribute(key))) as [number, number, number]
    );
    expect(places).toHaveLength(500);
    for (const [at, [x, y, r]] of places.entries()) {
      for (const [ox, oy, other] of places.slice(0, at)) {
        expect(Math.hypot(x - ox, y - oy)).toBeGreaterThan(0.8 * (r + other));
      }
    }
  });

  test("says what it leaves out: guests as a number, then what fewest links join", () => {
    const switches = Array.from({ length: 50 }, (_, at) => resource(`switch-${at}`));
    const hosts = Array.from({ length: 2_100 }, (_, at) => resource(`host-${at}`));
    const guests = Array.from({ length: 300 }, (_, at) => resource(`vm-${at}`, { host: "host-3" }));
    const fleet = topologyMap(of([...switches, ...hosts, ...guests], [
      ...hosts.slice(0, 1_000).map(({ id }, at) => [id, `switch-${at % 50}`] as const),
    ]));
    expect(fleet.leftOut).toBe(
      "300 guests as a number at their host · 150 that fewer links join are left out",
    );
    expect(fleet.drawn.machines).toHaveLength(2_000);
    expect(texts(fleet)).toContain("+300");
    expect(fleet.table().values).toHaveLength(2_450);
  });

  test("draws hosts that are said to run on each other, too", () => {
    const circle = of([resource("a", { host: "b" }), resource("b", { host: "a" })], []);
    expect(topologyMap(circle).drawn.machines).toHaveLength(2);
  });
});

const hostile = [...STRINGS, HOSTILE, "]]>", "x".repeat(500), "constructor", "__proto__"].map(
  (text) => {
    const more = { name: text, type: text, site: text, rack: text };
    const topology = of(
      [resource("1", more), resource("2", more), resource("3", { ...more, host: "1" })],
      [["1", "2"], ["1", "3", "flow"]],
    );
    return [text, topologyMap(topology, { highlight: topology.blastRadius("1") })] as const;
  },
);

test.each(hostile)("%j stays text on a topology map", (text, map) => {
  const names = new Set([...read(map).querySelectorAll("*")].map(({ localName }) => localName));
  expect([...names].sort()).toEqual([
    ...["circle", "desc", "g", "path", "rect", "svg", "text", "title"],
  ]);
  const told = [...read(map).querySelectorAll("g > title")].map((one) => one.textContent!);
  expect(told.some((one) => one.startsWith(visible(text).slice(0, 80)))).toBe(true);
  expect(`${map}`.split("\n")).toHaveLength(6);
  expect(`${map}`).not.toMatch(/\p{Bidi_Control}/u);
});

test("In a report topology maps are as they were drawn, and nothing in them runs", async () => {
  const pictures = hostile.map(([, { svg }]) => display({ "image/svg+xml": svg }));
  const page = await pageOf(notebook(code("", ...pictures)));
  expect(dangers(page)).toEqual([]);
  for (const name of ["circle", "path", "text", "title"]) {
    expect(page.querySelectorAll(`.picture ${name}`)).toHaveLength(
      hostile.reduce((sum, [, map]) => sum + read(map).querySelectorAll(name).length, 0),
    );
  }
});
