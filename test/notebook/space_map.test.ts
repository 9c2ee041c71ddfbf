import { JSDOM } from "jsdom";
import { describe, expect, test } from "vitest";
import { type SpaceMap, spaceMap } from "../../src/notebook/space_map.ts";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { replay } from "../../src/replay/replay.ts";
import { visible } from "../../src/table/text.ts";
import { history, HOSTILE, type Said } from "../replay/history.ts";
import { dangers, pageOf } from "./page_reader.ts";
import { code, display, HOSTILE as STRINGS, notebook } from "./sample.ts";

const GB = 1e9;
const machine = (hostname: string, cpu_cores: number, gigabytes?: number): Said => [
  "RegisterCompute",
  {
    hostname,
    resource_type: "virtual_machine",
    cpu_cores,
    ...(gigabytes !== undefined && { memory_bytes: gigabytes * GB }),
    interfaces: [],
  },
];
const concept = (name: string, cpu: number, gigabytes: number): Said => [
  "DefineConcept",
  {
    space: "capacity",
    name,
    prototypes: [{ "capacity.cpu": cpu, "capacity.memory": gigabytes * GB }],
  },
];
const AXES = { x: "capacity.cpu", y: "capacity.memory" };
const CONCEPTS = [concept("large", 64, 256), concept("small", 2, 4)];

async function mapOf(said: Said[], axes?: typeof AXES, space = "capacity"): Promise<SpaceMap> {
  await using model = await replay(await history(...said));
  return spaceMap(await model.space(space), axes);
}

/** The picture, read as strictly as XML is: what is not well-formed throws. */
const picture = ({ svg }: SpaceMap) =>
  new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const titles = (document: Document) =>
  [...document.querySelectorAll("g > title")].map(({ textContent }) => textContent);

