import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Exemplars } from "../../../src/spaces/learning/exemplars.ts";
import type { Rows } from "../../../src/spaces/learning/rows.ts";

const rowsOf = (rows: number[][]): Rows => ({
  values: Float64Array.from(rows.flat()),
  width: rows[0]!.length,
  count: rows.length,
});
const of = (rows: number[][], classes: number[], norm: "city" | "euclid" = "euclid") =>
  new Exemplars({ rows: rowsOf(rows), classes: Int32Array.from(classes) }, norm);

describe("What is remembered", () => {
  test("tells the nearest, and the nearest of another class, as measuring all of them does", () => {
    const coordinate = fc.integer({ min: -4, max: 4 });
    const row = fc.tuple(coordinate, coordinate, fc.constantFrom(0, 1, 2));
    fc.assert(fc.property(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      coordinate,
      coordinate,
      fc.constantFrom("city" as const, "euclid" as const),
      (known, x, y, norm) => {
        const distances = known.map(([a, b]) =>
          norm === "city"
            ? Math.abs(a - x) + Math.abs(b - y)
            : Math.sqrt((a - x) ** 2 + (b - y) ** 2)
        );
        const least = Math.min(...distances);
        const own = known[distances.indexOf(least)]![2];
        const other = Math.min(...distances.filter((_, at) => known[at]![2] !== own));
        const exemplars = of(known.map(([a, b]) => [a, b]), known.map(([, , own]) => own), norm);
        expect(exemplars.nearest(rowsOf([[x, y]]), 0)).toEqual({
          class: own,
          distance: least,
          other,
        });
      },
    ));
  });

  test("forgets what its neighbours do not agree with, but nothing of a small class", () => {
    const body = Array.from({ length: 30 }, (_, at) => [at / 30]);
    const far = Array.from({ length: 30 }, (_, at) => [10 + at / 30]);
    const classes = [...body.map(() => 0), ...far.map(() => 1)];
    classes[40] = 0; // labelled wrongly
    expect([...of([...body, ...far], classes).edited(7).known.classes])
      .toEqual(classes.filter((_, at) => at !== 40));
    classes[40] = 2; // alone in its class
    expect([...of([...body, ...far], classes).edited(7).known.classes]).toEqual(classes);
  });

  test("forgets nothing of a class of which less than half would be left", () => {
    const rows = Array.from({ length: 60 }, (_, at) => [at]);
    const classes = rows.map((_, at) => at % 3 === 0 ? 1 : 0);
    const left = of(rows, classes).edited(7).known.classes;
    expect(left.filter((own) => own === 1)).toHaveLength(20);
    const more = [...classes, 1];
    expect(of([...rows, [100]], more).edited(7).known.classes.filter((own) => own === 1))
      .toHaveLength(21);
  });

  test("is the middle of each class alone: the mean, or the median where distance is city block", () => {
    const rows = [[0, 0], [1, 0], [5, 3], [7, 7]];
    const middles = (norm: "city" | "euclid") => of(rows, [4, 4, 4, 2], norm).middles().known;
    expect([...middles("euclid").rows.values]).toEqual([2, 1, 7, 7]);
    expect([...middles("city").rows.values]).toEqual([1, 0, 7, 7]);
    expect([...middles("city").classes]).toEqual([4, 2]);
  });
});
