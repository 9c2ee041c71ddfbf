/** The same seed draws the same, everywhere. */
import { expect, test } from "vitest";
import { Random } from "../../src/sample/random.ts";

const draws = (seed: number, stream: string) => {
  const random = new Random(seed, stream);
  return Array.from({ length: 5 }, () => random.nextUint32());
};

test("A seed and the name of a stream tell what is drawn, and no two draw the same", () => {
  expect(draws(7, "ids")).toEqual(draws(7, "ids"));
  expect(draws(7, "ids")).not.toEqual(draws(7, "life"));
  expect(draws(7, "ids")).not.toEqual(draws(8, "ids"));
  // Held here, so that a change of the generator, by which all samples change, is seen.
  expect(draws(1, "ids")).toEqual([2433527384, 1256813343, 2588157645, 2667691141, 3242880990]);
});

test("What is drawn is spread evenly, and noise has mean 0 and deviation 1", () => {
  const random = new Random(3, "test");
  const counts = new Array<number>(10).fill(0);
  let [sum, squares] = [0, 0];
  for (let at = 0; at < 100_000; at++) {
    counts[random.whole(0, 9)]!++;
    const noise = random.noise();
    expect(Math.abs(noise)).toBeLessThanOrEqual(3);
    sum += noise;
    squares += noise * noise;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  expect(Math.abs(sum / 100_000)).toBeLessThan(0.02);
  expect(squares / 100_000).toBeCloseTo(1, 1);
});

test("A whole number has both of its ends, and a number between two never the higher one", () => {
  const random = new Random(4, "test");
  const whole = new Set(Array.from({ length: 200 }, () => random.whole(-1, 1)));
  expect([...whole].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
  for (let at = 0; at < 1_000; at++) expect(random.between(2, 3)).toBeLessThan(3);
  expect(random.hexadecimal(13)).toMatch(/^[0-9a-f]{13}$/);
});
