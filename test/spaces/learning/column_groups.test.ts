import { expect, test } from "vitest";
import { columnGroups } from "../../../src/spaces/learning/column_groups.ts";

test("Columns that go together or against each other are a group, and one that does not vary is alone", () => {
  const rows = [[1, -2, 1, 0], [-1, 2, 1, 0], [2, -4, -1, 0], [-2, 4, -1, 0]];
  expect(columnGroups(rows)).toEqual([[0, 1], [2], [3]]);
});

test("A column joins a group by its mean correlation", () => {
  // The second goes with the first (0.6), but not with the third (0): 0.3 on average.
  const rows = [[1, 0.6, 0.8], [0, 0.8, -0.6], [-1, -0.6, -0.8], [0, -0.8, 0.6]];
  expect(columnGroups(rows)).toEqual([[0, 2], [1]]);
});
