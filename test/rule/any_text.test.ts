/** Whatever text a rule is: it is refused in our own words, or it ends and says something. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRule } from "../../src/rule/rule.ts";
import { PolicyRuleInvalid } from "../../src/rule/error.ts";
import { HOSTILE } from "../replay/history.ts";

const TOKENS = [
  ..."resource software networks measurements rates now measured_at hostname interfaces owner tags"
    .split(" "),
  ..."all exists exists_one map filter has size matches startsWith in x y true false null".split(
    " ",
  ),
  ...". . ( ) ( ) [ ] { } , : ? && || ! == != < >= + - * / % 1 2.5 0u 'a' '(' b'a' \"memory\" @ __result__"
    .split(" "),
  "duration('1m')",
  "timestamp('2026-01-01T00:00:00Z')",
  "int('9')",
  "9223372036854775807",
  "{'a': 1}",
  "[1, 2]",
  "software.exists(x, ",
  "resource.interfaces.map(y, ",
  "\n",
  HOSTILE,
];
const VARIABLES = {
  resource: new Map<string, unknown>([
    ["hostname", HOSTILE],
    ["tags", new Map([["a", HOSTILE]])],
    ["interfaces", [new Map([["name", "eth0"]])]],
  ]),
  software: [new Map([["name", HOSTILE]])],
  measurements: new Map([["memory", 0.5]]),
  rates: new Map(),
  networks: [],
};

/** Expressions that are well formed more often than not. */
const { expression } = fc.letrec((tie) => ({
  leaf: fc.constantFrom(
    ..."1 2.5 true null 'a' [] {} now software measurements x y resource.hostname resource.tags"
      .split(" "),
    ..."resource.interfaces size(software) has(resource.owner) measurements.memory resource".split(
      " ",
    ),
  ),
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.tuple(
      tie("expression"),
      fc.constantFrom(..."&& || == != < + - * / % in".split(" ")),
      tie("expression"),
    )
      .map(([one, operator, other]) => `(${one} ${operator} ${other})`),
    fc.tuple(
      tie("expression"),
      fc.constantFrom(..."all exists exists_one map filter".split(" ")),
      fc.constantFrom("x", "y", "software"),
      tie("expression"),
    ).map(([range, macro, name, body]) => `${range}.${macro}(${name}, ${body})`),
    tie("expression").map((one) => `!${one}`),
    tie("expression").map((one) => `size(${one})`),
    fc.tuple(tie("expression"), tie("expression")).map(([one, key]) => `${one}[${key}]`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([condition, one, other]) => `(${condition} ? ${one} : ${other})`),
    fc.tuple(tie("expression"), tie("expression")).map(([one, other]) => `[${one}, ${other}]`),
  ),
}));

function endures(text: string): void {
  try {
    const outcome = compileRule(text, 20_000).evaluate(VARIABLES);
    JSON.stringify(outcome);
    expect([true, false, undefined]).toContain(outcome.holds);
  } catch (error) {
    if (!(error instanceof PolicyRuleInvalid)) throw error;
    const { line, column } = error.position;
    const lines = text.split("\n");
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
    expect(error.reason).not.toBe("");
  }
}

test("any words one after the other", () => {
  const words = fc.array(fc.constantFrom(...TOKENS), { maxLength: 14 }).map((all) => all.join(" "));
  fc.assert(fc.property(words, endures), { numRuns: 1_500 });
});

test("any expression", () => {
  fc.assert(fc.property(expression as fc.Arbitrary<string>, endures), { numRuns: 1_500 });
});
