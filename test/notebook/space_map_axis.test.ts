import { describe, expect, test } from "vitest";
import { axisTitle, ticksOf, withRoom } from "../../src/notebook/space_map_axis.ts";
import type { Dimension, Scale } from "../../src/spaces/dimension.ts";

const dimension = (
  scale: Scale,
  unit: string,
  ...range: [number, number]
): { dimension: Dimension } => ({ dimension: { name: "load.x", scale, unit, range } });
const texts = (axis: { dimension: Dimension }, low = -0.04, high = 1.04) =>
  ticksOf(axis, [low, high]).map(({ text }) => text);

describe("The marks of an axis", () => {
  test("are in the dimension's unit, at round values", () => {
    expect(texts(dimension("linear", "1", 0, 1))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
    expect(texts(dimension("linear", "By", 0, 8e9))).toEqual([
      ...["0 B", "2 GB", "4 GB", "6 GB", "8 GB"],
    ]);
  });

  test("of a logarithm are 0 and powers of ten, and finer ones in a small range", () => {
    expect(texts(dimension("log", "By/s", 1e3, 1e6))).toEqual([
      ...["0 B/s", "1 kB/s", "10 kB/s", "100 kB/s", "1 MB/s"],
    ]);
    expect(texts(dimension("log", "1", 1, 16))).toEqual(["0", "1", "2", "5", "10"]);
  });

  test("of a duration are those that people have names for", () => {
    const day = 86_400;
    expect(texts(dimension("log", "s", 60, 365 * day))).toEqual([
      ...["0 s", "60 s", "60 min", "24 h", "10 d", "100 d"],
    ]);
  });

  test("lie where the values are", () => {
    const ticks = ticksOf(dimension("log", "1", 1, 1000), [0, 1]);
    const at = (value: number) => Math.log(1 + value) / Math.log(1001);
    expect(ticks.map((tick) => tick.at)).toEqual(
      [0, 1, 10, 100, 1000].map((value) => expect.closeTo(at(value), 12)),
    );
  });

  test("of a circle go all the way around", () => {
    const ticks = ticksOf(dimension("circular", "deg", 0, 60), [0, 1]);
    expect(ticks[0]).toEqual({ at: 0, text: "0 deg" });
    expect(ticks.at(-1)).toEqual({ at: 1, text: "60 deg" });
  });

  test("of a component are in ranges", () => {
    const axis = { loadings: [], share: 0.5 };
    expect(ticksOf(axis, [-1, 1]).map(({ text }) => text)).toEqual([
      "−1",
      "−0.5",
      "0",
      "+0.5",
      "+1",
    ]);
  });

  test("are left out where there is no room", () => {
    const ticks = [0, 1, 2, 3].map((at) => ({ at, text: "100 kB/s" }));
    expect(withRoom(ticks, ({ at }) => at * 30, () => 50).map(({ at }) => at)).toEqual([0, 2]);
  });
});

test("a component is told by what loads most on it, with the domain where it would be unclear", () => {
  const loading = (name: string, loading: number) => ({
    dimension: { ...dimension("linear", "1", 0, 1).dimension, name },
    loading,
  });
  const loadings = [
    loading("performance.cpu", -0.3),
    loading("capacity.cpu", 0.8),
    loading("capacity.memory", 0.5),
    loading("capacity.storage", 0.1),
  ];
  expect(axisTitle({ loadings, share: 0.614 })).toBe(
    "61 % of the variance: capacity.cpu +0.8, memory +0.5, performance.cpu −0.3",
  );
});
