/** A table's columns as numbers that can be compared. */
import { Gaps } from "./gaps.ts";
import type { Rows } from "./rows.ts";
import { TableScale } from "./table_scale.ts";

/** How the columns of a table are scaled and their gaps filled, learned from some rows. */
export class TableView {
  readonly #scale: TableScale;
  readonly #gaps: Gaps;

  /** @param columns as many values in each; NaN, or no finite number, where one is missing */
  constructor(columns: readonly Float64Array[]) {
    this.#scale = TableScale.of(columns);
    this.#gaps = Gaps.of(this.#scale.rows(columns));
  }

  /** How many columns there are. */
  get width(): number {
    return this.#scale.columns.length;
  }

  /** Rows of columns like those. */
  rows(columns: readonly Float64Array[]): Rows {
    return this.#gaps.fill(this.#scale.rows(columns));
  }
}
