/** Any space, any metric in it, and any things. */
import fc from "fast-check";
import type { Covariance } from "../../src/spaces/covariance.ts";
import type { Dimension } from "../../src/spaces/dimension.ts";
import type { MetricOptions } from "../../src/spaces/metric.ts";
import { dimensionsOf, type Space, type Values } from "../../src/spaces/space.ts";

const SCALES = ["linear", "log", "circular"] as const;
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Up to four domains of up to four dimensions, of all scales. */
export const anySpace: fc.Arbitrary<Space> = fc.array(
  fc.array(fc.tuple(fc.constantFrom(...SCALES), number(0.01, 10), number(0.5, 1000)), {
    minLength: 1,
    maxLength: 4,
    size: "+1",
  }),
  { minLength: 1, maxLength: 4, size: "+1" },
).map((domains) => ({
  name: "any",
  domains: domains.map((dimensions, at) => ({
    name: `d${at}`,
    dimensions: dimensions.map(([scale, low, width], place): Dimension => ({
      name: `d${at}.x${place}`,
      unit: "1",
      scale,
      range: [low, low + width],
    })),
  })),
}));

/** Values of all dimensions, in their ranges and beyond; with `missing`, of some of them. */
export function anyValues(space: Space, { missing = false } = {}): fc.Arbitrary<Values> {
  const one = (dimension: Dimension) => {
    const value = fc.oneof(
      number(-2, 2),
      fc.constantFrom(0, 0.5, 1),
    ).map((at) => dimension.range[0] + at * (dimension.range[1] - dimension.range[0]));
    return missing ? fc.option(value, { freq: 2 }) : value;
  };
  return fc.record(
    Object.fromEntries(dimensionsOf(space).map((dimension) => [dimension.name, one(dimension)])),
  );
}

/** Any weights; never none that matters, unless `nothing`. */
export function anyWeights(space: Space): fc.Arbitrary<Record<string, number>> {
  const names = [...space.domains, ...dimensionsOf(space)].map(({ name }) => name);
  const weight = fc.oneof(number(0.01, 10), fc.constant(1), fc.constant(0));
  return fc.uniqueArray(fc.tuple(fc.constantFrom(...names), weight), { selector: ([name]) => name })
    .map((weights) => Object.fromEntries(weights));
}

/** A covariance that has an inverse: A·Aᵀ and something on the diagonal. */
export function anyCovariance(space: Space): fc.Arbitrary<Covariance> {
  const dimensions = dimensionsOf(space).map(({ name }) => name);
  const width = dimensions.length;
  return fc.array(number(-1, 1), { minLength: width * width, maxLength: width * width })
    .map((cells) => {
      const rows = dimensions.map(() => new Array<number>(width).fill(0));
      for (let row = 0; row < width; row++) {
        for (let column = 0; column <= row; column++) {
          let sum = row === column ? 0.05 : 0;
          for (let at = 0; at < width; at++) {
            sum += cells[row * width + at]! * cells[column * width + at]!;
          }
          rows[row]![column] = rows[column]![row] = sum;
        }
      }
      return { dimensions, rows };
    });
}

/** Any metric of a space. */
export function anyOptions(space: Space): fc.Arbitrary<MetricOptions> {
  return fc.record(
    {
      salience: anyWeights(space),
      context: anyWeights(space),
      covariance: anyCovariance(space),
    },
    { requiredKeys: [] },
  );
}

/** A space, a metric in it, and some things. */
export function anyThings(
  count: number,
  options: { missing?: boolean } = {},
): fc.Arbitrary<{ space: Space; options: MetricOptions; things: Values[] }> {
  return anySpace.chain((space) =>
    fc.record({
      space: fc.constant(space),
      options: anyOptions(space),
      things: fc.array(anyValues(space, options), { minLength: count, maxLength: count }),
    })
  );
}
