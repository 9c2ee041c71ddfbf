/** What is anomalous of one resource, from when to when. */

/**
 * By what it shows: its measurements `depart` from what is usual; it is `silent`; a cable of it is gone (`unlinked`); or
 * it is like another kind of resource than it is declared to be (`misdeclared`).
 */
export type Sign = "departs" | "silent" | "unlinked" | "misdeclared";

/** A dimension's part of something: all together are 1. */
export interface DimensionShare {
  readonly dimension: string;
  readonly share: number;
}

/** An anomaly. Moments are milliseconds since 1970. */
export interface Anomaly {
  /** The resource's. */
  readonly id: string;
  readonly name: string;
  readonly sign: Sign;
  /** Its first moment, and its last; null while it is on. */
  readonly from: number;
  readonly to: number | null;
  /** When there was enough of it to tell. */
  readonly found: number;
  /** When it was strongest. */
  readonly peak: number;
  /** What its p-value then was, corrected for the number of dimensions; null for what is no chance: what events say. */
  readonly p: number | null;
  /** On how many normal values it was calibrated: with n of them it is at least 1/(n + 1) for each dimension. */
  readonly calibratedOn: number | null;
  /** Whether the resource's measurements are no longer what its own first two days were, for the most part. */
  readonly hasDrifted: boolean;
  /** Exact shares of what speaks for it at its peak. */
  readonly shares: readonly DimensionShare[];
  /** The kind of resources that it was compared with: what it was declared as. */
  readonly concept: string | null;
  /** The events that put it where it was when it began and at its peak; the last is the version that it was judged by. */
  readonly sequences: readonly number[];
  /** In words, without the resource's name. */
  readonly text: string;
}

/** Parts of a sum, as shares of it, the largest first; those without a part are left out. */
export function sharesOf(names: readonly string[], parts: ArrayLike<number>): DimensionShare[] {
  const all = Array.from(parts, (part) => Math.max(0, part));
  const sum = all.reduce((a, b) => a + b, 0);
  return names.map((dimension, at) => ({ dimension, share: sum > 0 ? all[at]! / sum : 0 }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

/** The dimensions that make up most of it, for people: `memory 71 %, disk 12 %`. */
export function sharesText(shares: readonly DimensionShare[]): string {
  const told = shares.filter(({ share }, at) => at === 0 || (at < 3 && share >= 0.1));
  return told.map(({ dimension, share }) => `${dimension} ${Math.round(100 * share)} %`).join(", ");
}
