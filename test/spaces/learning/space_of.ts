/** A space for tests: each dimension from 0 to 1, so that a value is its own coordinate. */
import type { Scale } from "../../../src/spaces/dimension.ts";
import type { Space } from "../../../src/spaces/space.ts";

/** @param domains the dimensions of each domain: `{ load: ["load.cpu"] }`; one that ends in ° is circular */
export function spaceOf(domains: Record<string, string[]>): Space {
  return {
    name: "test",
    domains: Object.entries(domains).map(([name, dimensions]) => ({
      name,
      dimensions: dimensions.map((dimension) => ({
        name: dimension.replace("°", ""),
        unit: "1",
        scale: (dimension.endsWith("°") ? "circular" : "linear") as Scale,
        range: [0, 1] as const,
      })),
    })),
  };
}

/** Points, from lists of coordinates. */
export function pointsOf(...rows: number[][]): Float64Array[] {
  return rows.map((row) => Float64Array.from(row));
}
