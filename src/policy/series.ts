/** What is measured of one resource, as rules read it: the newest values, their means, and rates. */

/** A point of a series. */
export interface MeasuredPoint {
  /** The key of the series: `system.memory.utilization{system.memory.state=used}`. */
  key: string;
  /** Whether it only grows. */
  isCounter: boolean;
  /** Microseconds since 1970. */
  observed: number;
  sequence: number;
  value: number;
}

/** Over how much of a series its mean is, in microseconds: the hour that ends with its newest value. */
const MEAN_MICROS = 3_600e6;

interface Series {
  newest: MeasuredPoint;
  previous: MeasuredPoint | undefined;
  /** What is in the hour, in the order of time; only where means are read. */
  hour: MeasuredPoint[];
}

const CPU_IDLE = "system.cpu.utilization{cpu.mode=idle}";
const MEMORY_USED = "system.memory.utilization{system.memory.state=used}";
/** Of which metric a short name is. */
export const SHARES: Readonly<Record<string, string>> = {
  cpu: "system.cpu.utilization",
  memory: "system.memory.utilization",
  filesystem: "system.filesystem.utilization",
};
const FILESYSTEM_USED = /^system\.filesystem\.utilization\{.*system\.filesystem\.state=used[,}]/;

/** The key of a series: attributes in the order of their names, by code units. */
export function seriesKey(name: string, attributes: Record<string, string> | null): string {
  const pairs = Object.entries(attributes ?? {}).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  return pairs.length === 0
    ? name
    : `${name}{${pairs.map(([key, value]) => `${key}=${value}`).join(",")}}`;
}

/** The series of one resource. */
export class Measured {
  readonly #series = new Map<string, Series>();
  /** The newest point of all. */
  newest: MeasuredPoint | undefined;

  /** @param withMeans whether means are asked for: then the points of an hour are kept */
  constructor(private readonly withMeans: boolean) {}

  /** A point; one that comes late is put in its place. */
  add(point: MeasuredPoint): void {
    if (!this.newest || isLater(point, this.newest)) this.newest = point;
    const series = this.#series.get(point.key);
    if (!series) {
      this.#series.set(point.key, { newest: point, previous: undefined, hour: [point] });
      return;
    }
    if (isLater(point, series.newest)) {
      // What is measured again at the same moment takes the other's place: there is no rate between the two.
      if (point.observed > series.newest.observed) series.previous = series.newest;
      series.newest = point;
    } else if (!series.previous || isLater(point, series.previous)) series.previous = point;
    if (!this.withMeans) return;
    let place = series.hour.length;
    while (place > 0 && !isLater(point, series.hour[place - 1]!)) place--;
    series.hour.splice(place, 0, point);
    const since = series.newest.observed - MEAN_MICROS;
    const first = series.hour.findIndex(({ observed }) => observed > since);
    if (first > 0) series.hour.splice(0, first);
  }

  /** The newest values, by key. */
  values(): Map<string, unknown> {
    return this.#each(({ newest }) => newest.value);
  }

  /** The means of the last hour, by key. */
  means(): Map<string, unknown> {
    return this.#each(({ hour }) => hour.reduce((sum, { value }) => sum + value, 0) / hour.length);
  }

  /** What counters grew by, per second, by key; those with two values at different times. */
  rates(): Map<string, unknown> {
    const rates = new Map<string, unknown>();
    for (const [key, { newest, previous }] of this.#series) {
      if (!newest.isCounter || !previous || newest.observed === previous.observed) continue;
      const seconds = (newest.observed - previous.observed) / 1e6;
      rates.set(key, Math.max(0, newest.value - previous.value) / seconds);
    }
    return rates;
  }

  /** The sequences of the newest values of some keys; of all where none are named. */
  sequences(keys: readonly string[]): number[] {
    if (keys.length === 0) return this.newest ? [this.newest.sequence] : [];
    return keys.flatMap((key) =>
      [...this.#series.values()]
        .filter(({ newest }) => newest.key === key || newest.key.split("{")[0] === SHARES[key])
        .map(({ newest }) => newest.sequence)
    );
  }

  #each(take: (series: Series) => number): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const [key, series] of this.#series) {
      const value = take(series);
      values.set(key, value);
      if (key === CPU_IDLE) values.set("cpu", Math.round((1 - value) * 1e9) / 1e9);
      else if (key === MEMORY_USED) values.set("memory", value);
      else if (FILESYSTEM_USED.test(key)) {
        values.set("filesystem", Math.max(value, Number(values.get("filesystem") ?? 0)));
      }
    }
    return values;
  }
}

function isLater(one: MeasuredPoint, other: MeasuredPoint): boolean {
  return one.observed === other.observed
    ? one.sequence > other.sequence
    : one.observed > other.observed;
}