describe("A map of five machines", async () => {
  const said: Said[] = [
    ...CONCEPTS,
    machine("a", 2, 4),
    machine("b", 4, 4),
    machine("c", 64, 200),
    machine("d", 8),
    machine("e", 2, 200),
    ["LabelResource", { compute: "b", space: "capacity", concept: "large" }],
  ];
  const map = await mapOf(said, AXES);

  test("says in words what is to be seen", () => {
    expect(`${map}`).toBe(
      `Map of the space capacity
across  capacity.cpu: ${map.perception.space.domains[0]!.dimensions[0]!.about}
up      capacity.memory: ${map.perception.space.domains[0]!.dimensions[2]!.about}

4 of 5 things are drawn, of 1 too little is known; 3 of them lie in the cell of what they are
  large                   1
  small                   2
  (unlike every concept)  1
Declared otherwise: b (small, not large)`,
    );
  });

  test("has a dot for each thing with its name, and a ring for each prototype", () => {
    const told = titles(picture(map));
    const things = told.filter((title) => /^[a-e]: /.test(title!));
    expect(things.map((title) => title!.replace(/; \w+ \d.*/, ""))).toEqual([
      ...["a: small", "b: small; declared as large", "c: large", "e: unlike every concept"],
    ]);
    expect(things[2]).toMatch(/; cpu 64 \(64, not 2\)/);
    expect(told.filter((title) => title!.startsWith("a prototype of"))).toEqual([
      "a prototype of large",
      "a prototype of small",
    ]);
  });

  test("has the concepts' names on their cells, marks in units, and what the axes are", () => {
    const texts = [...picture(map).querySelectorAll("text")].map(({ textContent }) => textContent);
    const names = texts.filter((text) => text === "large" || text === "small");
    expect(names.sort()).toEqual(["large", "large", "small", "small"]); // and in the legend
    expect(texts).toEqual(expect.arrayContaining(["0", "10", "100", "1 GB", "100 GB"]));
    expect(texts).toContainEqual(expect.stringMatching(/^→ capacity.cpu: /));
    expect(texts).toContain("The space capacity");
  });

  test("is the same, to the byte, however often it is drawn", async () => {
    expect((await mapOf(said, AXES)).svg).toBe(map.svg);
  });

  test("is a picture in a notebook, and words where there are no pictures", () => {
    const shown = map as unknown as Record<symbol, () => unknown>;
    expect(shown[Symbol.for("Jupyter.display")]!()).toEqual({
      "image/svg+xml": map.svg,
      "text/plain": `${map}`,
    });
  });

  test("is in a report as it was drawn", async () => {
    const bundle = { "image/svg+xml": map.svg, "text/plain": `${map}` };
    const page = await pageOf(notebook(code("", display(bundle))));
    const [there, drawn] = [page.querySelector(".picture svg")!, picture(map).documentElement];
    for (const name of ["path", "circle", "rect", "text", "g", "pattern", "title"]) {
      expect(there.querySelectorAll(name)).toHaveLength(drawn.querySelectorAll(name).length);
    }
    const shown = (root: Element) =>
      [...root.querySelectorAll("path, circle")].map((one) =>
        ["d", "cx", "cy", "r", "stroke", "fill-opacity"].map((name) => one.getAttribute(name))
      );
    expect(shown(there)).toEqual(shown(drawn));
    const [, id] = /url\(#(.+)\)/.exec(there.querySelector("[fill^=url]")!.getAttribute("fill")!)!;
    expect(there.querySelector(`#${id}`)?.localName).toBe("pattern");
  });
});

describe.each([...STRINGS, HOSTILE, "]]>", "a\nb", "&lt;&#0;"])("Named %j,", (name) => {
  test("a concept and a thing stay text, also in a report", async () => {
    const policy = (name: string, severity: "info" | "warning"): Said => [
      "SetPolicy",
      { name, severity, selector: "true", rule: "true", for: "5m" },
    ];
    const defined: Said = ["DefineConcept", {
      space: "policy",
      name,
      prototypes: [{ "policy.severity": 1, "policy.delay": 300 }],
    }];
    const map = await mapOf(
      [policy(name, "info"), policy("other", "warning"), defined],
      { x: "policy.severity", y: "policy.delay" },
      "policy",
    );
    const [{ thing }] = map.things.filter(({ thing }) => thing.name !== "other") as [
      SpaceMap["things"][0],
    ];
    const document = picture(map);
    expect(titles(document)).toContain(`a prototype of ${visible(map.prototypes[0]!.concept)}`);
    expect(titles(document)).toContainEqual(
      expect.stringContaining(`${visible(thing.name)}: `),
    );
    const elements = new Set([...document.querySelectorAll("*")].map(({ localName }) => localName));
    expect([...elements].sort()).toEqual(
      ["circle", "defs", "desc", "g", "path", "pattern", "rect", "svg", "text", "title"],
    );
    const page = await pageOf(notebook(code("", display({ "image/svg+xml": map.svg }))));
    expect(dangers(page)).toEqual([]);
    expect(page.querySelectorAll(".picture g > title")).toHaveLength(titles(document).length);
    expect(`${map}`).not.toMatch(/\p{Bidi_Control}/u);
  });
});

test("five hundred machines are dots of their own, small enough to be told apart", async () => {
  const many = Array.from({ length: 500 }, (_, at) => machine(`m${at}`, 1 + at % 60, 1 + at % 77));
  const map = await mapOf([...CONCEPTS, ...many], AXES);
  const dots = [...picture(map).querySelectorAll("g > circle[r='2.6']")];
  expect(dots).toHaveLength(500);
});

test("without dimensions it is drawn by principal components, and says which dimensions they are", async () => {
  const map = await mapOf([
    ...CONCEPTS,
    machine("a", 2, 4),
    machine("b", 64, 8),
    machine("c", 9, 2),
  ]);
  expect(`${map}`).toMatch(/^across {2}\d+ % of the variance: cpu \+/m);
  expect(map.svg).toContain("by its principal components");
});

test("without things there are the cells", async () => {
  const map = await mapOf(CONCEPTS, AXES);
  expect([map.things, map.cells.cells.map(({ rings }) => rings.length)]).toEqual([[], [1, 1]]);
  expect(picture(map).querySelectorAll("path").length).toBeGreaterThan(3);
});

test("a dimension that is not there is refused, and nothing is drawn where nothing is known", async () => {
  await expect(mapOf(CONCEPTS, { x: "capacity.cpu", y: "capacity.sea" })).rejects.toThrow(
    /no dimension "capacity.sea": it has capacity.cpu, /,
  );
  await expect(mapOf(CONCEPTS)).rejects.toThrow(SpaceInvalid);
});
