/** Real samples of some seconds, stretched to a day. */
import type { RecordMeasurements } from "../../src/domain/measurement.ts";

/** Measurements as they were taken. */
export type Sampled = RecordMeasurements;

type Point = Sampled["points"][number];

/** What only grows while a machine runs. */
const COUNTER =
  /^system\.(uptime|cpu\.time|disk\.|network\.(io|packet|errors))|^process\.(uptime|disk\.io)$/;
/** What is a mean over the window. */
const MEAN = /\.cpu\.utilization$/;

/** What was seen of one point, in all samples. */
interface Series {
  values: number[];
  /** What it gained from each sample to the next. */
  gains: number[];
  /** The counter now. */
  counter: number;
}

/**
 * Gives samples one after the other, as if they were taken further apart. Each value comes from the real values of that
 * very point: a gauge is one of them, drawn at random; what a counter gains in a long window is the sum of so many gains
 * of short windows as fit into it, drawn at random; a mean is the mean of as many. So no value follows the last one more
 * closely than in reality, and none says more or fewer digits than it would.
 */
export class TimeLapse {
  readonly #series = new Map<string, Series>();
  readonly #draws: number;
  #seed = 1;

  /**
   * @param samples in the order that they were taken
   * @param seconds how far apart they shall seem
   */
  constructor(private readonly samples: Sampled[], private readonly seconds: number) {
    const windows = samples.map(({ window_seconds = NaN }) => window_seconds);
    const mean = windows.reduce((sum, each) => sum + each, 0) / windows.length;
    this.#draws = Math.max(1, Math.round(seconds / mean));
    for (const { points } of samples) {
      for (const point of points) {
        const key = keyOf(point);
        const series = this.#series.get(key) ?? { values: [], gains: [], counter: point.value };
        const last = series.values.at(-1);
        if (last !== undefined) series.gains.push(Math.max(0, point.value - last));
        series.values.push(point.value);
        this.#series.set(key, series);
      }
    }
  }

  /** The next sample, taken at this moment. */
  next(now: Date): Sampled {
    const sample = this.#draw(this.samples);
    return {
      ...sample,
      observed_at: now.toISOString(),
      window_seconds: this.seconds,
      points: sample.points.map((point) => ({ ...point, value: this.#value(point) })),
    };
  }

  #value(point: Point): number {
    const series = this.#series.get(keyOf(point))!;
    const { values, gains } = series;
    if (MEAN.test(point.name)) return round(this.#sum(values) / this.#draws, 4);
    if (!COUNTER.test(point.name)) return this.#draw(values);
    if (gains.length > 0) series.counter += this.#sum(gains);
    return round(series.counter, point.unit === "s" ? 2 : 0);
  }

  #sum(from: number[]): number {
    let sum = 0;
    for (let at = 0; at < this.#draws; at++) sum += this.#draw(from);
    return sum;
  }

  #draw<T>(from: T[]): T {
    // Marsaglia's xorshift with the shifts 13, 17, 5 (Xorshift RNGs, 2003): the same numbers in each run.
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    return from[(this.#seed >>> 0) % from.length]!;
  }
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function keyOf({ name, attributes }: Point): string {
  return JSON.stringify([name, attributes]);
}
