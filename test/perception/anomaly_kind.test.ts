import { describe, expect, test } from "vitest";
import { type Course, STEP } from "../../src/perception/anomaly_course.ts";
import { misdeclaredOf } from "../../src/perception/anomaly_kind.ts";

const NAMES = ["capacity.cpu", "capacity.memory"];
const STEPS = 60;

/** A resource that stays where it is, and is declared to be a kind from a step on. */
function course(
  name: string,
  kind: string | ((step: number) => string),
  ...point: number[]
): Course {
  return {
    id: `id of ${name}`,
    name,
    rows: [...Array(STEPS).keys()].map((step) => ({
      at: step * STEP,
      sequence: step + 1,
      kind: typeof kind === "string" ? kind : kind(step),
      point: Float64Array.from(point),
    })),
  };
}

const servers = [0.8, 0.82, 0.84, 0.86].map((at) => course(`server ${at}`, "server", at, at));
const guests = [0.2, 0.22, 0.24, 0.26].map((at) => course(`guest ${at}`, "guest", at, NaN));
const found = (...courses: Course[]) =>
  misdeclaredOf([...servers, ...guests, ...courses], NAMES, [0, 1], STEPS * STEP);

describe("What is declared to be of one kind and is like another", () => {
  test("is told while it is so", () => {
    const clone = course("clone", (step) => step < 31 ? "server" : "guest", 0.21, NaN);
    const [one, ...others] = found(clone);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      name: "clone",
      from: 0,
      to: 36 * STEP,
      found: 6 * STEP,
      concept: "server",
      text: "it is declared server, and is like guest",
      sequences: [1, 7],
    });
    expect(one!.shares.map(({ dimension }) => dimension)).toEqual([
      "capacity.cpu",
      "capacity.memory",
    ]);
    expect(one!.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("is told without an end while it lasts", () => {
    expect(found(course("clone", "server", 0.21, NaN))).toMatchObject([{
      name: "clone",
      to: null,
    }]);
  });

  test("is nothing that is as near to its own kind, or of a kind that hardly anything is of", () => {
    expect(found()).toEqual([]);
    expect(found(course("between", "server", 0.5, NaN))).toEqual([]);
    expect(found(course("router", "router", 0.21, NaN), course("router 2", "router", 0.9, 0.9)))
      .toEqual([]);
  });

  test("is nothing that was so once, or is long gone", () => {
    const once = course("once", (step) => step < 6 ? "server" : "guest", 0.21, NaN);
    expect(found(once)).toEqual([]);
    const gone = course("gone", "server", 0.21, NaN);
    expect(found({ ...gone, rows: gone.rows.slice(0, 1) })).toMatchObject([{ to: 12 * STEP }]);
  });
});
