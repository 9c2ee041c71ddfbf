/** What a thing is, by a space's concepts, and why. */

/**
 * `member`: of the nearest concept. `borderline`: nearest to a concept, but not clearly of it: less than
 * {@linkcode CLEAR} of the tessellations say so, or it is less similar to it than its threshold, and more similar to
 * another than that one's. `unknown`: of no known concept, since it is below the threshold of every one, or nothing that
 * matters is known of it.
 */
export type ClassificationStatus = "member" | "borderline" | "unknown";

/** The degree from which on a thing is clearly of its nearest concept: that of half of the tessellations. */
export const CLEAR = 0.5;

/** How a thing relates to one concept. */
export interface Likeness {
  readonly concept: string;
  /** From its nearest prototype, by the concept's own metric; null where nothing that matters to it is known. */
  readonly distance: number | null;
  /** The place of that prototype among the concept's. */
  readonly prototype: number | null;
  /** How much of what matters is known of both the thing and that prototype, by weight: 0 to 1. */
  readonly known: number;
  /** exp(−c · distance), 0 to 1; 0 where the distance is not known. */
  readonly membership: number;
  /** The share of the collated tessellations in which the thing lies in the concept's cell: 0 to 1. */
  readonly degree: number;
  /** Whether its membership is at or above the concept's threshold. */
  readonly isNear: boolean;
}

/** How much one dimension speaks for the nearest concept. */
export interface Deciding {
  readonly dimension: string;
  readonly unit: string;
  /** The thing's, in the unit. */
  readonly value: number;
  /** Those of the nearest prototype and of the runner-up's; null where it has none. */
  readonly winner: number | null;
  readonly runnerUp: number | null;
  /**
   * Its share of the distance from the runner-up less that of the distance from the nearest: above 0 where it speaks for
   * the nearest. They add up to the difference of the distances, but for rounding.
   */
  readonly speaks: number;
}

/** What a thing is. Nothing in it is rounded, and nothing is NaN. */
export interface Classification {
  /** The nearest concept, whether or not it is near enough: the status says so. Null where none has a distance. */
  readonly concept: string | null;
  readonly status: ClassificationStatus;
  /** Of the nearest concept, as in {@linkcode Likeness}. */
  readonly membership: number;
  readonly degree: number;
  readonly distance: number | null;
  readonly prototype: number | null;
  readonly known: number;
  /** The nearest of the other concepts. */
  readonly runnerUp: string | null;
  /** (d₂ − d₁)/(d₂ + d₁): 0 where the runner-up is as near, 1 where there is none; 0 where nothing is known. */
  readonly margin: number;
  /**
   * Dimensions that are known, those first that speak most for the nearest concept against the runner-up. Where there is
   * none, those first that speak least against the only one.
   */
  readonly deciding: readonly Deciding[];
  /** Every concept, in the order in which they were given. */
  readonly all: readonly Likeness[];
}
