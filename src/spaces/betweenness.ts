/** Whether a thing lies between two others. */
import type { Metric } from "./metric.ts";
import type { Coordinates } from "./space.ts";

/**
 * How nearly y lies between x and z: d(x, z) / (d(x, y) + d(y, z)). It is 1 where y is between them, so that the way by y
 * is no longer than the straight one (Gärdenfors, 2000, chapter 1), and smaller the farther round it is. All three are compared
 * by what is known of all three.
 *
 * @returns from 0 to 1, but for rounding exactly 1 for what is between; NaN where nothing that matters is known of all
 * @example
 * ```ts
 * import { betweenness, Metric, pointOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "host", domains: [{ name: "load", dimensions }] };
 * const at = (cpu: number, memory: number) => pointOf(space, { "load.cpu": cpu, "load.memory": memory });
 * const metric = new Metric(space);
 * strictEqual(betweenness(metric, at(0, 0), at(0.25, 0), at(1, 0)), 1);
 * strictEqual(betweenness(metric, at(0.75, 0), at(0, 1), at(0.75, 0)), 0); // there and back
 * ```
 */
export function betweenness(
  metric: Metric,
  x: Coordinates,
  y: Coordinates,
  z: Coordinates,
): number {
  const known = (point: Coordinates) =>
    point.map((own, at) => Number.isFinite(x[at]! + y[at]! + z[at]!) ? own : NaN);
  const [from, by, to] = [known(x), known(y), known(z)];
  const around = metric.distance(from, by) + metric.distance(by, to);
  // Rounding could make the straight way the longer one.
  return around === 0 ? 1 : Math.min(1, metric.distance(from, to) / around);
}
