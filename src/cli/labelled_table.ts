/** Tables of which a column says what each row is. */
import { counted } from "../table/text.ts";
import { type TableFile, TableUnfit } from "./table_file.ts";
import type { Terminal } from "./terminal.ts";

/** The rows of a table whose class is known. */
export interface LabelledTable {
  /** The type of the column that says the class, as DuckDB calls it. */
  readonly type: string;
  /** The names of the columns that are learned from. */
  readonly names: readonly string[];
  /** Those columns; NaN where a value is missing. */
  readonly columns: readonly Float64Array[];
  /** The class of each row. */
  readonly classes: readonly string[];
}

/**
 * What can be learned from a table; what is left out is said.
 *
 * @param name of the column with the classes
 * @throws {TableUnfit} where there is no such column, or nothing to learn
 */
export async function examplesOf(
  train: TableFile,
  name: string,
  terminal: Pick<Terminal, "warn">,
): Promise<LabelledTable> {
  const column = train.column(name);
  if (!column) {
    const others = train.columns.map((other) => other.name).join(", ");
    throw new TableUnfit(train.path, `it has no column ${JSON.stringify(name)}: it has ${others}`);
  }
  const numeric = train.numeric().map((own) => own.name).filter((own) => own !== name);
  const others = train.columns.map((own) => own.name)
    .filter((own) => own !== name && !numeric.includes(own));
  if (numeric.length === 0) {
    throw new TableUnfit(
      train.path,
      "no column beside the class is numeric or boolean: there is nothing to learn from",
    );
  }
  if (others.length > 0) {
    terminal.warn(`left out, for they are neither numeric nor boolean: ${others.join(", ")}`);
  }
  const classes = await train.texts(name);
  const places = [...classes.keys()].filter((at) => classes[at] !== null);
  if (places.length < classes.length) {
    terminal.warn(`left out: ${counted(classes.length - places.length, "row")} without a class`);
  }
  const different = new Set(classes.filter((own) => own !== null));
  if (different.size < 2) {
    throw new TableUnfit(
      train.path,
      different.size === 0
        ? `no row has a ${JSON.stringify(name)}: there is nothing to learn from`
        : `all rows have the same ${JSON.stringify(name)}, ${JSON.stringify([...different][0])}: ` +
          "give rows of two classes at least",
    );
  }
  const all = await Promise.all(numeric.map((own) => train.numbers(own)));
  return {
    type: column.type,
    names: numeric,
    columns: all.map((values) => Float64Array.from(places, (at) => values[at]!)),
    classes: places.map((at) => classes[at]!),
  };
}

/**
 * The columns of another table that were learned from.
 *
 * @throws {TableUnfit} where it lacks one, or it says no numbers
 */
export async function sameColumns(
  test: TableFile,
  names: readonly string[],
): Promise<Float64Array[]> {
  const missing = names.filter((name) => !test.column(name));
  if (missing.length > 0) {
    throw new TableUnfit(
      test.path,
      `it lacks ${counted(missing.length, "column")} that was learned from: ${missing.join(", ")}`,
    );
  }
  const numeric = new Set(test.numeric().map(({ name }) => name));
  return await Promise.all(names.map(async (name) => {
    if (numeric.has(name)) return await test.numbers(name);
    // CSV has no type for a column that says nothing.
    if (!await test.hasValues(name)) return new Float64Array(test.rows).fill(NaN);
    const first = await test.firstText(name);
    throw new TableUnfit(
      test.path,
      `its column ${JSON.stringify(name)} is ${
        test.column(name)!.type
      }, and was numeric where it was learned from` +
        (first
          ? `: ${
            JSON.stringify(first.value)
          } in row ${first.row} is no number: leave it empty or mend it`
          : ""),
    );
  }));
}
