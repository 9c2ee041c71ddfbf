/** The numbers of a figure as tables: for readers without JavaScript, without eyes, or with doubts. */
import { type Figure, isObject, type JsonObject, plainText } from "./figure.ts";
import { escapeHtml } from "../../table/escape.ts";

/** The most rows of one trace: beyond it a table is no reading any more, and doubles the page. */
const MAX_ROWS = 200;
/** The most columns of a trace's matrix. */
const MAX_COLUMNS = 30;

/** A column: its name in the trace, and its values. */
type Column = [name: string, values: unknown[]];

/** A table for each trace that has values. Empty if none has. */
export function figureTable(figure: Figure): string {
  return figure.data.map((trace, at) => {
    const columns = columnsOf(trace);
    const name = typeof trace["name"] === "string" ? plainText(trace["name"]) : "";
    const caption = name || (figure.data.length > 1 ? `Trace ${at + 1}` : "");
    return columns.length === 0 ? "" : table(caption, columns);
  }).join("");
}

/** The trace's arrays, those one level down (`node.label`) too, and a matrix column by column. */
function columnsOf(trace: JsonObject, path = ""): Column[] {
  return Object.entries(trace).flatMap(([key, value]): Column[] => {
    const name = path + key;
    const values = Array.isArray(value) ? value : decoded(value);
    if (values === undefined) {
      return path === "" && isObject(value) ? columnsOf(value, `${key}.`) : [];
    }
    if (values.length === 0) return [];
    if (!values.some(Array.isArray)) return values.some(isObject) ? [] : [[name, values]];
    const width = Math.max(...values.map((row) => Array.isArray(row) ? row.length : 0));
    return Array.from({ length: Math.min(width, MAX_COLUMNS) }, (_, column): Column => [
      `${name}[${column}]`,
      values.map((row) => Array.isArray(row) ? row[column] : undefined),
    ]);
  });
}

function table(caption: string, columns: Column[]): string {
  const rows = Math.max(...columns.map(([, values]) => values.length));
  const head = columns.map(([name]) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = Array.from({ length: Math.min(rows, MAX_ROWS) }, (_, row) => {
    return `<tr>${columns.map(([, values]) => cell(values[row])).join("")}</tr>`;
  }).join("\n");
  const more = rows > MAX_ROWS ? `<p class="note">… and ${rows - MAX_ROWS} more rows</p>` : "";
  return `<div class="wide"><table>${caption && `<caption>${escapeHtml(caption)}</caption>`}` +
    `<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${more}`;
}

function cell(value: unknown): string {
  if (typeof value === "number") return `<td class="right">${value}</td>`;
  return `<td>${
    value === undefined || value === null ? "" : escapeHtml(plainText(String(value)))
  }</td>`;
}

/** Plotly's packed arrays: little-endian numbers in base64, as its Python library writes them. */
function decoded(value: unknown): unknown[] | undefined {
  if (!isObject(value) || typeof value["bdata"] !== "string" || "shape" in value) return undefined;
  const view = new DataView(
    Uint8Array.from(atob(value["bdata"]), (one) => one.charCodeAt(0)).buffer,
  );
  const read: Record<string, [bytes: number, (at: number) => number]> = {
    i1: [1, (at) => view.getInt8(at)],
    u1: [1, (at) => view.getUint8(at)],
    i2: [2, (at) => view.getInt16(at, true)],
    u2: [2, (at) => view.getUint16(at, true)],
    i4: [4, (at) => view.getInt32(at, true)],
    u4: [4, (at) => view.getUint32(at, true)],
    f4: [4, (at) => view.getFloat32(at, true)],
    f8: [8, (at) => view.getFloat64(at, true)],
  };
  const [bytes, number] = read[String(value["dtype"])] ?? [];
  if (!bytes || !number) return undefined;
  return Array.from({ length: Math.floor(view.byteLength / bytes) }, (_, at) => number(at * bytes));
}
