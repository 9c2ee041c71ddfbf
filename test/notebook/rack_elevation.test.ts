import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import {
  type RackDevice,
  RackElevations,
  rackElevations,
} from "../../src/notebook/rack_elevation.ts";
import { replay } from "../../src/replay/replay.ts";
import { visible } from "../../src/table/text.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, HOSTILE as STRINGS, notebook } from "./sample.ts";

const device = (name: string, rack: string | null, position: number | null, more = {}) => ({
  ...{ id: name, name, type: "physical_server", site: "berlin", rack, position },
  ...more,
});
/** Read as strictly as XML is: what is not well-formed throws. */
const read = ({ svg }: RackElevations) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const texts = (racks: RackElevations) =>
  [...read(racks).querySelectorAll("text")].map(({ textContent }) => textContent);
/** The upper edge of what is titled so. */
const edge = (racks: RackElevations, title: string) =>
  Number(
    [...read(racks).querySelectorAll("g")]
      .find((one) => one.querySelector(":scope > title")?.textContent === title)!
      .querySelector(":scope > rect")!.getAttribute("y"),
  );

describe("Racks of a model", async () => {
  const server = (hostname: string, location: { rack?: string; position?: number }): Said => [
    "RegisterCompute",
    {
      hostname,
      resource_type: hostname.startsWith("switch") ? "switch" : "physical_server",
      location: { site: hostname.endsWith("p") ? "paris" : "berlin", ...location },
      interfaces: [],
    },
  ];
  await using model = await replay(
    await history(
      server("one", { rack: "r2", position: 1 }),
      server("two", { rack: "r2", position: 3 }),
      server("other", { rack: "r2", position: 3 }),
      server("switch", { rack: "r10", position: 45 }),
      server("somewhere", {}),
      server("p", { rack: "r2", position: 7 }),
    ),
  );
  const racks = await rackElevations(model);

  test("say in words what is to be seen, clashes too", () => {
    expect(`${racks}`).toBe(`Devices in racks
5 devices in 3 racks · 1 without a unit, listed below · 1 clash
  berlin / r2   unit 3   other      physical_server, clashes
  berlin / r2   unit 3   two        physical_server, clashes
  berlin / r2   unit 1   one        physical_server
  berlin / r10  unit 45  switch     switch
  paris / r2    unit 7   p          physical_server
  berlin                 somewhere  physical_server`);
    expect(racks.table().rows[0]).toEqual({
      ...{ site: "berlin", rack: "r2", position: 3, hostname: "other" },
      ...{ resource_type: "physical_server", clashes: true },
    });
  });

  test("have 42 units, or as many as are taken; the first one is at the bottom", () => {
    expect(racks.racks.map(({ height }) => height)).toEqual([42, 45, 42]);
    const low = edge(racks, "one, physical_server, unit 1");
    const high = edge(racks, "two, physical_server, unit 3");
    expect((low - high) / 2).toBe(17);
    expect(edge(racks, "switch, switch, unit 45")).toBe(low - 44 * 17);
  });

  test("say what is free, what is where, and that heights are not known", () => {
    expect(texts(racks)).toEqual(expect.arrayContaining([
      "Each is drawn one unit high: the log says where a device is, not how high it is.",
      ...["berlin / r2", "3 devices, 40 units free", "one", "SW", "switch"],
      ...["Clashes: several devices in one unit", "berlin / r2, unit 3: other, two"],
      ...["Without a unit", "somewhere, physical server, berlin"],
    ]));
  });

  const chosen = await rackElevations(model, { site: "paris", rack: "r2" });
  const none = await rackElevations(model, { site: HOSTILE });

  test("can be chosen by site and name", () => {
    expect(chosen.devices.map(({ name }) => name)).toEqual(["p"]);
    expect(chosen.title).toBe("Devices in the rack r2 of the site paris");
    expect(texts(none)[1]).toBe("no device has a place that is known");
  });

  test("are a picture in a notebook, the same to the byte however often they are drawn", () => {
    const shown = racks as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "image/svg+xml": new RackElevations(racks.devices.toReversed()).svg,
      "text/plain": `${racks}`,
    });
  });
});

test("Where there are more racks or devices than can be drawn, it is said how many", () => {
  const of = (count: number, place: (at: number) => RackDevice) =>
    new RackElevations(Array.from({ length: count }, (_, at) => place(at)));
  const full = of(10_000, (at) => device(`host-${at}`, `r${at % 200}`, 1 + Math.floor(at / 200)));
  expect(full.svg.length).toBeLessThan(300_000);
  expect(texts(full)).toContain("…and 190 more racks than are drawn");
  const one = of(10_000, (at) => device(`host-${at}`, "r1", 3));
  expect(one.svg.length).toBeLessThan(20_000);
  expect(texts(one)).toContain("+9,998");
  const none = of(10_000, (at) => device(`host-${at}`, null, null));
  expect(texts(none)).toContain("…and 9,960 more");
  expect(none.table().values).toHaveLength(10_000);
});

const hostile = [...STRINGS, HOSTILE, "]]>", "x".repeat(500), "constructor"].map((text) => {
  const more = { site: text, type: text };
  const devices = [
    ...[device(text, text, 1, more), device(`${text}2`, text, 1, more)],
    device(`${text}3`, null, null, more),
  ];
  return [text, new RackElevations(devices, { site: text })] as const;
});

test.each(hostile)("%j stays text", (text, racks) => {
  const names = new Set([...read(racks).querySelectorAll("*")].map(({ localName }) => localName));
  expect([...names].sort()).toEqual(["desc", "g", "path", "rect", "svg", "text", "title"]);
  const told = [...read(racks).querySelectorAll("g > title")].map((one) => one.textContent!);
  expect(told.some((one) => one.startsWith(visible(text).slice(0, 80)))).toBe(true);
  expect(`${racks}`.split("\n")).toHaveLength(5);
  expect(`${racks}`).not.toMatch(/\p{Bidi_Control}/u);
});

test("In a report they are as they were drawn, and nothing in them runs", async () => {
  const pictures = hostile.map(([, { svg }]) => display({ "image/svg+xml": svg }));
  const page = await pageOf(notebook(code("", ...pictures)));
  expect(dangers(page)).toEqual([]);
  for (const name of ["rect", "path", "text", "title"]) {
    expect(page.querySelectorAll(`.picture ${name}`)).toHaveLength(
      hostile.reduce((sum, [, racks]) => sum + read(racks).querySelectorAll(name).length, 0),
    );
  }
});
