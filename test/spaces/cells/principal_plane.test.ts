import { describe, expect, test } from "vitest";
import { windowOf } from "../../../src/spaces/cells/plane.ts";
import { principalPlane } from "../../../src/spaces/cells/principal_plane.ts";
import { SpaceInvalid } from "../../../src/spaces/error.ts";
import { pointOf, type Space, type Values } from "../../../src/spaces/space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const names = ["cpu", "memory", "disk"];
const dimensions = names.map((name) => ({ name, ...share }));
const space: Space = { name: "host", domains: [{ name: "load", dimensions }] };
const points = (...all: Values[]) => all.map((values) => pointOf(space, values));
const loadings = (plane: ReturnType<typeof principalPlane>) =>
  plane.axes.map((axis) =>
    "loadings" in axis
      ? Object.fromEntries(axis.loadings.map(({ dimension, loading }) => [dimension.name, loading]))
      : {}
  );

/** They differ by 0.8 in cpu and memory together, and by 0.2 in disk. */
const things = points(
  { cpu: 0.1, memory: 0.9, disk: 0.4 },
  { cpu: 0.9, memory: 0.1, disk: 0.4 },
  { cpu: 0.1, memory: 0.9, disk: 0.6 },
  { cpu: 0.9, memory: 0.1, disk: 0.6 },
);

describe("The principal plane", () => {
  const plane = principalPlane(space, things, []);

  test("has the way along which things differ most as its first axis, the next as its second", () => {
    const [first, second] = loadings(plane);
    expect(first!.cpu).toBeCloseTo(Math.SQRT1_2, 12);
    expect(first!.memory).toBeCloseTo(-Math.SQRT1_2, 12);
    expect(second!.disk).toBeCloseTo(1, 12);
    const shares = plane.axes.map((axis) => "share" in axis ? axis.share : NaN);
    expect(shares[0]).toBeCloseTo(1.28 / 1.32, 12);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
  });

  test("gives back the points that lie in it", () => {
    for (const point of things) {
      const there = plane.pointAt(plane.placeOf(point)!);
      for (const [at, value] of point.entries()) expect(there[at]).toBeCloseTo(value, 12);
    }
  });

  test("does not turn around with the order of the things", () => {
    const [first] = loadings(principalPlane(space, things.toReversed(), []));
    expect(first!.cpu).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test("has what is not known of a thing at the mean, and a thing of which nothing is known nowhere", () => {
    const [half, nothing] = points({ cpu: 0.5, disk: 0.6 }, {});
    expect(plane.placeOf(half!)![0]).toBeCloseTo(0, 12);
    expect(plane.placeOf(half!)![1]).toBeCloseTo(0.1, 12);
    expect(plane.placeOf(nothing!)).toBeUndefined();
  });
});

test("only what matters to a concept counts", () => {
  const concepts = [{ name: "a", prototypes: [{ memory: 0, disk: 0, cpu: 1 }] }];
  const plane = principalPlane(space, things, concepts, { cpu: 0 });
  expect(Object.keys(loadings(plane)[0]!)).toEqual(["memory", "disk"]);
  expect(plane.pointAt([0, 0])[0]).toBeNaN();
});

test("the mean of hours around midnight is midnight", () => {
  const hour = { name: "hour", unit: "h", scale: "circular", range: [0, 24] } as const;
  const day = { name: "day", domains: [{ name: "d", dimensions: [hour, dimensions[0]!] }] };
  const around = [23, 1, 22, 2].map((hour) => pointOf(day, { hour, cpu: 0.5 }));
  const at = principalPlane(day, around, []).pointAt([0, 0])[0]!;
  expect(Math.abs(at - Math.round(at))).toBeLessThan(1e-12);
});

test("something that is enormously far away does not decide alone", () => {
  const plane = principalPlane(space, [...things, ...points({ disk: 1e30 })], []);
  const places = things.map((point) => plane.placeOf(point)!);
  const { x, y } = windowOf(plane, places);
  for (const size of [x[1] - x[0], y[1] - y[0]]) expect(size).toBeLessThan(3);
});

test("with fewer than two dimensions that are known there is none, and it says which there are", () => {
  const lone = points({ cpu: 0.1 }, { cpu: 0.2 });
  expect(() => principalPlane(space, lone, [])).toThrow(
    /cpu is known of things.* choose any two of cpu, memory, disk/,
  );
  expect(() => principalPlane(space, [], [])).toThrow(SpaceInvalid);
});

test("things that are all the same have a plane all the same", () => {
  const same = points({ cpu: 0.5, memory: 0.5 }, { cpu: 0.5, memory: 0.5 });
  const plane = principalPlane(space, same, []);
  expect(plane.placeOf(same[0]!)).toEqual([0, 0]);
  expect(windowOf(plane, [[0, 0]])).toEqual({ x: [-0.54, 0.54], y: [-0.54, 0.54] });
});
