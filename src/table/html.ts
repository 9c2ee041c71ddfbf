/** A table as HTML. Every value is text in it. */
import { cellText } from "./cell.ts";
import { escapeHtml } from "./escape.ts";
import type { Table } from "./table.ts";
import { whole } from "./text.ts";

/** How many rows a page shows at most. */
const SHOWN = 50;

/** The first 50 rows, with the number of all of them below. Numbers stand to the right; null is a pale dash. */
export function htmlTable(table: Table): string {
  const align = table.columns.map(({ numeric }) =>
    `style="text-align:${numeric ? "right" : "left"}"`
  );
  const head = table.columns.map(({ name, type }, at) =>
    `<th scope="col" ${align[at]} title="${escapeHtml(type)}">${escapeHtml(name)}</th>`
  );
  const rows = table.values.slice(0, SHOWN).map((row) =>
    `<tr>${
      row.map((value, at) =>
        `<td ${align[at]}>${
          value === null
            ? '<span style="opacity:.5">–</span>'
            : escapeHtml(cellText(value, table.columns[at]!))
        }</td>`
      ).join("")
    }</tr>`
  );
  const total = table.values.length;
  const count = total > SHOWN ? `the first ${SHOWN} of ${whole(total)} rows` : rowCount(total);
  return `<div><table><thead><tr>${head.join("")}</tr></thead><tbody>\n${
    rows.join("\n")
  }\n</tbody></table><small style="opacity:.7">${count}</small></div>`;
}

/** `1 row`, `2 rows`. */
export function rowCount(total: number): string {
  return `${whole(total)} ${total === 1 ? "row" : "rows"}`;
}
