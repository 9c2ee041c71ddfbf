import { describe, expect, test } from "vitest";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { kMeans } from "../../../src/spaces/learning/k_means.ts";
import { pointsOf, spaceOf } from "./space_of.ts";

const plane = spaceOf({ load: ["load.cpu", "load.memory"] });

describe("Several prototypes", () => {
  const chance = new Chance(3);
  const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const rows = Array.from({ length: 80 }, (_, at) => {
    const [x, y] = corners[at % 4]!;
    return [x! + 0.1 * chance.share(), y! + 0.1 * chance.share()];
  });

  test("are the means of the groups that the points are in", () => {
    const { prototypes, members } = kMeans(plane, pointsOf(...rows), 4, new Chance(1));
    expect(new Set([0, 1, 2, 3].map((corner) => members[corner]))).toEqual(new Set([0, 1, 2, 3]));
    for (const [at, member] of members.entries()) {
      expect(member).toBe(members[at % 4]);
      expect(prototypes[member]![0]).toBeCloseTo(corners[at % 4]![0]! + 0.05, 1);
    }
  });

  test("are the same for the same seed", () => {
    const learn = (seed: number) => kMeans(plane, pointsOf(...rows), 7, new Chance(seed));
    expect(learn(5)).toEqual(learn(5));
    expect(learn(5)).not.toEqual(learn(6));
  });

  test("are found where values are missing; a point that knows nothing is of none", () => {
    const { prototypes, members } = kMeans(
      plane,
      pointsOf([0, NaN], [0.1, 0], [NaN, 0], [1, NaN], [NaN, NaN], [0.9, 1]),
      2,
      new Chance(1),
    );
    expect(members[4]).toBe(-1);
    expect(members[0]).toBe(members[1]);
    expect(members[3]).toBe(members[5]);
    expect(members[0]).not.toBe(members[3]);
    expect(prototypes.flatMap((prototype) => [...prototype]).every(Number.isFinite)).toBe(true);
  });

  test("are fewer where there are fewer different points, and none where nothing is known", () => {
    expect(kMeans(plane, pointsOf([0, 0], [0, 0], [1, 0]), 8, new Chance(1)).prototypes)
      .toHaveLength(2);
    expect(kMeans(plane, pointsOf([NaN, NaN]), 8, new Chance(1)).prototypes).toEqual([]);
  });

  test("heed weights: what has none makes no groups", () => {
    const { members } = kMeans(
      plane,
      pointsOf([0, 0], [0, 1], [0.3, 0], [0.3, 1]),
      2,
      new Chance(1),
      Float64Array.of(1, 0),
    );
    expect(members[0]).toBe(members[1]);
    expect(members[2]).toBe(members[3]);
    expect(members[0]).not.toBe(members[2]);
  });

  test("lie on a circle across its seam", () => {
    const day = spaceOf({ day: ["day.hour°"] });
    const points = pointsOf([0.95], [0.05], [0.5], [0.55]);
    const { members } = kMeans(day, points, 2, new Chance(1));
    expect(members[0]).toBe(members[1]);
    expect(members[0]).not.toBe(members[2]);
  });
});
