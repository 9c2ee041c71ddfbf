/** How alike two things are, given how far apart they are. */
import { SPAN, THRESHOLD } from "./concept.ts";
import { SpaceInvalid } from "./error.ts";

/** Members nearer than this to their concept differ by rounding only: they do not say how far it reaches. */
const HARDLY_APART = 1e-9;

/**
 * similarity = exp(−c · d): 1 at no distance, and ever nearer to 0 (Shepard, "Toward a universal law of generalization
 * for psychological science", Science 237, 1987; Nosofsky, "Attention, similarity, and the identification–categorization
 * relationship", 1986).
 *
 * @param distance of a {@linkcode Metric}, 0 or more
 * @param sensitivity c, per unit of distance
 * @returns from 0 to 1; NaN for a distance that is not known
 * @throws {SpaceInvalid} for a sensitivity that is not above 0
 * @example
 * ```ts
 * import { similarity } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(similarity(0, 2), 1);
 * strictEqual(similarity(0.5, 2), Math.exp(-1));
 * ```
 */
export function similarity(distance: number, sensitivity: number): number {
  requireSensitivity(sensitivity, "sensitivity");
  return Math.exp(-sensitivity * distance);
}

/**
 * The sensitivity c with which a share of a concept's members lies at or above its threshold.
 *
 * @param distances of members from their concept; those that are not known (not finite) are passed over
 * @param threshold the similarity that they are to reach: above 0 and below 1
 * @param share of the members: above 0, at most 1
 * @returns finite and above 0. Where members do not say how far their concept reaches, since there are none or (nearly)
 * all lie at distance 0, a quarter of a dimension's range is at the threshold, as with {@linkcode SENSITIVITY}
 * @throws {SpaceInvalid} for a threshold or a share that is none
 * @example
 * ```ts
 * import { sensitivityOf, similarity } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const c = sensitivityOf([0.1, 0.2, 0.3, 0.4], 0.5, 0.75); // three of four
 * strictEqual(similarity(0.3, c) >= 0.5, true);
 * strictEqual(similarity(0.4, c) >= 0.5, false);
 * ```
 */
export function sensitivityOf(
  distances: Iterable<number>,
  threshold: number = THRESHOLD,
  share = 0.95,
): number {
  if (!(threshold > 0 && threshold < 1)) {
    throw new SpaceInvalid("threshold", `${threshold} is none: say more than 0 and less than 1`);
  }
  if (!(share > 0 && share <= 1)) {
    throw new SpaceInvalid("share", `${share} is none: say more than 0 and at most 1`);
  }
  const known = Float64Array.from(distances).filter(Number.isFinite).sort();
  const reach = known[Math.ceil(share * known.length) - 1] ?? 0;
  const span = reach < HARDLY_APART ? SPAN : reach;
  let sensitivity = -Math.log(threshold) / span;
  // What lies on the threshold is not to fall below it by rounding.
  for (let hair = Number.EPSILON; similarity(span, sensitivity) < threshold; hair *= 2) {
    sensitivity *= 1 - hair;
  }
  return sensitivity;
}

/** @throws {SpaceInvalid} for a sensitivity that is not a number above 0 */
export function requireSensitivity(sensitivity: number, field: string): void {
  if (Number.isFinite(sensitivity) && sensitivity > 0) return;
  throw new SpaceInvalid(field, `${sensitivity} is no sensitivity: say a number above 0`);
}
