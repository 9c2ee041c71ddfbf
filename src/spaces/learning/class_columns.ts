/** Tables by columns. */

/** Columns, and the class of each row by its number. */
export interface ClassColumns {
  readonly columns: readonly Float64Array[];
  readonly classes: Int32Array;
}

/** Some of the rows. */
export function someOf(
  { columns, classes }: ClassColumns,
  places: readonly number[],
): ClassColumns {
  return {
    columns: columns.map((own) => Float64Array.from(places, (at) => own[at]!)),
    classes: Int32Array.from(places, (at) => classes[at]!),
  };
}
