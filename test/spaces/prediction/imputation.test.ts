import { describe, expect, test } from "vitest";
import type { Concept } from "../../../src/spaces/concept.ts";
import { Chance } from "../../../src/spaces/learning/chance.ts";
import { learnConcepts } from "../../../src/spaces/learning/learn_concepts.ts";
import { imputed } from "../../../src/spaces/prediction/imputation.ts";
import { type Coordinates, pointOf, type Space } from "../../../src/spaces/space.ts";
import { noise } from "./noise.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const SPACE: Space = {
  name: "host",
  domains: [
    {
      name: "load",
      dimensions: ["cpu", "memory", "disk"].map((name) => ({ name: `load.${name}`, ...share })),
    },
    {
      name: "size",
      dimensions: [{ name: "size.bytes", unit: "By", scale: "log", range: [1e6, 1e12] }],
    },
  ],
};
const at = (cpu: number, memory: number, disk: number, bytes?: number) =>
  pointOf(SPACE, {
    "load.cpu": cpu,
    "load.memory": memory,
    "load.disk": disk,
    "size.bytes": bytes,
  });
const PLAIN: Concept = {
  name: "web",
  prototypes: [{ "load.cpu": 0.5, "load.memory": 0.5, "load.disk": 0.25 }],
};

/** Memory follows the processors; the disk follows nothing. */
function member(chance: Chance): Coordinates {
  const cpu = 0.5 + 0.1 * noise(chance);
  return at(cpu, 0.2 + 0.6 * cpu + 0.02 * noise(chance), 0.3 + 0.03 * noise(chance), 1e9);
}
const members = (count: number, seed: number) => {
  const chance = new Chance(seed);
  return Array.from({ length: count }, () => member(chance));
};
const without = (point: Coordinates, ...places: number[]) =>
  point.map((value, place) => places.includes(place) ? NaN : value);

