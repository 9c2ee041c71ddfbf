/** Measurements as samples: which series each value belongs to, and at which millisecond. */
import { labelsOf, metricName } from "./names.ts";
import type { Measurements, Point } from "./point.ts";
import { type Gathered, type Labels, Series } from "./series.ts";
import { UsedTimes } from "./used_times.ts";

/** Servers drop labels beyond their limit without a word (VictoriaMetrics: beyond 30): then two series would be one. */
const MOST_LABELS = 24;
/** Servers cut a longer name or value off, or drop its series (VictoriaMetrics: 256 and 16,384 bytes). */
const MOST_NAME_BYTES = 200;
const MOST_VALUE_BYTES = 4_096;
/** The most series of one metric that one resource is measured by at a time. */
export const MOST_SERIES = 1_000;
/** How far ahead of the log's clock a measurement's may be, in milliseconds: servers drop what is two days ahead. */
const AHEAD_MS = 86_400_000;

/** How many values were left out, and why. */
export interface LeftOut {
  /** Measured before 1970, which no server keeps. */
  before_1970: number;
  /** Measured more than a day after they were recorded: by a clock that is wrong. */
  ahead: number;
  /** Of one moment and one series, of which the last is taken. */
  repeated: number;
  /** With more labels, or longer ones, than servers keep. */
  labels: number;
  /** Of a resource with more series of one metric at a time than {@linkcode MOST_SERIES}. */
  series: number;
}

/** Of no value is it so. */
export function nothingLeftOut(): LeftOut {
  return { before_1970: 0, ahead: 0, repeated: 0, labels: 0, series: 0 };
}

/** What was known of the resource when it was measured, in its labels. */
export interface Measured {
  instance: string;
  resource_type: string;
  site: string;
}

/** A point of a resource that was measured before; the next time it is likely to be at the same place. */
interface Slot {
  name: string;
  unit: string;
  attributes: Point["attributes"];
  /** How many attributes. */
  size: number;
  /** Undefined where it is left out. */
  series: Series | undefined;
}

/** The series of one resource. */
interface Book {
  known: Measured | undefined;
  slots: Slot[];
  /** So many of the first slots are each of another series, of which none is left out. */
  plain: number;
  series: Map<string, Series | undefined>;
}

/** Folds measurements. What it remembers of each is its millisecond; all else is only to be quick. */
export class MeasuredSeries {
  /** Is counted up. */
  leftOut: LeftOut = nothingLeftOut();
  readonly #times = new Map<string, UsedTimes>();
  readonly #books = new Map<string, Book>();

  /** @param job the label that all series of this projection have */
  constructor(private readonly job: string) {}

  /**
   * The millisecond of a measurement that is the next one in the log.
   *
   * @param compute whose id
   * @param observedAt by the clock of whoever measured
   * @param recordedAt by the log's
   * @returns undefined where it is left out
   */
  place(compute: string, observedAt: string, recordedAt: number): number | "before_1970" | "ahead" {
    const time = Math.floor(Date.parse(observedAt));
    if (!(time >= 0)) return "before_1970";
    if (time > recordedAt + AHEAD_MS) return "ahead";
    let times = this.#times.get(compute);
    if (!times) this.#times.set(compute, times = new UsedTimes());
    return times.take(time);
  }

  /**
   * Gathers the samples of a measurement that is the next one in the log.
   *
   * @param known of its resource, if anything is
   */
  take(
    data: Measurements,
    recordedAt: number,
    known: Measured | undefined,
    gathered: Gathered,
  ): void {
    const { compute, observed_at, points } = data;
    const time = this.place(compute, observed_at, recordedAt);
    if (typeof time === "string") {
      this.leftOut[time] += points.length;
      return;
    }
    const book = this.#bookOf(compute, known);
    const all: (Series | undefined)[] = new Array(points.length);
    for (let at = 0; at < points.length; at++) {
      const point = points[at]!;
      let slot = book.slots[at];
      if (!slot || !isSame(slot, point)) {
        slot = book.slots[at] = this.#slotOf(compute, book, point);
        book.plain = 0;
      }
      all[at] = slot.series;
    }
    const taken = points.length <= book.plain ? all : this.#kept(all, points);
    if (taken.every((series) => series !== undefined)) book.plain = taken.length;
    for (let at = 0; at < taken.length; at++) {
      const series = taken[at];
      if (series) gathered.add(series, time, points[at]!.value);
    }
  }

  #bookOf(compute: string, known: Measured | undefined): Book {
    let book = this.#books.get(compute);
    // What comes and goes, as short-lived programs do, would be remembered for ever.
    if (!book || book.known !== known || book.series.size > 4 * MOST_SERIES) {
      this.#books.set(compute, book = { known, slots: [], plain: 0, series: new Map() });
    }
    return book;
  }

  #slotOf(compute: string, book: Book, { name, unit, attributes }: Point): Slot {
    const labels = labelsOf(attributes);
    const metric = metricName(name, unit);
    const key = JSON.stringify([metric, labels]);
    let series = book.series.get(key);
    if (series === undefined && !book.series.has(key)) {
      series = isKept(metric, labels)
        ? new Series(this.#labels(metric, labels, compute, book.known))
        : undefined;
      book.series.set(key, series);
    }
    return { name, unit, attributes, size: Object.keys(attributes ?? {}).length, series };
  }

  #labels(metric: string, labels: Labels, compute: string, known: Measured | undefined): Labels {
    const own = { job: this.job, compute_id: compute, ...known };
    return [
      ["__name__", metric] as const,
      ...Object.entries(own).filter(([, value]) => value !== ""),
      ...labels,
    ];
  }

  /** Of one series the last, of one metric the first {@linkcode MOST_SERIES}; how many are left out is counted. */
  #kept(all: readonly (Series | undefined)[], points: readonly Point[]): (Series | undefined)[] {
    const last = new Map<Series, number>();
    for (const [at, series] of all.entries()) if (series) last.set(series, at);
    const ofMetric = new Map<string, number>();
    return all.map((series, at) => {
      if (!series) this.leftOut.labels++;
      else if (last.get(series) !== at) this.leftOut.repeated++;
      else {
        const { name } = points[at]!;
        const count = (ofMetric.get(name) ?? 0) + 1;
        ofMetric.set(name, count);
        if (count <= MOST_SERIES) return series;
        this.leftOut.series++;
      }
      return undefined;
    });
  }
}

function isSame(slot: Slot, { name, unit, attributes }: Point): boolean {
  if (slot.name !== name || slot.unit !== unit) return false;
  if (slot.attributes === undefined || attributes === undefined) {
    return slot.attributes === attributes;
  }
  let size = 0;
  for (const key in attributes) {
    if (slot.attributes[key] !== attributes[key]) return false;
    size++;
  }
  return size === slot.size;
}

const bytes = new TextEncoder();

function isKept(metric: string, labels: Labels): boolean {
  return metric.length <= MOST_NAME_BYTES && labels.length <= MOST_LABELS &&
    labels.every(([name, value]) =>
      name.length <= MOST_NAME_BYTES && bytes.encode(value).length <= MOST_VALUE_BYTES
    );
}
