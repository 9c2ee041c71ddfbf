import fc from "fast-check";
import { expect, test } from "vitest";
import { halve } from "../../src/spaces/halve.ts";

function halved(values: readonly number[], from = 0, to = values.length): number[] {
  const list = Int32Array.from(values.keys());
  halve(list, from, to, (item) => values[item]!);
  return [...list];
}

test("A list is halved at its median, whatever is in it, and outside of the part nothing moves", () => {
  const drawn = fc.tuple(fc.array(fc.integer({ min: -9, max: 9 })), fc.nat(), fc.nat());
  fc.assert(fc.property(drawn, ([values, a, b]) => {
    const [from, to] = [a, b].map((at) => at % (values.length + 1)).sort((a, b) => a - b);
    const list = halved(values, from, to);
    expect([...list].sort((a, b) => a - b)).toEqual([...values.keys()]);
    for (const [at, item] of list.entries()) {
      if (at < from! || at >= to!) expect(item).toBe(at);
    }
    const middle = (from! + to!) >>> 1;
    const [low, high] = [list.slice(from, middle), list.slice(middle, to)]
      .map((half) => half.map((item) => values[item]!));
    for (const value of low!) expect(value).toBeLessThanOrEqual(Math.min(...high!));
  }));
});

test("Lists that are sorted, all alike, or made to be slow take no longer than to sort them", () => {
  const size = 100_000;
  const lists = [
    Array.from({ length: size }, (_, at) => at),
    Array.from({ length: size }, (_, at) => -at),
    Array.from({ length: size }, () => 0),
    Array.from({ length: size }, (_, at) => Math.min(at, size - at)),
    againstMedianOfThree(size),
  ];
  for (const values of lists) {
    let looks = 0;
    const list = Int32Array.from(values.keys());
    halve(list, 0, size, (item) => (looks++, values[item]!));
    expect(looks).toBeLessThan(10 * size * Math.log2(size));
  }
});

/** Medians of three that are nearly the least (Musser, "Introspective sorting and selection", 1997). */
function againstMedianOfThree(size: number): number[] {
  const half = size / 2;
  return Array.from(
    { length: size },
    (_, at) => at >= half ? 2 * (at - half + 1) : at % 2 === 0 ? at + 1 : half + at + 1,
  );
}
