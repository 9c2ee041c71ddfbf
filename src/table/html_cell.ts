/** A value of a table as HTML. Whatever it is, it is text; what is shown shorter has the whole in reach. */
import { cellText, exact, exactText } from "./cell.ts";
import { escapeHtml } from "./escape.ts";
import { amountText, numberText } from "./number.ts";
import type { Column } from "./table.ts";
import { beginning, visible, whole } from "./text.ts";
import { isName, isPrefixed, unitOf } from "./unit.ts";

/** Longer texts, or those of more lines, are folded behind their beginning. */
const FOLDED = { characters: 160, lines: 6 };
/** How much of them is seen then. */
const BEGINNING = 100;
/** Texts from this length on may be broken anywhere. */
const LONG = 40;
/** What is said when the pointer rests on a cell is no longer than this. */
const HOVERED = 400;

/** They get room first, for beside columns that do not break there would be none left. */
const WRAPPED = "overflow-wrap:anywhere;min-width:16em;max-width:30em";

/** What stands for nothing, and for what is less important: readable on a light page and on a dark one. */
const PALE = "opacity:.65";
const QUIET = "opacity:.75";

/**
 * The cell.
 *
 * @param most how many characters of the whole are kept at most; that there were more is said
 */
export function htmlCell(value: unknown, column: Column, most: number): string {
  if (value === null || value === undefined) {
    return cell(column, `<span style="${PALE}" title="null">–</span>`);
  }
  if (value === "") {
    return cell(column, `<span style="${PALE}" title="empty text">&quot;&quot;</span>`);
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return exactly(column, shownNumber(value, column), exactText(value), "white-space:nowrap");
  }
  if (typeof value === "boolean") {
    return cell(column, value ? "true" : `<span style="${QUIET}">false</span>`);
  }
  if (/^TIMESTAMP/.test(column.type)) {
    const text = cellText(value, { type: "TIMESTAMP" });
    return exactly(column, inLines(text), exactText(value), "white-space:nowrap");
  }
  const text = inLines(longText(value));
  if (text.length > FOLDED.characters || text.split("\n").length > FOLDED.lines) {
    return cell(column, folded(text, most), WRAPPED);
  }
  const style = text.length > LONG || /\n|^ | $| {2}/.test(text)
    ? `white-space:pre-wrap;${WRAPPED}`
    : "";
  return typeof value === "object"
    ? exactly(column, text, exactText(value), style)
    : cell(column, escapeHtml(text), style);
}

function cell({ numeric }: Column, html: string, style = ""): string {
  const align = `text-align:${numeric ? "right" : "left"};vertical-align:top`;
  return `<td style="${style ? `${align};${style}` : align}">${html}</td>`;
}

/** A cell that says its exact value when the pointer rests on it, where that is another. */
function exactly(column: Column, shown: string, value: string, style: string): string {
  const html = escapeHtml(shown);
  const exact = inLines(value);
  return cell(
    column,
    shown === exact
      ? html
      : `<span title="${escapeHtml(beginning(exact, HOVERED))}">${html}</span>`,
    style,
  );
}

function shownNumber(value: number | bigint, column: Column): string {
  const unit = unitOf(column);
  if (isPrefixed(unit) && Math.abs(Number(value)) >= 1000) return amountText(Number(value), unit);
  return isName(column) ? String(value) : numberText(value);
}

/** A list of plain values one after the other; a list of others, a line for each; objects as JSON. */
function longText(value: unknown): string {
  if (!Array.isArray(value)) {
    const text = exactText(value);
    if (typeof value !== "object" || value instanceof Uint8Array) return text;
    return text.length > FOLDED.characters ? JSON.stringify(value, exact, 2) : text;
  }
  if (value.length === 0) return "[]";
  return value.some((one) => typeof one === "object" && one !== null)
    ? value.map((one) => typeof one === "object" ? JSON.stringify(one, exact) : String(one))
      .join("\n")
    : value.map((one) => one === null ? "null" : one === "" ? '""' : String(one)).join(", ");
}

function folded(text: string, most: number): string {
  const kept = beginning(text, most);
  const rest = kept === text
    ? ""
    : `\n[the first ${whole(most)} of ${whole(text.length)} characters]`;
  const start = beginning(text.replace(/\s+/g, " "), BEGINNING);
  return `<details><summary>${escapeHtml(start.endsWith("…") ? start : `${start} …`)}</summary>` +
    `<div style="white-space:pre-wrap;overflow-wrap:anywhere;max-width:48em">${
      escapeHtml(kept + rest)
    }</div></details>`;
}

/** The text with its lines, and every other control character and mark of direction as its code. */
function inLines(text: string): string {
  return text.split(/\r?\n/).map(visible).join("\n");
}
