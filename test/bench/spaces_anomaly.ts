/** How fast anomalies are told: rows that are scored at once, and those of a stream, one by one. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { pythonWith } from "../../src/cli/python_library.ts";
import { fitRows } from "../../src/spaces/anomaly/row_scorer.ts";
import { SeriesScorer } from "../../src/spaces/anomaly/series_scorer.ts";
import { Chance } from "../../src/spaces/learning/chance.ts";
import { type Measure, median } from "./measure.ts";

const WIDTH = 38;
const LEARNED = 20_000;
const SCORED = 100_000;
const STREAM_WIDTH = 20;
const STREAM_LEARNED = 10_000;
const STREAM_PER_SECOND = 50_000;
const ROUNDS = 7;
const SEED = 20261128;
const SCRIPT = fileURLToPath(new URL("spaces_anomaly.py", import.meta.url));

/** A hundred thousand rows of 38 columns at once, against scikit-learn; a stream of 20 columns, against a limit. */
export async function anomalies(): Promise<Measure[]> {
  const chance = new Chance(SEED);
  const rows = (count: number, width: number) =>
    Float64Array.from({ length: count * width }, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - chance.share()));
      return radius * Math.cos(2 * Math.PI * chance.share()); // normal (Box and Muller, 1958)
    });
  return [
    await scoring(rows(LEARNED, WIDTH), rows(SCORED, WIDTH)),
    streaming(rows(STREAM_LEARNED, STREAM_WIDTH), rows(SCORED, STREAM_WIDTH)),
  ];
}

async function scoring(history: Float64Array, rows: Float64Array): Promise<Measure> {
  const scorer = fitRows(history, WIDTH);
  const ours = middleTime(() => scorer.score(rows));
  const python = await pythonWith("sklearn");
  const theirs = python
    ? await secondsOfPython(python) * 1_000
    : middleTime(() => bareMahalanobis(rows));
  return {
    name: `scores and p-values of ${SCORED} rows of ${WIDTH} columns`,
    baseline: python
      ? "scikit-learn's Mahalanobis distance, on one thread"
      : "a bare loop in TypeScript over the inverse covariance; scikit-learn is not there",
    ours: `${ours.toFixed(0)} ms of processor time`,
    theirs: `${theirs.toFixed(0)} ms`,
    ratio: ours / theirs,
    atMost: 3,
  };
}

function streaming(history: Float64Array, rows: Float64Array): Measure {
  const scorer = SeriesScorer.fit(history, STREAM_WIDTH);
  const part = rows.length / ROUNDS - rows.length / ROUNDS % STREAM_WIDTH;
  const rates = Array.from({ length: ROUNDS }, (_, round) => {
    const milliseconds = processorTime(() => {
      for (let at = round * part; at < (round + 1) * part; at += STREAM_WIDTH) {
        scorer.next(rows.subarray(at, at + STREAM_WIDTH));
      }
    });
    return part / STREAM_WIDTH / milliseconds * 1_000;
  });
  const rate = median(rates);
  return {
    name: `a stream of ${STREAM_WIDTH} columns, learned from as it is scored`,
    baseline: "rows a second that there must be",
    ours: `${Math.round(rate / 1_000)} k rows a second of processor time`,
    theirs: `${STREAM_PER_SECOND / 1_000} k`,
    ratio: rate / STREAM_PER_SECOND,
    atLeast: 1,
  };
}

function middleTime(work: () => unknown): number {
  // In the first round the code is compiled.
  return median(Array.from({ length: ROUNDS }, () => processorTime(work)).slice(1));
}

function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function secondsOfPython(python: string): Promise<number> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [SCRIPT, String(LEARNED), String(SCORED), String(WIDTH), String(ROUNDS), String(SEED)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

function bareMahalanobis(rows: Float64Array): Float64Array {
  const inverse = Float64Array.from({ length: WIDTH * WIDTH }, (_, at) => at % (WIDTH + 1) ? 0 : 1);
  const squares = new Float64Array(rows.length / WIDTH);
  for (let row = 0, from = 0; row < squares.length; row++, from += WIDTH) {
    let square = 0;
    for (let i = 0, at = 0; i < WIDTH; i++) {
      let sum = 0;
      for (let j = 0; j < WIDTH; j++) sum += inverse[at++]! * rows[from + j]!;
      square += sum * rows[from + i]!;
    }
    squares[row] = square;
  }
  return squares;
}
