/** What things will be, and what they are where nobody has measured it. */
import { setTimeout as wait } from "node:timers/promises";
import { interruption } from "../interruption.ts";
import { historyNeeded } from "../spaces/prediction/rolling.ts";
import { dimensionsOf, type Space } from "../spaces/space.ts";
import type { Classifications } from "./classified.ts";
import type { KnownConcepts } from "./known_concepts.ts";
import { type PredictedDimension, Prediction } from "./predicted.ts";
import { historiesOf } from "./prediction_history.ts";
import { forecastRows, imputedRows } from "./prediction_rows.ts";
import { type Ahead, stepFor } from "./prediction_scale.ts";
import type { Asked, Thing } from "./thing.ts";

const DAY = 86_400;

/** How far ahead one looks, and how sure one wants to be. */
export interface PredictionOptions {
  /** In seconds, rounded to whole steps: a day, in 24 hours, without it. */
  readonly horizon?: number;
  /** How probable it is that a value lies in its interval, 0 to 1 and neither: 0.8 without it. */
  readonly level?: number;
  /** Only these things are looked at, by their ids; all without it. */
  readonly among?: readonly string[];
  /** Ends it between two things, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How many things, or dimensions of things, are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is looked at. */
export interface Foreseen {
  readonly space: Space;
  readonly known: KnownConcepts;
  classifications(): Classifications;
}

/**
 * How far ahead one looks, in which steps.
 *
 * @throws {RangeError} for a horizon or a level that makes no sense
 */
export function aheadOf({ horizon = DAY, level = 0.8 }: PredictionOptions): Ahead {
  const step = stepFor(horizon);
  if (!(horizon >= step) || horizon === Infinity) {
    throw new RangeError(`Cannot look ${horizon} s ahead: say ${step} s or more`);
  }
  const steps = Math.round(horizon / step);
  historyNeeded({ horizon: steps, level });
  return { horizon: steps * step, level, step };
}

/** One after the other, so that others have their turn in between: each takes up to a second. */
export async function* inTurn<T>(
  all: readonly T[],
  { signal = interruption(), onProgress }: PredictionOptions,
): AsyncGenerator<T> {
  for (const [at, one] of all.entries()) {
    await wait(0); // where only setImmediate is waited for, signals of the system come many rounds later
    signal?.throwIfAborted();
    yield one;
    onProgress?.(at + 1, all.length);
  }
}

/**
 * What is predicted of things: the next values of what is known, and what is to be expected where nothing is known. All
 * is as of each thing's last moment in the model; no clock is asked.
 *
 * @param only the one thing to predict; all without it
 * @throws {RangeError} for a horizon or a level that makes no sense
 */
export async function predictions(
  model: Asked,
  seen: Foreseen,
  options: PredictionOptions,
  only?: Thing,
): Promise<Prediction[]> {
  const ahead = aheadOf(options);
  const among = only ? [only.id] : options.among;
  const histories = await historiesOf(model, seen.space, ahead.step, among);
  const all = seen.classifications().rows;
  const order = dimensionsOf(seen.space).map(({ name }) => name);
  const asked = all.filter(({ thing }) => among?.includes(thing.id) ?? true);
  return await Array.fromAsync(inTurn(asked, options), (one) => {
    const history = histories.get(one.thing.id);
    const forecasts = history ? forecastRows(seen.space, one.thing, history, ahead) : [];
    const rows: PredictedDimension[] = [...forecasts, ...imputedRows(seen, one, all, ahead.level)];
    return new Prediction(
      one.thing,
      history ? new Date(Math.floor(1e3 * history.to)).toISOString() : null,
      ahead.horizon,
      ahead.step,
      ahead.level,
      rows.sort((a, b) => order.indexOf(a.dimension) - order.indexOf(b.dimension)),
      history
        ? { first_sequence: history.first_sequence, last_sequence: history.last_sequence }
        : null,
    );
  });
}
