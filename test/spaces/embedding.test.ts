import fc from "fast-check";
import { expect, test } from "vitest";
import { Embedding } from "../../src/spaces/embedding.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { pointOf } from "../../src/spaces/space.ts";
import { anyThings } from "./any_space.ts";

test("Laid out, points that know the same are as far apart as the metric says, whatever it is", () => {
  fc.assert(fc.property(anyThings(3, { missing: true }), ({ space, options, things }) => {
    const metric = new Metric(space, options);
    const [mask, ...points] = things.map((thing) => pointOf(space, thing));
    const isKnown = (at: number) => [mask!, ...points].every((point) => !Number.isNaN(point[at]));
    const [x, y] = points.map((point) => point.map((value, at) => isKnown(at) ? value : NaN));
    const expected = metric.distance(x!, y!);
    const embedding = Embedding.of(metric, isKnown);
    if (!embedding) {
      expect(expected).toBeNaN();
      return;
    }
    const [from, to] = [x!, y!].map((point) => {
      const laid = new Float64Array(embedding.width);
      embedding.lay(point, 0, laid, 0);
      return laid;
    });
    let distance = 0;
    for (const { start, size } of embedding.blocks) {
      const ways = [...Array(size).keys()].map((at) => {
        const way = Math.abs(to![start + at]! - from![start + at]!);
        return Math.min(way, embedding.periods[start + at]! - way);
      });
      distance += Math.hypot(...ways);
    }
    expect(Math.abs(distance - expected)).toBeLessThanOrEqual(1e-9 * (1 + expected));
    expect(Math.hypot(...from!)).toBeLessThanOrEqual(embedding.reach(x!) * (1 + 1e-9));
  }));
});

test("What does not matter has no place in an embedding, and where nothing does there is none", () => {
  const dimensions = ["a.x", "a.y"].map((name) => (
    { name, unit: "1", scale: "linear", range: [0, 1] } as const
  ));
  const space = { name: "plane", domains: [{ name: "a", dimensions }] };
  const metric = new Metric(space, { context: { "a.y": 0 } });
  expect(Embedding.of(metric, () => true)!.width).toBe(1);
  expect(Embedding.of(metric, (at) => at === 1)).toBeUndefined();
});
