/** The text that Prometheus reads. */
import { expect, test } from "vitest";
import { exposition, type Family } from "../../src/exposition/family.ts";

const family = (samples: Family["samples"], help = "Things."): Family => ({
  name: "cim_things",
  type: "gauge",
  help,
  samples,
});

test("A family has its HELP, its TYPE and a line for each sample", () => {
  expect(exposition([family([[{ site: "fra1", kind: "a" }, 2], [{}, 0.5]])])).toBe(
    '# HELP cim_things Things.\n# TYPE cim_things gauge\ncim_things{site="fra1",kind="a"} 2\ncim_things 0.5\n',
  );
});

test("One without samples is left out, and so is a label that says nothing", () => {
  expect(exposition([family([]), family([[{ site: "" }, 1]])])).toMatch(/^[^{]*cim_things 1\n$/);
});

test("What a value says stays a value", () => {
  const hostile = 'a"} 1\ncim_up{x="\\';
  expect(exposition([family([[{ site: hostile }, 1]], "one\ntwo \\ three")])).toBe(
    "# HELP cim_things one\\ntwo \\\\ three\n# TYPE cim_things gauge\n" +
      'cim_things{site="a\\"} 1\\ncim_up{x=\\"\\\\"} 1\n',
  );
  expect(exposition([family([[{ site: "\ud800" }, 1]])])).toContain('site="\ufffd"');
});

test("Numbers are as Prometheus writes them", () => {
  const text = exposition([family([1e21, NaN, Infinity, -Infinity].map((one) => [{}, one]))]);
  expect(text.split("\n").slice(2, 6)).toEqual([
    "cim_things 1e+21",
    "cim_things NaN",
    "cim_things +Inf",
    "cim_things -Inf",
  ]);
});
