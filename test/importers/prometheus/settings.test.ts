/** Which Prometheus to ask, and for which series. */
import { expect, test } from "vitest";
import { promQl } from "../../../src/importers/prometheus/query.ts";
import { matchersOf, prometheusSettings } from "../../../src/importers/prometheus/settings.ts";

const settings = (url: string, variables: Record<string, string> = {}) =>
  prometheusSettings(url, (name) => variables[name]);

test("A URL may have a path; who asks, the environment says, and nothing prints it", () => {
  const found = settings("https://m.example.org/select/0/prometheus/", {
    PROMETHEUS_USERNAME: "ada",
    PROMETHEUS_PASSWORD: "sécret",
    PROMETHEUS_TOKEN: " ",
  });
  expect(found.url).toBe("https://m.example.org/select/0/prometheus");
  expect(found.authorization()).toBe(
    `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode("ada:sécret")))}`,
  );
  expect(JSON.stringify(found)).not.toMatch(/ada|cret/);
  expect(settings("http://a").authorization()).toBeUndefined();
});

test.each([
  ["localhost:9090", {}, /"localhost:9090" is not a URL/],
  ["http://ada:sesame@m:9090", {}, /there is a user in it/],
  ["ada:sesame@m:9090", {}, /what was given is not a URL/],
  ["http://m:9090/?a=b", {}, /is not a URL/],
  ["http://m", { PROMETHEUS_TOKEN: "sesame", PROMETHEUS_USERNAME: "a" }, /both set/],
  ["http://m", { PROMETHEUS_PASSWORD: "sesame" }, /PROMETHEUS_USERNAME is missing/],
  ["http://m", { PROMETHEUS_USERNAME: "sesame" }, /PROMETHEUS_PASSWORD is missing/],
  ["http://m", { PROMETHEUS_TOKEN: "sesame\nx" }, /PROMETHEUS_TOKEN is no token/],
])("%s with %j is refused, without a secret in it", (url, variables, message) => {
  const refused = () => settings(url, variables as Record<string, string>);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/sesame/);
});

test("A selector is taken as it is, and nothing else", () => {
  expect(matchersOf('{job="node", instance=~"web-.*", }')).toBe(
    'job="node", instance=~"web-.*",'.replace(/,$/, ""),
  );
  expect(matchersOf("{}")).toBe("");
  for (
    const bad of [
      'job="node"',
      "{job}",
      '{job="a"} or up{b="c"}',
      '{job="a"}) or (up{b="c"}',
      "node_load1",
    ]
  ) {
    expect(() => matchersOf(bad), bad).toThrow(/is not a selector like/);
  }
});

test("Questions are PromQL over the step that ends at each moment", () => {
  const asked = { matchers: 'job="node"', step: 60_000 };
  expect(promQl('last(a, x=~"(b|c)") - before(a) > $step', asked)).toBe(
    'last_over_time(a{x=~"(b|c)",job="node"}[59999ms]) - last_over_time(a{job="node"}[59999ms] offset 60000ms) > 60',
  );
});
