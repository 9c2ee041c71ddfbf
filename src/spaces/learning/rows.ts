/** Points of a table, laid out one after the other. */

/** Coordinates row by row; NaN where one is not known. */
export interface Rows {
  readonly values: Float64Array;
  /** How many coordinates a row has. */
  readonly width: number;
  readonly count: number;
}

/** Rows, and a number for the class of each. */
export interface ClassRows {
  readonly rows: Rows;
  readonly classes: Int32Array;
}

/** Some rows, by their places. */
export function picked({ rows, classes }: ClassRows, places: ArrayLike<number>): ClassRows {
  const { values, width } = rows;
  const into = new Float64Array(places.length * width);
  const own = new Int32Array(places.length);
  for (let at = 0; at < places.length; at++) {
    const from = places[at]! * width;
    into.set(values.subarray(from, from + width), at * width);
    own[at] = classes[places[at]!]!;
  }
  return { rows: { values: into, width, count: places.length }, classes: own };
}

/** The means of some rows, column by column. */
export function meansOf({ values, width, count }: Rows): Float64Array {
  const means = new Float64Array(width);
  for (let at = 0; at < values.length; at++) means[at % width]! += values[at]! / count;
  return means;
}

/** Rows as lists of numbers, without something that is taken from each. */
export function listed(
  { values, width, count }: Rows,
  without: (row: number) => Float64Array,
): number[][] {
  return Array.from({ length: count }, (_, row) => {
    const taken = without(row);
    return Array.from(taken, (own, at) => values[row * width + at]! - own);
  });
}

/** What is left of rows without the means of their classes. */
export function residuals({ rows, classes }: ClassRows): number[][] {
  const { values, width, count } = rows;
  const means = new Map<number, Float64Array>();
  for (const [own, places] of Map.groupBy(classes.keys(), (at) => classes[at]!)) {
    const mean = new Float64Array(width);
    for (const place of places) {
      for (let at = 0; at < width; at++) mean[at]! += values[place * width + at]! / places.length;
    }
    means.set(own, mean);
  }
  return listed({ values, width, count }, (row) => means.get(classes[row]!)!);
}
