import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpaceInvalid } from "../../src/spaces/error.ts";
import { Metric } from "../../src/spaces/metric.ts";
import { dimensionsOf, pointOf, type Space } from "../../src/spaces/space.ts";
import type { Weights } from "../../src/spaces/weights.ts";
import { anyThings } from "./any_space.ts";

const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
const host: Space = {
  name: "host",
  domains: [
    {
      name: "load",
      dimensions: [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }],
    },
    { name: "wear", dimensions: [{ name: "wear.age", ...share }] },
  ],
};
const at = (cpu: number | null, memory: number | null, age: number | null) =>
  pointOf(host, { "load.cpu": cpu, "load.memory": memory, "wear.age": age });

describe("Distance is a metric, whatever the domains, scales, weights and covariance:", () => {
  test("a thing is at no distance from itself, and it is as far there as back", () => {
    fc.assert(fc.property(anyThings(2), ({ space, options, things }) => {
      const metric = new Metric(space, options);
      const [x, y] = things.map((thing) => pointOf(space, thing));
      if (Number.isNaN(metric.distance(x!, x!))) return; // weights 0: nothing matters
      expect(metric.distance(x!, x!)).toBe(0);
      expect(metric.distance(x!, y!)).toBeGreaterThanOrEqual(0);
      expect(metric.distance(x!, y!)).toBeCloseTo(metric.distance(y!, x!), 9);
    }));
  });

  test("the way by a third is no shorter", () => {
    fc.assert(
      fc.property(anyThings(3), ({ space, options, things }) => {
        const metric = new Metric(space, options);
        const [x, y, z] = things.map((thing) => pointOf(space, thing));
        const straight = metric.distance(x!, z!);
        const around = metric.distance(x!, y!) + metric.distance(y!, z!);
        if (Number.isNaN(straight)) return;
        expect(straight).toBeLessThanOrEqual(around * (1 + 1e-9) + 1e-9);
      }),
      { numRuns: 500 },
    );
  });
});

test("Distance is city block across domains, and Euclid inside them", () => {
  expect(new Metric(host).distance(at(0, 0, 0), at(0.3, 0.4, 1))).toBe(1.5);
});

test("Weights stretch a dimension by their root and a domain by themselves; contexts multiply", () => {
  const salience = { "load.cpu": 4, wear: 2 };
  expect(new Metric(host, { salience }).distance(at(0, 0, 0), at(0.5, 0, 0.5))).toBe(2);
  const context = { wear: 3, load: 0 };
  expect(new Metric(host, { salience, context }).distance(at(0, 0, 0), at(0.5, 0, 0.5))).toBe(3);
});

test("Whitened, what varies together is near in that direction and far across it", () => {
  const dimensions = ["load.cpu", "load.memory"];
  const metric = new Metric(host, { covariance: { dimensions, rows: [[1, 0.5], [0.5, 1]] } });
  // Δᵀ S⁻¹ Δ = (4/3)(a² − ab + b²)
  expect(metric.distance(at(0, 0, 0), at(1, 1, 0))).toBeCloseTo(Math.sqrt(4 / 3), 12);
  expect(metric.distance(at(0, 1, 0), at(1, 0, 0))).toBeCloseTo(2, 12);
  // Of one alone it is the variance that counts, of what is not named a variance of 1.
  expect(metric.distance(at(0, null, 0), at(1, 1, 0))).toBeCloseTo(Math.SQRT2, 12);
  expect(metric.distance(at(0, 0, 0), at(0, 0, 1))).toBe(1);
  // So it is of one that has a weight: the other is not taken to be the same in both.
  const weighed = new Metric(host, { ...metric.options, salience: { "load.memory": 0 } });
  expect(weighed.distance(at(0, 0, 0), at(1, 1, 0))).toBe(1);
});

test("The order of domains and dimensions makes no difference", () => {
  fc.assert(fc.property(anyThings(2, { missing: true }), ({ space, options, things }) => {
    const turned: Space = {
      ...space,
      domains: space.domains.map(({ name, dimensions }) => ({
        name,
        dimensions: dimensions.toReversed(),
      })).toReversed(),
    };
    const [one, other] = [space, turned].map((space) => {
      const [x, y] = things.map((thing) => pointOf(space, thing));
      return new Metric(space, options).measure(x!, y!);
    });
    expect(Number.isNaN(other!.distance)).toBe(Number.isNaN(one!.distance));
    expect(other!.distance || 0).toBeCloseTo(one!.distance || 0, 8);
    expect(other!.known).toBeCloseTo(one!.known, 12);
  }));
});

