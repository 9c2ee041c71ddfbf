/** How good predictions of the past would have been. */
import { dimensionsOf } from "../spaces/space.ts";
import { ForecastScore, scoreOf } from "../spaces/prediction/forecast_score.ts";
import { Table } from "../table/table.ts";
import { shown, threeDigits } from "./classified.ts";
import type { Prediction } from "./predicted.ts";
import { aheadOf, type Foreseen, inTurn, type PredictionOptions } from "./prediction.ts";
import { historiesOf } from "./prediction_history.ts";
import { rollingOf } from "./prediction_rows.ts";
import type { Asked, Thing } from "./thing.ts";

/** How good the forecasts of one dimension of one thing were. */
export interface BacktestRow {
  readonly thing: Thing;
  readonly dimension: string;
  readonly score: ForecastScore;
}

/** A back-test over the things of a space. As the last expression of a notebook's cell it is a table. */
export class Backtest {
  /**
   * @param rows of the dimensions whose past is long enough for a forecast
   * @param level of the intervals
   */
  constructor(readonly rows: readonly BacktestRow[], readonly level: number) {}

  /** The back-test that predictions rest on: of all that they forecast, without trying it again. */
  static of(predictions: readonly Prediction[]): Backtest {
    return new Backtest(
      predictions.flatMap(({ thing, rows }) =>
        rows.flatMap((row) =>
          row.kind === "forecast" ? [{ thing, dimension: row.dimension, score: row.score }] : []
        )
      ),
      predictions[0]?.level ?? NaN,
    );
  }

  /** All together; errors are added up along the scales of the dimensions, from 0 to 1 over the range. */
  get total(): ForecastScore {
    return totalOf(this.rows);
  }

  /** A row for each dimension, and one for all of them. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    const groups = Map.groupBy(this.rows, ({ dimension }) => dimension);
    const line = (name: string, rows: readonly BacktestRow[]) => {
      const { intervals, coverage, skill, seasonalSkill, single, right } = totalOf(rows);
      return [
        name,
        rows.length,
        intervals,
        ...[coverage, skill, seasonalSkill].map(rounded),
        single,
        rounded(single === 0 ? null : right / single),
      ];
    };
    return new Table(
      [
        text("dimension"),
        number("series"),
        number("intervals"),
        number("coverage"),
        number("skill"),
        number("seasonal_skill"),
        number("single"),
        number("right"),
      ],
      [...[...groups].map(([name, rows]) => line(name, rows)), line("all", this.rows)],
    );
  }

  /** How often intervals of other levels held, over all of it: a row for each level that was tried. */
  calibration(): Table {
    const number = (name: string) => ({ name, type: "DOUBLE", numeric: true });
    return new Table(
      ["level", "intervals", "coverage"].map(number),
      this.total.levels.filter(({ intervals }) => intervals > 0)
        .map(({ level, intervals, covered }) => [level, intervals, rounded(covered / intervals)]),
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

/**
 * Forecasts the past of all things of a space again, from one moment after the other with what was known then.
 *
 * @throws {RangeError} for a horizon or a level that makes no sense
 */
export async function backtested(
  model: Asked,
  seen: Foreseen & { readonly things: readonly Thing[] },
  options: PredictionOptions,
): Promise<Backtest> {
  const ahead = aheadOf(options);
  const histories = await historiesOf(model, seen.space, ahead.step, options.among);
  const dimensions = dimensionsOf(seen.space);
  const all = dimensions.flatMap((dimension, at) =>
    seen.things.flatMap((thing) => {
      const history = histories.get(thing.id);
      return history ? [{ dimension, at, thing, history }] : [];
    })
  );
  const rows: BacktestRow[] = [];
  for await (const { dimension, at, thing, history } of inTurn(all, options)) {
    const score = scoreOf(rollingOf(dimension, history, at, ahead));
    const judged = score.intervals + score.single > 0;
    if (judged) rows.push({ thing, dimension: dimension.name, score });
  }
  return new Backtest(rows, ahead.level);
}

function totalOf(rows: readonly BacktestRow[]): ForecastScore {
  const total = new ForecastScore();
  for (const { score } of rows) total.add(score);
  return total;
}

function rounded(share: number | null): number | null {
  return share === null ? null : threeDigits(share);
}
