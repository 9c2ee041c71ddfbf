/** A page of time: what all questions have been answered for some moments, and the measurements that it comes to. */
import type { RecordMeasurements } from "../../domain/measurement.ts";
import { byCodeUnit } from "../../domain/values.ts";
import { asName } from "../../introspection/names.ts";
import { point } from "../../introspection/point.ts";
import type { AnsweredSeries, Moments } from "./client.ts";
import type { ImportedMetric } from "./metric.ts";
import type { Subject, Subjects } from "./subjects.ts";
import { targetKey } from "./targets.ts";

/** Values that are not imported, by the reason. */
export interface LeftOutValues {
  /** NaN and infinities: of an exporter, or a share of nothing where a counter was reset. */
  notNumbers: number;
  /** What a target said last before it was found to be down. */
  ofDown: number;
  /** Said of the same thing and moment by another target, or under another name, too. */
  twice: number;
  /** Of what nothing is known, or what was refused. */
  ofUnknown: number;
}

/** Measurements of one thing at one moment. */
export interface ImportedMoment {
  subject: Subject;
  data: RecordMeasurements;
}

interface Series extends Pick<ImportedMetric, "name" | "unit"> {
  attributes: Record<string, string> | undefined;
  key: string;
  /** By moment; NaN where there is none. */
  values: Float64Array;
}

/** Takes in answers, and gives measurements. Cost: O(values), and O(series · log series) for their order. */
export class Page {
  readonly leftOut: LeftOutValues = { notNumbers: 0, ofDown: 0, twice: 0, ofUnknown: 0 };
  readonly #series = new Map<Subject, Map<string, Series>>();
  /** By target: 1 where it was down. */
  readonly #down = new Map<string, Uint8Array>();
  readonly #count: number;

  constructor(readonly moments: Moments, private readonly subjects: Subjects) {
    this.#count = (moments.to - moments.from) / moments.step + 1;
  }

  /** How many series there are. */
  get size(): number {
    return [...this.#series.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** At how many of its moments something was measured. */
  get measured(): number {
    const all = [...this.#series.values()].flatMap((series) => [...series.values()]);
    let count = 0;
    for (let at = 0; at < this.#count; at++) {
      if (all.some(({ values }) => !Number.isNaN(values[at]!))) count++;
    }
    return count;
  }

  /** Takes in which targets were down (`up` is 0): nothing counts that they are said to have at those moments. */
  addUp(answer: readonly AnsweredSeries[]): void {
    for (const { labels, values } of answer) {
      const down = new Uint8Array(this.#count);
      for (const [at, value] of this.#placed(values)) down[at] = value === 0 ? 1 : 0;
      if (down.includes(1)) this.#down.set(upKey(labels), down);
    }
  }

  /** Takes in the answer to a question. */
  add(metric: ImportedMetric, answer: readonly AnsweredSeries[]): void {
    const told = answer.map((series) => ({
      ...series,
      target: targetKey(series.labels),
      attributes: attributesOf(metric, series.labels),
    }));
    told.sort((a, b) => this.subjects.rank(a.target) - this.subjects.rank(b.target));
    const paths = metric.oncePerDevice ? shortestPaths(told) : undefined;
    for (const { labels, values, target, attributes } of told) {
      if (paths && paths.get(deviceOf(target, attributes)) !== pathOf(attributes)) continue;
      const subject = this.subjects.of(target, metric.isContainer ? labels["id"] : undefined);
      if (subject?.compute === undefined) this.leftOut.ofUnknown += values.length;
      else this.#take(subject, metric, attributes, values, this.#down.get(upKey(labels)));
    }
  }

  #take(
    subject: Subject,
    { name, unit }: ImportedMetric,
    attributes: Record<string, string> | undefined,
    values: AnsweredSeries["values"],
    down: Uint8Array | undefined,
  ): void {
    const key = `${name} ${JSON.stringify(attributes ?? {})}`;
    const all = this.#series.get(subject) ?? new Map<string, Series>();
    const series = all.get(key) ??
      { name, unit, attributes, key, values: new Float64Array(this.#count).fill(NaN) };
    this.#series.set(subject, all.set(key, series));
    for (const [at, value] of this.#placed(values)) {
      if (!Number.isFinite(value)) this.leftOut.notNumbers++;
      else if (down?.[at]) this.leftOut.ofDown++;
      else if (!Number.isNaN(series.values[at]!)) this.leftOut.twice++;
      else series.values[at] = value;
    }
  }

  *#placed(values: AnsweredSeries["values"]): Generator<[at: number, value: number]> {
    const { from, step } = this.moments;
    for (const [seconds, text] of values) {
      const at = Math.round((seconds * 1_000 - from) / step);
      if (at >= 0 && at < this.#count) yield [at, Number(text)]; // "+Inf" is no number for us either
    }
  }

  /** The measurements, by moment and then by name. */
  *measurements(): Generator<ImportedMoment> {
    const { from, step } = this.moments;
    const ordered = [...this.#series].map(([subject, all]) => ({
      subject,
      name: `${subject.hostname} ${subject.compute}`,
      series: [...all.values()].sort((a, b) => byCodeUnit(a.key, b.key)),
    })).sort((a, b) => byCodeUnit(a.name, b.name));
    for (let at = 0; at < this.#count; at++) {
      const observed_at = new Date(from + at * step).toISOString();
      for (const { subject, series } of ordered) {
        const points = series.filter(({ values }) => !Number.isNaN(values[at]!))
          .map(({ name, unit, attributes, values }) => point(name, unit, values[at]!, attributes));
        if (points.length === 0) continue;
        const compute = subject.compute!;
        yield { subject, data: { compute, observed_at, window_seconds: step / 1_000, points } };
      }
    }
  }
}

/** `up` has only the labels of a scrape. */
function upKey({ cluster = "", job = "", instance = "" }: AnsweredSeries["labels"]): string {
  return JSON.stringify([cluster, job, instance]);
}

function attributesOf(
  { attributes }: ImportedMetric,
  labels: AnsweredSeries["labels"],
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [attribute, said] of Object.entries(attributes ?? {})) {
    const value = said.startsWith("$")
      ? said.slice(1).split("|").map((label) => asName(labels[label])).find(Boolean)
      : said;
    if (value !== undefined) found[attribute] = value;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

type Attributed = { target: string; attributes: Record<string, string> | undefined };

/** The shortest path under which each device is mounted: what is mounted twice is there once. */
function shortestPaths(told: readonly Attributed[]): Map<string, string> {
  const paths = new Map<string, string>();
  for (const { target, attributes } of told) {
    const [device, path] = [deviceOf(target, attributes), pathOf(attributes)];
    const other = paths.get(device);
    const isShorter = other === undefined || path.length < other.length ||
      (path.length === other.length && path < other);
    if (isShorter) paths.set(device, path);
  }
  return paths;
}

function deviceOf(target: string, attributes: Attributed["attributes"]): string {
  return `${target} ${attributes?.["system.device"]}`;
}

function pathOf(attributes: Attributed["attributes"]): string {
  return attributes?.["system.filesystem.mountpoint"] ?? "";
}
