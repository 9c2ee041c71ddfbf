/** Concepts: regions of a space, each around its prototypes. */
import type { Covariance } from "./covariance.ts";
import type { Values } from "./space.ts";
import type { Weights } from "./weights.ts";

/** From this similarity on a thing belongs to a concept that says nothing else. */
export const THRESHOLD = 0.85;
/** How far such a concept reaches: a quarter of a dimension's range. */
export const SPAN = 0.25;
/** c of similarity = exp(−c · d) for a concept that says nothing else: {@linkcode SPAN} is at the {@linkcode THRESHOLD}. */
export const SENSITIVITY: number = -Math.log(THRESHOLD) / SPAN;

/**
 * A concept. What is nearest to one of its prototypes is of it, if it is near enough (Gärdenfors, 2000, chapter 3). Dimensions
 * that none of its prototypes has are of no importance to it.
 */
export interface Concept {
  readonly name: string;
  /** Points, each by the values that it knows, in their units. */
  readonly prototypes: readonly Values[];
  /** How distance is measured inside a domain; `weighted` where it says nothing. */
  readonly metric?: "weighted" | "whitened";
  /** Salience of domains and dimensions; 1 where it says nothing. */
  readonly weights?: Weights;
  /** Of the whitened: how coordinates of its members vary. */
  readonly covariance?: Covariance;
  /** c of similarity = exp(−c · d); {@linkcode SENSITIVITY} where it says nothing. */
  readonly sensitivity?: number;
  /** From which similarity on a thing belongs to it; {@linkcode THRESHOLD} where it says nothing. */
  readonly threshold?: number;
}
