/** How the columns of a table are perceived. */
import type { Rows } from "./rows.ts";

/** One column: by differences, or by ratios; and what is usual. */
interface ColumnScale {
  /** The size up to which differences count and from which on ratios do; undefined for a linear one. */
  readonly low: number | undefined;
  readonly mean: number;
  /** 0 for a column that says nothing: it is empty, or its values are all the same. */
  readonly deviation: number;
}

/** A column with less skewness than this is linear. */
const SKEWED = 1;
/** A deviation below this share of the values is rounding. */
const ROUNDING = 1e-12;

/**
 * The dimensions that a table's columns become: each is linear, or where its values are skewed and logarithms of them are
 * less so, logarithmic on both sides of zero (Webber, 2013); and is counted in standard deviations from its mean. So it makes no difference in which
 * unit a column is. What is no finite number is not known.
 */
export class TableScale {
  private constructor(readonly columns: readonly ColumnScale[]) {}

  /** The scales of some columns, each with as many values as the others. */
  static of(columns: readonly Float64Array[]): TableScale {
    return new TableScale(columns.map(scaleOf));
  }

  /** How many columns are logarithmic. */
  get logarithmic(): number {
    return this.columns.filter(({ low }) => low !== undefined).length;
  }

  /** Columns like those that it was made of, as rows. */
  rows(columns: readonly Float64Array[]): Rows {
    const [width, count] = [columns.length, columns[0]?.length ?? 0];
    const values = new Float64Array(width * count);
    for (const [column, { low, mean, deviation }] of this.columns.entries()) {
      const from = columns[column]!;
      for (let row = 0; row < count; row++) {
        const value = shaped(from[row]!, low);
        values[row * width + column] = deviation > 0 ? (value - mean) / deviation : 0;
      }
    }
    return { values, width, count };
  }
}

function scaleOf(column: Float64Array): ColumnScale {
  const known = column.filter(Number.isFinite);
  const low = lowOf(known);
  const linear = momentsOf(known);
  if (low === undefined || !(Math.abs(linear.skewness) > SKEWED)) {
    return { low: undefined, ...linear };
  }
  const logarithmic = momentsOf(known.map((value) => shaped(value, low)));
  return Math.abs(logarithmic.skewness) < Math.abs(linear.skewness)
    ? { low, ...logarithmic }
    : { low: undefined, ...linear };
}

/** Where a logarithm begins: one in a hundred of the values that are not zero is smaller. */
function lowOf(values: Float64Array): number | undefined {
  const sizes = values.filter((value) => value !== 0).map(Math.abs).sort();
  return sizes[Math.floor(sizes.length / 100)];
}

function shaped(value: number, low: number | undefined): number {
  if (!Number.isFinite(value)) return NaN;
  return low === undefined ? value : Math.sign(value) * Math.log1p(Math.abs(value) / low);
}

function momentsOf(values: Float64Array): { mean: number; deviation: number; skewness: number } {
  // Divided first: the squares of great numbers are none.
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let mean = 0;
  for (const value of values) mean += value / size / values.length;
  let [square, cube] = [0, 0];
  for (const value of values) {
    const way = value / size - mean;
    square += way ** 2 / values.length;
    cube += way ** 3 / values.length;
  }
  const deviation = Math.sqrt(square);
  if (!(deviation > ROUNDING)) return { mean: mean * size, deviation: 0, skewness: 0 };
  return { mean: mean * size, deviation: deviation * size, skewness: cube / deviation ** 3 };
}