test("What is of weight 0 is as if it were not there", () => {
  fc.assert(
    fc.property(anyThings(2, { missing: true }), fc.nat(), ({ space, options, things }, nth) => {
      const { name: without } = dimensionsOf(space)[nth % dimensionsOf(space).length]!;
      const rest: Space = {
        ...space,
        domains: space.domains.map(({ name, dimensions }) => ({
          name,
          dimensions: dimensions.filter(({ name }) => name !== without),
        })).filter(({ dimensions }) => dimensions.length > 0),
      };
      if (dimensionsOf(rest).length === 0) return;
      const names = new Set([...rest.domains, ...dimensionsOf(rest)].map(({ name }) => name));
      const only = (weights: Weights = {}) =>
        Object.fromEntries(Object.entries(weights).filter(([name]) => names.has(name)));
      const { salience, context, covariance } = options;
      const places = [...(covariance?.dimensions ?? []).entries()].filter(([, name]) =>
        names.has(name)
      );
      const less = covariance && {
        dimensions: places.map(([, name]) => name),
        rows: places.map(([row]) => places.map(([column]) => covariance.rows[row]![column]!)),
      };
      const smaller = new Metric(rest, {
        ...{ salience: only(salience), context: only(context) },
        ...(less && { covariance: less }),
      });
      const weightless = new Metric(space, { ...options, salience: { ...salience, [without]: 0 } });
      const of = (metric: Metric) => {
        const [x, y] = things.map((thing) => pointOf(metric.space, thing));
        return metric.measure(x!, y!);
      };
      expect(of(weightless)).toEqual(of(smaller));
    }),
  );
});

test("Each dimension's share of a distance is exact: they add up to it", () => {
  fc.assert(
    fc.property(anyThings(2, { missing: true }), ({ space, options, things }) => {
      const metric = new Metric(space, options);
      const [x, y] = things.map((thing) => pointOf(space, thing));
      const { distance } = metric.measure(x!, y!);
      const shares = metric.shares(x!, y!);
      for (const [at, own] of shares.entries()) {
        expect(Number.isNaN(own)).toBe(Number.isNaN(x![at]! - y![at]!));
      }
      if (Number.isNaN(distance)) return;
      // Of a whitened domain shares can be below 0: what cancels is part of how exact a sum can be.
      const known = shares.filter((own) => !Number.isNaN(own));
      const magnitude = known.reduce((sum, own) => sum + Math.abs(own), 0);
      const sum = known.reduce((sum, own) => sum + own, 0);
      expect(Math.abs(sum - distance)).toBeLessThanOrEqual(1e-12 * magnitude);
    }),
    { numRuns: 500 },
  );
});

describe("What is missing", () => {
  test("leaves its domain's distance to what is known there, and a domain to the other domains", () => {
    const metric = new Metric(host);
    expect(metric.measure(at(0, 0, 0), at(0.5, null, 0))).toEqual({
      distance: Math.sqrt(0.5),
      known: 0.75,
    });
    expect(metric.measure(at(0, 0, 0), at(0.3, 0.4, null))).toEqual({ distance: 1, known: 0.5 });
  });

  test("is never 0: nothing known gives no distance, and the known share lies from 0 to 1", () => {
    expect(new Metric(host).measure(at(1, null, null), at(null, 1, 1)))
      .toEqual({ distance: NaN, known: 0 });
    fc.assert(fc.property(anyThings(2, { missing: true }), ({ space, options, things }) => {
      const [x, y] = things.map((thing) => pointOf(space, thing));
      const { distance, known } = new Metric(space, options).measure(x!, y!);
      expect(known).toBeGreaterThanOrEqual(0);
      expect(known).toBeLessThanOrEqual(1);
      expect(Number.isNaN(distance)).toBe(known === 0);
    }));
  });

  test("changes nothing where the others differ as much", () => {
    const metric = new Metric(host);
    expect(metric.distance(at(0, 0, 0), at(0.5, 0.5, Math.SQRT1_2)))
      .toBeCloseTo(metric.distance(at(0, 0, 0), at(0.5, null, null)), 12);
  });
});

test("A dimension on which nothing differs is no distance", () => {
  const metric = new Metric(host);
  expect(metric.distance(at(0.25, 7, 0), at(0.5, 7, 0))).toBe(0.25);
  expect(metric.shares(at(0.25, 7, 0), at(0.5, 7, 0))[1]).toBe(0);
});

test("Enormous and tiny numbers have finite distances, with any weights and covariance", () => {
  const value = fc.oneof(
    fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 0, 1e300, 1e-300),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const weight = fc.constantFrom(1e-15, 1, 1e15);
  const variance = fc.constantFrom(1e-24, 1, 1e300);
  const thing = fc.tuple(fc.option(value), value, fc.option(value));
  fc.assert(
    fc.property(
      thing,
      thing,
      fc.array(weight, { minLength: 4, maxLength: 4 }),
      variance,
      (x, y, weights, variance) => {
        const [cpu, load, memory, wear] = weights as [number, number, number, number];
        const salience = { "load.cpu": cpu, load, "load.memory": memory, wear };
        const covariance = { dimensions: ["load.cpu"], rows: [[variance]] };
        for (const options of [{ salience }, { salience, context: salience, covariance }]) {
          const metric = new Metric(host, options);
          expect(metric.distance(at(...x), at(...y))).toBeLessThan(Infinity);
          const shares = metric.shares(at(...x), at(...y));
          for (const [place, own] of shares.entries()) {
            expect(Number.isFinite(own)).toBe(x[place] !== null && y[place] !== null);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("Where nothing matters there is no distance", () => {
  const metric = new Metric(host, { context: { load: 0, wear: 0 } });
  expect(metric.measure(at(0, 0, 0), at(1, 1, 1))).toEqual({ distance: NaN, known: 0 });
});

test("A point of another space is refused", () => {
  const measure = () => new Metric(host).distance(at(0, 0, 0), Float64Array.of(0, 0));
  expect(measure).toThrow(SpaceInvalid);
  expect(measure).toThrow("point: it has 2 coordinates, and the space host 3 dimensions");
});
