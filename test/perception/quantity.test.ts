import { expect, test } from "vitest";
import { quantity } from "../../src/perception/quantity.ts";

test.each([
  [25_276_063_744, "By", "25.3 GB"],
  [999_999, "By", "1 MB"],
  [0, "By", "0 B"],
  [-2_500_000, "By/s", "-2.5 MB/s"],
  [1e21, "By", "1.00e+6 PB"],
  [40e9, "bit/s", "40 Gbit/s"],
  [0.37123, "1", "0.371"],
  [3, "{connection}", "3"],
  [300, "{error}/h", "300/h"],
  [90, "s", "90 s"],
  [120, "s", "2 min"],
  [7_200, "s", "2 h"],
  [1_036_800, "s", "12 d"],
  [2e-7, "1", "2.00e-7"],
])("%d in %s is for people %s", (value, unit, said) => {
  expect(quantity(value, unit)).toBe(said);
});
