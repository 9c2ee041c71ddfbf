import { describe, expect, test } from "vitest";
import type { Notebook } from "../../src/notebook/export/mod.ts";
import {
  ParameterRefused,
  parametersOf,
  parameterValue,
  valuesOf,
  withParameters,
} from "../../src/notebook/parameters.ts";
import { markdown, notebook } from "./sample.ts";

const DEFAULTS =
  `const archive = ""; // the folder of an archive, such as "data/samples/fleet"; "" is here
const share = -0.5e1; // how much
const all = false;
const text = "a // b \\"c\\""; // it has marks
const computed = archive + "x"; // no literal
`;
const tagged = (tag: string, source: string) => ({
  cell_type: "code" as const,
  metadata: { tags: [tag] },
  source,
  outputs: [],
});
const made: Notebook = notebook(
  markdown("# Title"),
  tagged("parameters", DEFAULTS),
  tagged("other", "const archive = 7;"),
);

test("The parameters of a notebook are the literals of its cell with that tag, with what it says of them", () => {
  expect(parametersOf(made)).toEqual([
    {
      name: "archive",
      value: "",
      comment: 'the folder of an archive, such as "data/samples/fleet"; "" is here',
    },
    { name: "share", value: -5, comment: "how much" },
    { name: "all", value: false, comment: "" },
    { name: "text", value: 'a // b "c"', comment: "it has marks" },
  ]);
  expect(parametersOf(notebook(markdown("x")))).toEqual([]);
});

describe("What somebody types is", () => {
  test.each([
    ["archive", "2026", "2026"],
    ["archive", "true", "true"],
    ["archive", "", ""],
    ["share", "0.25", 0.25],
    ["share", "1e3", 1000],
    ["all", "true", true],
  ])("of the kind of the default: %s=%s", (name, text, value) => {
    expect(parameterValue(made, name, text)).toBe(value);
  });

  test.each([
    ["share", "many", /share is a number, such as -5: "many" is none/],
    ["share", "true", /share is a number/],
    ["share", "1e999", /share is a number/],
    ["share", '"5"', /share is a number/],
    ["all", "yes", /all is a boolean, such as false: "yes" is none/],
    ["all", "1", /all is a boolean/],
    ["nothing", "1", /no parameter "nothing": it has archive \(string\), share \(number\)/],
    ["computed", "x", /no parameter "computed"/],
  ])("refused where it is not: %s=%s", (name, text, why) => {
    expect(() => parameterValue(made, name, text)).toThrow(ParameterRefused);
    expect(() => parameterValue(made, name, text)).toThrow(why);
  });
});

test("Values are injected in a cell of their own behind the defaults, as code that only they are", () => {
  const hostile = 'x"; await Deno.remove("/"); //\u2028`${1}`\n</script>';
  const injected = withParameters(made, { archive: hostile, all: true });
  expect(injected.cells.length).toBe(4);
  expect(injected.cells[2]).toMatchObject({ metadata: { tags: ["injected-parameters"] } });
  expect(injected.cells[2]!.source).toBe(
    `// What this run was given\nconst archive = ${JSON.stringify(hostile)};\nconst all = true;`,
  );
  expect(valuesOf(injected)).toEqual({
    archive: hostile,
    share: -5,
    all: true,
    text: 'a // b "c"',
  });
  expect(made.cells.length).toBe(3);
});

test("Values of a run before are replaced, and without any there is no such cell", () => {
  const once = withParameters(made, { share: 1 });
  const twice = withParameters(once, { share: 2 });
  expect(twice.cells.length).toBe(4);
  expect(valuesOf(twice)["share"]).toBe(2);
  expect(withParameters(twice, {}).cells).toEqual(made.cells);
  expect(() => withParameters(made, { share: "1" })).toThrow(ParameterRefused);
  expect(() => withParameters(notebook(markdown("x")), { share: 1 })).toThrow(/it has none/);
});
