import { describe, expect, test } from "vitest";
import { compileRule } from "../../src/rule/rule.ts";
import { PolicyRuleInvalid } from "../../src/rule/error.ts";
import { HOSTILE } from "../replay/history.ts";

const software = Array.from(
  { length: 700 },
  (_, at) => new Map([["name", `package-${at}`], ["version", `1.${at}`]]),
);
const web = {
  resource: new Map<string, unknown>([
    ["hostname", "web"],
    ["cpu_cores", 4n],
    ["tags", new Map([["team", HOSTILE]])],
    ["interfaces", [new Map<string, unknown>([["name", "eth0"], ["mtu", 1500n]])]],
    ["measurements", new Map([["memory", 0.97]])],
  ]),
  software,
  measurements: new Map([["system.uptime", 60]]),
};

function refused(text: string): PolicyRuleInvalid {
  try {
    compileRule(text);
  } catch (error) {
    if (error instanceof PolicyRuleInvalid) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe("A rule says true or false, and which values decided", () => {
  test.each<[string, boolean, Record<string, unknown>]>([
    ["size(resource.interfaces) >= 2", false, { "size(resource.interfaces)": 1 }],
    ["resource.measurements.memory < 0.95", false, { "resource.measurements.memory": 0.97 }],
    ["has(resource.owner)", false, { "has(resource.owner)": false }],
    ["resource.cpu_cores > 3.5", true, { "resource.cpu_cores": 4 }],
    ['measurements["system.uptime"] > 59.0', true, { 'measurements["system.uptime"]': 60 }],
    ["true || resource.cpu_cores > 1", true, {}],
    [
      'software.all(s, s.name != "package-7")',
      false,
      {
        'software.all(s, s.name != "package-7") → s': { name: "package-7", version: "1.7" },
        'software.all(s, s.name != "package-7")': false,
      },
    ],
    [
      'size(software.filter(s, s.name.matches("^package-1")).map(s, s.version)) == 111',
      true,
      { 'size(software.filter(s, s.name.matches("^package-1")).map(s, s.version))': 111 },
    ],
  ])("%s", (text, holds, because) => {
    expect(compileRule(text).evaluate(web)).toEqual({ holds, because });
  });

  test("and a text that is code elsewhere is a value", () => {
    const rule = compileRule(`resource.tags.team == ${JSON.stringify(HOSTILE)}`);
    expect(rule.evaluate(web)).toEqual({ holds: true, because: { "resource.tags.team": HOSTILE } });
  });
});

test("What is not there is no answer, with the place and the reason", () => {
  const { because: _, ...outcome } = compileRule('resource.owner == "x"').evaluate(web);
  expect(outcome).toEqual({ holds: undefined, error: "line 1, column 9: field not found: owner" });
  expect(compileRule('has(resource.owner) && resource.owner == "x"').evaluate(web).holds)
    .toBe(false);
});

describe("A rule that is none is refused, with the place and the reason", () => {
  const cases: [string, string, number, number, RegExp][] = [
    ["1 +", "syntax", 1, 3, /found \+/],
    ["", "syntax", 1, 1, /found end of input/],
    [HOSTILE, "syntax", 1, 1, /./],
    ["true &&\n resource.cpu > 1", "unknown_name", 2, 10, /resource has no cpu; it has id, host/],
    ["cpu > 1", "unknown_name", 1, 1, /there is no cpu; there are resource, software/],
    ["f(1)", "unknown_name", 1, 1, /no function f/],
    [
      "has(measured_at)",
      "syntax",
      1,
      1,
      /has\(\) takes a field, as in has\(resource.measured_at\)/,
    ],
    ["has(x)", "syntax", 1, 1, /as in has\(resource.owner\), and x is none/],
    ['resource.cpu_cores >= "2"', "type", 1, 23, /no >= for int and string/],
    ["resource.hostname == 1", "type", 1, 22, /no == for string and int/],
    ["resource.hostname", "type", 1, 9, /true or false, and this is string/],
    ["software.exists(s, s.nam == 'x')", "unknown_name", 1, 21, /software has no nam; it has name/],
    ["resource.hostname.all(x, true)", "type", 1, 9, /string is no list/],
    ["true ? 1 : 'a'", "type", 1, 12, /on both sides of : there is one type, not int and string/],
    ["[1, 'a'][x] == 1", "unknown_name", 1, 10, /there is no x/],
    [
      "software.all(a, software.all(b, software.all(c, software.all(d, true))))",
      "too_costly",
      1,
      57,
      /it is the 4th loop in a loop; 3 may be/,
    ],
    ["1 in resource.tags", "type", 1, 14, /no in for int and map\(string, string\)/],
    ["resource.hostname.matches('(')", "pattern", 1, 27, /missing closing/],
    ["now - measured_at < duration('1d')", "syntax", 1, 30, /no duration: there are h, m, s/],
    ["now < timestamp('2026-11-31')", "syntax", 1, 17, /no moment: say it like 2026-/],
    ["resource.constructor == 'x'", "unknown_name", 1, 9, /has no constructor/],
    ["(".repeat(9_000), "too_deep", 1, 1, /nested/],
    [`${"1+".repeat(400)}1 > 0`, "too_deep", 1, 1, /nested/],
    ["true&&".repeat(4_000) + "true", "too_long", 1, 16_385, /16384 may be/],
  ];
  test.each(cases.map((one) => [one[0].slice(0, 60), ...one] as const))(
    "%s",
    (_, text, fault, line, column, reason) => {
      const error = refused(text);
      expect(error.code).toBe("policy_rule_invalid");
      expect(error).toMatchObject({ fault, position: { line, column } });
      expect(error.reason).toMatch(reason);
      expect(error.message).toContain(`line ${line}, column ${column}: `);
    },
  );
});

/** A list of the same list twice, and so on. */
const twice = (times: number) => `[[1]]${".map(a, [a, a])".repeat(times)}`;

describe("A rule that would never end is ended soon", () => {
  const all = (names: string, inner: string) =>
    [...names].reduceRight((rule, name) => `software.exists(${name}, ${rule})`, inner);
  const tenfold = Array(9).fill("map(b, b + b + b + b + b + b + b + b + b + b)").join(".");
  test.each([
    ["loops in loops", all("abc", "false")],
    [
      "and what absorbs errors",
      `software.all(a, ${all("bc", "b.name == c.version")} || true) || false`,
    ],
    ["texts that grow", `["aaaaaaaaaa"].${tenfold}.size() == 1`],
    [
      "lists that grow",
      `[software].${tenfold}.size() == 1`,
    ],
    ["patterns", all("ab", 'a.name.matches("(x+x+)+" + b.name)')],
    ["a list of the same list twice, and so on", `${twice(60)} == []`],
    ["lists that are compared", all("ab", "software != software.filter(s, true)")],
  ])("%s", (_, text) => {
    const began = performance.now();
    expect(compileRule(text).evaluate(web)).toMatchObject({
      holds: undefined,
      error: "it takes more than 1000000 steps",
    });
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

test("What decided is shown, however large it is", () => {
  const pair = ["… 2 in all", "… 2 in all"];
  expect(Object.values(compileRule(`${twice(60)} == []`).evaluate(web).because))
    .toEqual([[[pair, pair]]]);
});

test("What a rule reads is known before it runs", () => {
  const reads = (text: string) => [...compileRule(text).reads].sort();
  expect(reads("size(resource.interfaces) > 1 && now > measured_at")).toEqual([
    "interfaces",
    "measured_at",
    "now",
  ]);
  expect(reads("resource['owner'] == 'x'")).toContain("owner");
  expect(reads("size(resource) > 1")).toEqual(["*"]);
});
