/** Other classifiers, of scikit-learn, on the same parts of the same tables. */
import type { LabelledTable } from "./labelled_table.ts";
import { linesOf } from "./python_library.ts";

/** How well one part of a table was labelled. */
export interface Score {
  /** What labelled it. */
  readonly name: string;
  /** The share that is right. */
  readonly accuracy: number;
  readonly macro_f1: number;
}

/**
 * Fits and judges them.
 *
 * @param times for each time round the part of each row
 * @throws {OthersFailed} with the last line of what Python said
 */
export async function others(
  python: string,
  { columns, classes }: LabelledTable,
  times: readonly Int32Array[],
  seed: number,
  signal: AbortSignal,
): Promise<Score[]> {
  const input = {
    seed,
    columns: columns.map((column) => [...column]),
    classes,
    parts: times.map((parts) => [...parts]),
  };
  return await linesOf(python, "space_evaluate_others.py", input, signal);
}
