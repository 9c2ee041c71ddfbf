/** What is predicted of a thing, as it is told. */
import type { Exhaustion } from "../spaces/prediction/exhaustion.ts";
import type { Forecast } from "../spaces/prediction/forecast.ts";
import type { ForecastScore } from "../spaces/prediction/forecast_score.ts";
import type { Imputation } from "../spaces/prediction/imputation.ts";
import { Table } from "../table/table.ts";
import { shown } from "./classified.ts";
import { quantity } from "./quantity.ts";
import type { Thing } from "./thing.ts";

/** One dimension, of which something is predicted. */
interface OfDimension {
  readonly dimension: string;
  readonly unit: string;
}

/** What will be of a dimension: its next values, with intervals, in its unit. */
export interface ForecastDimension extends OfDimension, Forecast {
  readonly kind: "forecast";
  /** The last value that is known. */
  readonly now: number;
  /** How good such forecasts of its past were. */
  readonly score: ForecastScore;
  /** When nothing is left of it; null of what is not used up, and where the past is too short to say. */
  readonly exhaustion: Exhaustion | null;
}

/** One of which nothing is left in sight. */
export interface ExhaustedDimension extends ForecastDimension {
  readonly exhaustion: Exhaustion & { readonly from: number };
}

/** What is expected of a dimension that is not known, if the thing is of a concept. */
export interface ImputedDimension extends OfDimension, Omit<Imputation, "dimension"> {
  readonly kind: "imputed";
  readonly concept: string;
}

/** A dimension whose past is too short, or has too many gaps, to say how far off a forecast would be. */
export interface ShortDimension extends OfDimension {
  readonly kind: "short";
  readonly now: number;
  /** At how many of the even steps it is known. */
  readonly points: number;
  /** Over how many seconds the thing was seen, and over how many a forecast needs it, without gaps. */
  readonly seconds: number;
  readonly needed: number;
}

/** What is predicted of one dimension. */
export type PredictedDimension = ForecastDimension | ImputedDimension | ShortDimension;

/** From which events of the log something is known: the first and the last, by sequence. */
export interface PredictionEvidence {
  readonly first_sequence: number;
  readonly last_sequence: number;
}

/** What is predicted of a thing. As the last expression of a notebook's cell it is a table. */
export class Prediction {
  /**
   * @param observed_at when the thing was seen last, from where times ahead count; null where no history of it is kept
   * @param horizon how far ahead it goes, in seconds, in steps of `step`
   * @param level of the intervals
   * @param rows in the order of the space's dimensions
   * @param evidence what forecasts rest on
   */
  constructor(
    readonly thing: Thing,
    readonly observed_at: string | null,
    readonly horizon: number,
    readonly step: number,
    readonly level: number,
    readonly rows: readonly PredictedDimension[],
    readonly evidence: PredictionEvidence | null,
  ) {}

  /** What is used up in sight, the soonest first. */
  get exhausted(): ExhaustedDimension[] {
    return this.rows.flatMap((row) => {
      const from = row.kind === "forecast" ? row.exhaustion?.from ?? null : null;
      return row.kind !== "forecast" || row.exhaustion === null || from === null
        ? []
        : [{ ...row, exhaustion: { ...row.exhaustion, from } }];
    }).sort((a, b) => a.exhaustion.from - b.exhaustion.from);
  }

  /** A row for each dimension: the value at the end of the horizon, or the one that is expected. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    return new Table(
      [
        ...["dimension", "now", `in ${quantity(this.horizon, "s")}`].map(text),
        ...[`${percentOf(this.level)} between`, "by", "skill", "held"].map(text),
      ],
      this.rows.map((row) => [row.dimension, ...cellsOf(row)]),
    );
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}

function cellsOf(row: PredictedDimension): (string | null)[] {
  const told = (value: number) => quantity(value, row.unit);
  const interval = ({ low, high }: { low: number | null; high: number | null }) =>
    low === null || high === null ? null : `${told(low)} and ${told(high)}`;
  if (row.kind === "short") {
    const needed = quantity(row.needed, "s");
    const said = row.seconds < row.needed
      ? `seen for ${quantity(row.seconds, "s")}; a forecast needs ${needed}`
      : `known at ${row.points} times in ${quantity(row.seconds, "s")}; too many gaps`;
    return [told(row.now), null, null, said, null, null];
  }
  if (row.kind === "imputed") {
    const by = row.basis === "members"
      ? `unknown: by ${row.members} others of ${row.concept}`
      : `unknown: by the concept ${row.concept}`;
    return [null, told(row.value), interval(row), by, null, null];
  }
  const last = row.values.at(-1)!;
  const { skill, coverage, intervals } = row.score;
  return [
    told(row.now),
    told(last.value),
    interval(last),
    row.method,
    skill === null ? null : skill.toFixed(2),
    coverage === null ? null : `${Math.round(100 * coverage)} % of ${intervals}`,
  ];
}

/** A level in words: 80 %. */
export function percentOf(level: number): string {
  return `${Number((100 * level).toFixed(4))} %`;
}

/** When something is used up, in a sentence. */
export function exhaustionText(
  { dimension, exhaustion: { from, to, within, share }, now, unit }: ExhaustedDimension,
  observed_at: string,
  level: number,
): string {
  const moment = (seconds: number) =>
    `${new Date(Date.parse(observed_at) + 1e3 * seconds).toISOString().slice(0, 16)}Z`;
  const what = `${dimension} (now ${quantity(now, unit)}): used up`;
  return to === null
    ? `${what} not before ${moment(from)}; within ${quantity(within, "s")} in ${
      percentOf(Math.round(100 * share) / 100)
    } of the ways that its past knows`
    : `${what} between ${moment(from)} and ${moment(to)}, ${percentOf(level)}`;
}