describe("What is not known", () => {
  test("is as the nearest prototype has it where nobody knows more, without an interval", () => {
    const [memory, ...others] = imputed(SPACE, PLAIN, [], without(at(0.4, 0, 0.3), 1), 0.8);
    expect(memory).toMatchObject({
      value: 0.5,
      low: null,
      high: null,
      basis: "nothing",
      members: 0,
    });
    expect(others).toEqual([]); // of its size not even the prototype says anything
  });

  test("follows from what is known by the concept's covariance, by the textbook", () => {
    const rows = [[0.04, 0.03, 0.01], [0.03, 0.05, 0.02], [0.01, 0.02, 0.06]];
    const dimensions = ["load.cpu", "load.memory", "load.disk"];
    const concept: Concept = { ...PLAIN, metric: "whitened", covariance: { dimensions, rows } };
    const [cpu] = imputed(SPACE, concept, [], at(NaN, 0.6, 0.35), 0.8);
    // By hand: S_kk⁻¹ of [[5, 2], [2, 6]] is [[6, −2], [−2, 5]] / 26, in hundredths.
    const factors = [(3 * 6 - 1 * 2) / 26, (-3 * 2 + 1 * 5) / 26];
    const value = 0.5 + factors[0]! * 0.1 + factors[1]! * 0.1;
    const deviation = Math.sqrt(0.04 - factors[0]! * 0.03 - factors[1]! * 0.01);
    expect(cpu!.value).toBeCloseTo(value, 12);
    expect(cpu!.high! - cpu!.low!).toBeCloseTo(2 * 1.2816 * deviation, 2);
    expect(cpu!.basis).toBe("covariance");
  });

  test("lies in its interval with the probability of the level, of members that nothing was learned from", () => {
    const known = members(120, 3);
    const labels = known.map(() => "web");
    for (const method of ["prototypes", "centroid"] as const) {
      const [concept] = learnConcepts(SPACE, known, labels, { method });
      const chance = new Chance(11);
      const held = [0, 0];
      const widths = [0, 0];
      for (let run = 0; run < 1_500; run++) {
        const truth = member(chance);
        for (const [which, place] of [1, 2].entries()) {
          const [one] = imputed(SPACE, concept!, known, without(truth, place), 0.8);
          expect(one!.basis).toBe("members");
          widths[which]! += (one!.high! - one!.low!) / 1_500;
          if (one!.low! <= truth[place]! && truth[place]! <= one!.high!) held[which]!++;
        }
      }
      for (const count of held) {
        expect(count / 1_500).toBeGreaterThan(0.75);
        expect(count / 1_500).toBeLessThan(0.88);
      }
      // Who knows the covariance knows the memory better: the processors tell it.
      if (method === "prototypes") expect(widths[0]).toBeLessThan(0.07);
      else expect(widths[0]).toBeGreaterThan(0.12);
    }
  });

  test("is moved to where the members are, if a concept was made by hand", () => {
    const [disk] = imputed(SPACE, PLAIN, members(60, 5), at(0.5, 0.5, NaN), 0.8);
    expect(disk!.value).toBeCloseTo(0.3, 1);
    expect(disk!.low! < disk!.value && disk!.value < disk!.high!).toBe(true);
  });

  test("is that of the members where no prototype knows the dimension", () => {
    const [bytes] = imputed(SPACE, PLAIN, members(20, 5), at(0.5, 0.5, 0.3), 0.8);
    expect(bytes!.dimension.name).toBe("size.bytes");
    for (const value of [bytes!.value, bytes!.low!, bytes!.high!]) {
      expect(value / 1e9).toBeCloseTo(1, 9);
    }
  });

  test("is of the prototype that is nearest, and of its members", () => {
    const concept: Concept = {
      name: "web",
      prototypes: [{ "load.cpu": 0.1, "load.disk": 0.2 }, { "load.cpu": 0.9, "load.disk": 0.8 }],
    };
    const found = [0.2, 0.8].map((cpu) =>
      imputed(SPACE, concept, [], at(cpu, 0, NaN), 0.8)[0]!.value
    );
    expect(found[0]).toBeCloseTo(0.2, 12);
    expect(found[1]).toBeCloseTo(0.8, 12);
  });

  test("is never impossible: a share from 0 to 1, a size from 0 on", () => {
    const chance = new Chance(2);
    const spread = Array.from(
      { length: 50 },
      () => at(chance.share(), chance.share(), 0.3, 1e6 * chance.share()),
    );
    const concept: Concept = {
      name: "web",
      prototypes: [{ "load.cpu": 0.95, "load.memory": 1, "load.disk": 0.2 }],
    };
    for (
      const { low, value, high, dimension } of imputed(
        SPACE,
        concept,
        spread,
        at(0.9, NaN, 0.2),
        0.95,
      )
    ) {
      expect(0 <= low! && low! <= value && value <= high!).toBe(true);
      if (dimension.unit === "1") expect(high).toBeLessThanOrEqual(1);
    }
  });

  test("is the same in any unit", () => {
    const inMega: Space = {
      ...SPACE,
      domains: [SPACE.domains[0]!, {
        name: "size",
        dimensions: [{ name: "size.bytes", unit: "MBy", scale: "log", range: [1, 1e6] }],
      }],
    };
    const [own, other] = [SPACE, inMega].map((space) =>
      imputed(space, PLAIN, members(30, 4), at(0.5, 0.5, 0.3), 0.8)[0]!
    );
    expect(other!.high! * 1e6).toBeCloseTo(own!.high!, -1);
  });

  test("is nothing where nothing is known of a thing by which to find a prototype", () => {
    expect(imputed(SPACE, PLAIN, members(30, 4), at(NaN, NaN, NaN), 0.8)).toEqual([]);
  });

  test("is found the short way on a circle", () => {
    const clock: Space = {
      name: "clock",
      domains: [{
        name: "time",
        dimensions: [{ name: "time.load", ...share }, {
          name: "time.hour",
          unit: "h",
          scale: "circular",
          range: [0, 24],
        }],
      }],
    };
    const point = (load: number, hour?: number) =>
      pointOf(clock, { "time.load": load, "time.hour": hour });
    const night = Array.from({ length: 40 }, (_, at) => point(0.5, (23 + 2 * at / 39) % 24));
    const concept: Concept = { name: "night", prototypes: [{ "time.load": 0.5, "time.hour": 0 }] };
    const [hour] = imputed(clock, concept, night, point(0.5), 0.8);
    expect(Math.cos(2 * Math.PI * hour!.value / 24)).toBeGreaterThan(0.99);
    expect(hour!.high! - hour!.low!).toBeLessThan(2.2);
  });
});
