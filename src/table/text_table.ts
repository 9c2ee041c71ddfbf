/** A table as text, for terminals. */
import { cellText } from "./cell.ts";
import { rowCount } from "./html.ts";
import type { Table } from "./table.ts";
import { visible, whole } from "./text.ts";

/** The widest that a column gets before its values are cut. */
const WIDEST = 60;

/** The rows, or the first `shown` of them, in columns, numbers to the right, and how many there are. */
export function textTable({ columns, values }: Table, shown = values.length): string {
  const names = columns.map(({ name }) => visible(name));
  const rows = values.slice(0, shown).map((row) =>
    row.map((value, at) => {
      const text = visible(cellText(value, columns[at]!));
      return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
    })
  );
  const widths = names.map((name, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]!.length), name.length)
  );
  const line = (cells: string[]) =>
    cells.map((cell, at) =>
      columns[at]!.numeric ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)
    ).join("  ").trimEnd();
  const total = values.length;
  const count = shown < total
    ? `(the first ${shown} of ${whole(total)} rows)`
    : `(${rowCount(total)})`;
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(names), rule, ...rows.map(line), count].join("\n");
}
