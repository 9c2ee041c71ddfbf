import { expect, test } from "vitest";
import { Calibration } from "../../../src/spaces/anomaly/calibration.ts";
import { normal } from "./any_rows.ts";

test("A p-value is the share of distances that are as far or farther, itself among them", () => {
  const calibration = Calibration.of(Float64Array.of(3, 1, 2, 2));
  expect([0, 1, 2, 2.5, 3, 4, NaN].map((distance) => calibration.p(distance)))
    .toEqual([1, 1, 4 / 5, 2 / 5, 2 / 5, 1 / 5, NaN]);
  expect(new Calibration(10).p(5)).toBe(1);
});

test("The last distances count, whatever came before", () => {
  const next = normal(9);
  const all: number[] = [];
  const calibration = new Calibration(50);
  for (let round = 0; round < 400; round++) {
    const distance = Math.round(4 * next()); // often the same
    const last = all.slice(-50);
    expect(calibration.size).toBe(last.length);
    expect(calibration.less(distance)).toBe(last.filter((own) => own < distance).length);
    expect(calibration.upTo(distance)).toBe(last.filter((own) => own <= distance).length);
    calibration.push(distance);
    all.push(distance);
  }
});
