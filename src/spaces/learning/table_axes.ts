/** The axes along which things of a table are told apart. */
import { Matrix } from "ml-matrix";
import { balanced } from "./balanced.ts";
import type { Chance } from "./chance.ts";
import { columnGroups } from "./column_groups.ts";
import { relevance, weigh } from "./relevance.ts";
import type { Norm } from "./row_distance.ts";
import { type ClassRows, picked, residuals, type Rows } from "./rows.ts";
import { principal, turned, whitening } from "./whitening.ts";

/** The most rows from which it is learned which axes matter. */
const WEIGHED = 500;

/** From scaled columns to axes, and how distance is measured there. */
export interface TableAxes {
  readonly norm: Norm;
  /** Rows of scaled columns, along the axes. */
  place(rows: Rows): Rows;
}

/** Finds the axes that suit some rows, which are scaled and without gaps. */
export type FindAxes = (known: ClassRows, chance: Chance) => TableAxes;

/** What axes there can be, the simplest first: each by what it is, for people. */
export const AXES: ReadonlyMap<string, FindAxes> = new Map<string, FindAxes>([
  // Each column is a domain.
  ["city block over columns", () => ({ norm: "city", place: (rows) => rows })],
  [
    "city block over columns with salience",
    (known, chance) => weighed(known, (rows) => rows, "city", chance),
  ],
  // All columns are one domain.
  [
    "Euclid over columns with salience",
    (known, chance) => weighed(known, (rows) => rows, "euclid", chance),
  ],
  [
    "Mahalanobis inside groups of columns, with salience",
    (known, chance) => {
      const map = groupWhitening(residuals(known));
      return weighed(known, (rows) => turned(rows, map), "euclid", chance);
    },
  ],
  ["Mahalanobis", (known) => {
    const map = whitening(residuals(known));
    return { norm: "euclid", place: (rows) => turned(rows, map) };
  }],
  // Where members of a class vary alike in all directions, what varies more is what tells classes apart (Fisher, 1936).
  ["Mahalanobis along discriminants with salience", (known, chance) => {
    const whitened = whitening(residuals(known));
    const map = whitened.mmul(principal(turned(known.rows, whitened)));
    return weighed(known, (rows) => turned(rows, map), "euclid", chance);
  }],
]);

/** Axes with weights by their {@linkcode relevance}. */
function weighed(
  known: ClassRows,
  place: (rows: Rows) => Rows,
  norm: Norm,
  chance: Chance,
): TableAxes {
  const { rows, classes } = picked(known, balanced(known.classes, WEIGHED, chance));
  const weights = relevance(place(rows), classes, norm);
  return { norm, place: (rows) => weigh(place(rows), weights, norm) };
}

/** Each group of columns whitened by itself. */
function groupWhitening(residuals: number[][]): Matrix {
  const width = residuals[0]!.length;
  const map = Matrix.zeros(width, width);
  for (const group of columnGroups(residuals)) {
    const own = whitening(residuals.map((row) => group.map((at) => row[at]!)));
    for (const [row, place] of group.entries()) {
      for (const [column, other] of group.entries()) map.set(place, other, own.get(row, column));
    }
  }
  return map;
}
