/** How well the anomalies of tables and series are told, beside other detectors. */
import { setTimeout as wait } from "node:timers/promises";
import { detectionOf } from "../spaces/anomaly/detection.ts";
import { rowsAt } from "../spaces/anomaly/history.ts";
import { fitRows } from "../spaces/anomaly/row_scorer.ts";
import { SeriesScorer } from "../spaces/anomaly/series_scorer.ts";
import { Chance } from "../spaces/learning/chance.ts";
import { folds } from "../spaces/learning/folds.ts";
import { linesOf } from "./python_library.ts";
import { dimensionsOf, inTime, LABEL, rowsOf } from "./scored_table.ts";
import { type TableFile, TableUnfit } from "./table_file.ts";
import type { Terminal } from "./terminal.ts";

/** Rows are divided so often: three of five parts are learned from, anomalies among them, and two are scored. */
const TIMES = 3;
const PARTS = 5;
const LEARNED_PARTS = 3;
const AT_ONCE = 2_000;
/** What this project's own scores are called in the answer. */
const OURS = "space score";

/** What a detector learns from, and what it scores. */
interface Split {
  readonly history: Float64Array;
  readonly rows: Float64Array;
  readonly isAnomaly: readonly boolean[];
}

/** A table or a series of which it is known what is an anomaly. */
export interface KnownAnomalies {
  readonly as: "rows" | "series";
  readonly width: number;
  readonly rows: number;
  readonly anomalies: number;
  readonly splits: readonly Split[];
}

/** How well a detector tells them: means over the splits. */
export interface Detected {
  readonly by: string;
  readonly rocAuc: number;
  readonly averagePrecision: number;
}

/** Whether a table's label says 0 or 1 of every row, or false or true: then it is known what is an anomaly. */
export async function isKnown(table: TableFile): Promise<boolean> {
  if (!table.numeric().some(({ name }) => name === LABEL)) return false;
  return (await table.numbers(LABEL)).every((value) => value === 0 || value === 1);
}

/** @throws {TableUnfit} where there are no anomalies, or nothing else */
async function requireBoth(table: TableFile): Promise<void> {
  const anomalies = countOf(await table.numbers(LABEL));
  if (anomalies > 0 && anomalies < table.rows) return;
  throw new TableUnfit(
    table.path,
    `its label says ${anomalies === 0 ? "0" : "1"} of every row: there is nothing to tell apart`,
  );
}

/**
 * A table's rows, divided by the seed as often as they are judged, with as many anomalies in each part.
 *
 * @throws {TableUnfit} where all are anomalies, or none is
 */
export async function rowsKnown(
  table: TableFile,
  seed: number,
  terminal: Pick<Terminal, "warn">,
): Promise<KnownAnomalies> {
  await requireBoth(table);
  const names = await dimensionsOf(table, terminal);
  const width = names.length;
  const all = { values: await rowsOf(table, names), width, count: table.rows };
  const labels = await table.numbers(LABEL);
  const splits = Array.from({ length: TIMES }, (_, time) => {
    const parts = folds([...labels].map(String), PARTS, new Chance(seed + time));
    const places = (isLearned: boolean) =>
      [...parts.keys()].filter((at) => parts[at]! < LEARNED_PARTS === isLearned);
    return {
      history: rowsAt(all, places(true)).values,
      rows: rowsAt(all, places(false)).values,
      isAnomaly: places(false).map((at) => labels[at] === 1),
    };
  });
  return { as: "rows", width, rows: table.rows, anomalies: countOf(labels), splits };
}

/**
 * A series, and what came before it.
 *
 * @throws {TableUnfit} where all of it are anomalies, or none is
 */
export async function seriesKnown(
  history: TableFile,
  table: TableFile,
  terminal: Pick<Terminal, "warn">,
): Promise<KnownAnomalies> {
  await requireBoth(table);
  const names = await dimensionsOf(history, terminal);
  const width = names.length;
  const [before, after] = await Promise.all(
    [history, table].map(async (own) =>
      rowsAt({ values: await rowsOf(own, names), width, count: own.rows }, await inTime(own)).values
    ),
  );
  const labels = await table.numbers(LABEL);
  const isAnomaly = [...await inTime(table)].map((at) => labels[at] === 1);
  const splits = [{ history: before!, rows: after!, isAnomaly }];
  return { as: "series", width, rows: table.rows, anomalies: countOf(labels), splits };
}

/** How well this project tells them, and then PyOD's detectors, where there is a Python with it. */
export async function detected(
  known: KnownAnomalies,
  python: string | undefined,
  seed: number,
  told: (what: string) => void,
  signal: AbortSignal,
): Promise<Detected[]> {
  const { as, width, splits } = known;
  const scores: { name: string; split: number; scores: ArrayLike<number> }[] = [];
  for (const [split, { history, rows }] of splits.entries()) {
    told(`time ${split + 1} of ${splits.length}`);
    await wait(0);
    signal.throwIfAborted();
    const own = as === "series"
      ? await seriesScores(history, rows, width, seed, signal)
      : fitRows(history, width, { seed: seed + split }).score(rows).score;
    scores.push({ name: OURS, split, scores: own });
  }
  if (python) {
    told("PyOD");
    const input = {
      seed,
      width,
      splits: splits.map(({ history, rows }) => ({ history: [...history], rows: [...rows] })),
    };
    scores.push(
      ...await linesOf<typeof scores[number]>(
        python,
        "space_evaluate_detectors.py",
        input,
        signal,
      ),
    );
  }
  return [...Map.groupBy(scores, ({ name }) => name)].map(([by, all]) => {
    const each = all.map((own) => detectionOf(splits[own.split]!.isAnomaly, own.scores));
    return {
      by,
      rocAuc: meanOf(each.map(({ rocAuc }) => rocAuc)),
      averagePrecision: meanOf(each.map(({ averagePrecision }) => averagePrecision)),
    };
  });
}

async function seriesScores(
  history: Float64Array,
  rows: Float64Array,
  width: number,
  seed: number,
  signal: AbortSignal,
): Promise<Float64Array> {
  const scorer = SeriesScorer.fit(history, width, { seed });
  const scores = new Float64Array(rows.length / width);
  for (let at = 0; at < scores.length; at++) {
    scores[at] = scorer.next(rows.subarray(at * width, (at + 1) * width)).score;
    if (at % AT_ONCE > 0) continue;
    await wait(0);
    signal.throwIfAborted();
  }
  return scores;
}

/** The mean of the numbers that are known; NaN where none is. Few anomalies are not in every split. */
export function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function countOf(labels: Float64Array): number {
  return labels.reduce((sum, label) => sum + label, 0);
}
