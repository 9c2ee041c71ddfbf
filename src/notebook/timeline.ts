/** Timelines: what went on from when to when, in a lane for each thing. */
import { Table } from "../table/table.ts";
import { counted, visible, whole } from "../table/text.ts";
import { firstOf, lineOf, momentWords } from "./picture.ts";
import type { MimeBundle } from "./show.ts";
import { spansOf, type TimelineSpan } from "./timeline_span.ts";
import { timelineSvg } from "./timeline_svg.ts";

/** Columns of a table by their names, to be drawn over time. */
export interface TimelineColumns {
  /** Whose bar it is: a lane for each. */
  readonly lane: string;
  /** Moments, RFC 3339. NULL in `to` is what goes on, beyond the end of the picture; a row without `from` is left out, and counted. */
  readonly from: string;
  readonly to: string;
  /** What it is: a colour for each. */
  readonly kind: string;
  /** What is written at the bar; its kind without it. */
  readonly label?: string;
}

/** What a timeline says besides its bars. */
export interface TimelineWords {
  readonly title: string;
  /** A moment, RFC 3339, up to which everything is known; the last one of the table without it. */
  readonly until?: string | undefined;
  /** What is known to have been, with the same columns: outlined, behind the bars. */
  readonly known?: Table | undefined;
}

/** So many lines are printed. */
const PRINTED = 20;

/** A timeline. As the last expression of a notebook's cell it is a picture. */
export class Timeline {
  readonly title: string;
  /** The bars, and then what is known to have been, each in the order of its beginning. */
  readonly spans: readonly TimelineSpan[];
  /** How many rows have no beginning, or end before it: they are not drawn. */
  readonly left: number;
  /** Milliseconds since 1970: the first moment, and the one up to which what still goes on is drawn. */
  readonly from: number;
  readonly until: number;

  constructor(table: Table, columns: TimelineColumns, { title, until, known }: TimelineWords) {
    const rows = [
      ...spansOf(table, columns, false),
      ...(known ? spansOf(known, columns, true) : []),
    ];
    this.title = title;
    this.spans = rows.filter((span) => span !== undefined);
    this.left = rows.length - this.spans.length;
    let [first, last] = [Infinity, until === undefined ? -Infinity : Date.parse(until)];
    if (Number.isNaN(last)) throw new RangeError(`Cannot draw up to ${until}: it is no moment`);
    for (const { from, to } of this.spans) {
      first = Math.min(first, from);
      last = Math.max(last, to ?? from);
    }
    this.from = Math.min(first, last);
    this.until = last;
  }

  /** The picture, as an SVG file. */
  get svg(): string {
    return timelineSvg(this);
  }

  /** What is drawn, a row for each bar. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const moment = (name: string) => ({ name, type: "TIMESTAMP", numeric: false });
    const said = (millis: number | null) => millis === null ? null : new Date(millis).toISOString();
    return new Table(
      [
        text("lane"),
        moment("from"),
        moment("to"),
        text("kind"),
        text("label"),
        { name: "known", type: "BOOLEAN", numeric: false },
      ],
      this.spans.map(({ lane, from, to, kind, label, isKnown }) => [
        ...[lane, said(from), said(to), kind, label],
        isKnown,
      ]),
    );
  }

  /** What the picture is about, in a line. */
  get summary(): string {
    if (this.spans.length === 0) return lineOf("nothing to draw", this.#leftOut());
    const known = this.spans.filter(({ isKnown }) => isKnown).length;
    const open = this.spans.filter(({ to }) => to === null).length;
    const lanes = new Set(this.spans.map(({ lane }) => lane)).size;
    return lineOf(
      `${counted(this.spans.length - known, "bar")} in ${counted(lanes, "lane")}`,
      known > 0 ? `${whole(known)} known to have been, outlined` : "",
      open > 0 ? `${whole(open)} going on at the end` : "",
      this.#leftOut(),
    );
  }

  /** From when to when, in a line. */
  get period(): string {
    return `from ${momentWords(this.from)} to ${momentWords(this.until)}, in UTC`;
  }

  /** What is to be seen, in words. */
  toString(): string {
    const { spans } = this;
    const rows = spans.slice(0, PRINTED).map(({ lane, from, to, kind, label, isKnown }) => [
      lane,
      isKnown ? `(${kind})` : kind,
      `${momentWords(from)} ${to === null ? "on" : `to ${momentWords(to)}`}`,
      label === kind ? "" : label,
    ]);
    const period = spans.length === 0 ? [] : [this.period];
    return [this.title, this.summary, ...period, ...firstOf(rows.map(cells), spans.length)]
      .map((line) => visible(line).trimEnd()).join("\n");
  }

  #leftOut(): string {
    return this.left === 0
      ? ""
      : `${counted(this.left, "row")} left out: no beginning, or an end before it`;
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.toString() };
  }
}

/** On one line each, and not too long. */
function cells(row: readonly string[]): string[] {
  return row.map((cell) => {
    const line = visible(cell);
    return line.length > 60 ? `${line.slice(0, 59)}…` : line;
  });
}

/**
 * Draws a table over time: a bar for each row, from its beginning to its end or on, in a lane for each thing.
 *
 * @throws {RangeError} when the table has no such column, or what it has there is no moment
 * @example
 * ```ts
 * import { Table, timeline } from "@cim/infrastructure";
 * import { match } from "node:assert";
 * const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
 * const work = new Table(["rack", "begin", "end", "what"].map(text), [
 *   ["r01", "2026-10-01T08:00:00Z", "2026-10-01T10:00:00Z", "cabling"],
 *   ["r02", "2026-10-01T09:00:00Z", null, "cooling"],
 * ]);
 * const columns = { lane: "rack", from: "begin", to: "end", kind: "what" };
 * const drawn = timeline(work, columns, { title: "Work in the racks" });
 * match(drawn.svg, /^<svg /);
 * match(String(drawn), /2 bars in 2 lanes · 1 going on at the end/);
 * ```
 */
export function timeline(table: Table, columns: TimelineColumns, words: TimelineWords): Timeline {
  return new Timeline(table, columns, words);
}
