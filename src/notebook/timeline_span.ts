/** What goes on over time, as a table says it. */
import type { Table } from "../table/table.ts";
import type { TimelineColumns } from "./timeline.ts";

/** Something that goes on from a moment to another; milliseconds since 1970. */
export interface TimelineSpan {
  readonly lane: string;
  readonly from: number;
  /** Null while it is on. */
  readonly to: number | null;
  readonly kind: string;
  readonly label: string;
  /** Whether it is known to have been, and not what was found or said. */
  readonly isKnown: boolean;
}

/** A date, or a moment whose zone is said: without it, it would be another one on every machine. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/i;

/** The rows of a table in the order of their beginnings; undefined for each that has none, or ends before it. */
export function spansOf(
  table: Table,
  columns: TimelineColumns,
  isKnown: boolean,
): (TimelineSpan | undefined)[] {
  const [lanes, kinds] = [table.column(columns.lane), table.column(columns.kind)];
  const [begins, ends] = [table.column(columns.from), table.column(columns.to)];
  const labels = columns.label === undefined ? kinds : table.column(columns.label);
  return lanes.map((lane, at): TimelineSpan | undefined => {
    const from = momentOf(begins[at], columns.from);
    const to = momentOf(ends[at], columns.to);
    if (from === null || (to !== null && to < from)) return undefined;
    const kind = String(kinds[at] ?? "");
    return { lane: String(lane ?? ""), from, to, kind, label: String(labels[at] ?? kind), isKnown };
  }).sort((a, b) => (a?.from ?? Infinity) - (b?.from ?? Infinity) || 0);
}

function momentOf(value: unknown, column: string): number | null {
  if (value === null || value === undefined) return null;
  const text = String(value);
  const millis = MOMENT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(millis)) return millis;
  throw new RangeError(
    `Cannot read ${JSON.stringify(text)} in the column ${JSON.stringify(column)} as a moment: ` +
      `say it as in "2026-10-04T05:16:30Z"`,
  );
}
