import { describe, expect, test } from "vitest";
import { placesOf } from "../../src/perception/positions.ts";
import { HOSTILE, type Said, STORY } from "../replay/history.ts";
import { GB, machine, seen, sized } from "./seen.ts";

const software = (kind: "package" | "service"): Said => [
  "ConfigureSoftware",
  { compute: "web", name: "nginx", kind, version: "1" },
];

describe("A thing is named", () => {
  test("by its name or its id", async () => {
    const space = await seen("capacity", [sized("a", 2, 4), sized("b", 2, 4)]);
    const thing = space.thing("a");
    expect(thing).toMatchObject({ name: "a", kind: "virtual_machine", observed_at: null });
    expect(space.thing(thing.id)).toBe(thing);
    expect(() => space.thing("A")).toThrow(/^There is no "A": there are a, b$/);
    expect(() => space.thing("")).toThrow(expect.objectContaining({ code: "unknown_thing" }));
  });

  test("and by its kind as well, where two have the same name", async () => {
    const space = await seen("software", [
      machine("web"),
      software("package"),
      software("service"),
    ]);
    expect(() => space.thing("nginx on web")).toThrow(
      /^There are 2 of the name "nginx on web": say an id, [0-9a-f-]+ \((package|service)\), .*kind in parentheses$/,
    );
    for (const kind of ["package", "service"]) {
      expect(space.thing(`nginx on web (${kind})`).kind).toBe(kind);
    }
    expect(() => space.thing("nginx on web (process)")).toThrow(
      /There is no "nginx on web \(process\)"/,
    );
  });

  test("and where nothing has that name the nearest ones are told", async () => {
    const all = [
      "alpha",
      "beta",
      ...Array.from({ length: 20 }, (_, at) => `db-${at + 10}`),
      "web-01",
    ];
    const space = await seen("capacity", all.map((name) => sized(name, 2, 4)));
    expect(() => space.thing("wbe-01")).toThrow(/^There is no "wbe-01": there are web-01, /);
    expect(() => space.thing("bet")).toThrow(/there are beta, .* and 13 more$/);
  });

  test("and in an empty space it is said what to do", async () => {
    const space = await seen("policy", [machine("web")]);
    expect(() => space.thing("web")).toThrow(
      /^There is no "web" in this space at that moment, nor anything else: run deno task cim discover/,
    );
  });

  test("whatever it is called", async () => {
    for (const name of ["network", "software"]) {
      const space = await seen(name, STORY);
      const [thing] = space.things;
      expect(thing!.name).toContain(HOSTILE);
      expect(space.thing(thing!.name)).toBe(thing);
    }
  });
});

test("Every space has the things of its kind", async () => {
  const names = async (space: string) => (await seen(space, STORY)).things.map(({ name }) => name);
  expect(await names("compute")).toEqual(["web"]);
  expect(await names("software")).toEqual([`${HOSTILE} on web`]);
  expect(await names("connection")).toEqual(["web → 10.0.0.9 5432"]);
  expect(await names("network")).toEqual([HOSTILE]);
  expect(await names("policy")).toEqual(["p"]);
});

test("What is missing is missing, and never zero", async () => {
  const space = await seen("capacity", [machine("a", { memory_bytes: 4 * GB })]);
  const places = new Map(
    placesOf(space.space, space.thing("a")).map(({ dimension, value, place }) => [
      dimension.name,
      [value, place],
    ]),
  );
  expect(places.get("capacity.memory")).toEqual([4 * GB, expect.closeTo(0.403, 3)]);
  for (const name of ["cpu", "cpu_available", "memory_available", "storage", "bandwidth"]) {
    expect(places.get(`capacity.${name}`), name).toEqual([null, null]);
  }
});
