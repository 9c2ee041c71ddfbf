/** Forecasts of a series from many moments of its past, each with no more than was known then. */
import { conformal, type ErrorInterval, leastErrors } from "./conformal.ts";
import type { EvenSeries } from "./even_series.ts";
import { type MethodName, METHODS } from "./methods.ts";

const DAY = 86_400;
/** There is a forecast from each eighth of the horizon. */
const STRIDES = 8;
/**
 * The naive forecast was tried from moments that lie so many horizons apart, the first and the last, before anything is
 * said; others, which need a past themselves, are chosen from once they were tried over one.
 */
const TRIED = 2;

const NAIVE: readonly MethodName[] = ["naive"];

/** What is to be forecast. */
export interface Sought {
  /** How many steps ahead, 1 or more. */
  readonly horizon: number;
  /** How probable it is that a value lies in its interval: 0 to 1, and neither. */
  readonly level: number;
}

/** A way to forecast, chosen by how well it would have done. */
export interface Choice {
  readonly method: MethodName;
  /** For each step ahead, in which interval its errors lie. */
  readonly intervals: readonly ErrorInterval[];
  /** What they were told from: for each step ahead the errors that are known, in order. */
  readonly known: readonly Float64Array[];
  /** How many errors the interval of the last step rests on. */
  readonly errors: number;
}

/** What was less what one way forecast, for each origin; null where the past was too short for it. */
type Errors = readonly (Float64Array | null)[];

/** Sums of absolute errors for each origin: of one way, and of the naive one where both are known; NaN where not whole. */
interface Sums {
  readonly own: Float64Array;
  readonly naive: Float64Array;
}

/** @throws {RangeError} for a horizon or a level that makes no sense */
function requireSought({ horizon, level }: Sought): void {
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw new RangeError(`Cannot forecast ${horizon} steps ahead: say a whole number from 1 on`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(
      `Cannot forecast with the level ${level}: say more than 0 and less than 1`,
    );
  }
}

/** How many steps there are between two origins. */
const strideOf = (horizon: number): number => Math.max(1, Math.floor(horizon / STRIDES));

/**
 * How long a past a forecast needs, in steps from its first value to its last, if nothing is missing in it: what is
 * forecast was tried over two horizons, and often enough for an interval of the level.
 *
 * @throws {RangeError} for a horizon or a level that makes no sense
 * @example
 * ```ts
 * import { historyNeeded } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(historyNeeded({ horizon: 24, level: 0.8 }), 72);
 * ```
 */
export function historyNeeded(sought: Sought): number {
  requireSought(sought);
  const { horizon, level } = sought;
  const stride = strideOf(horizon);
  const times = Math.max(leastErrors(level) - 1, Math.ceil(TRIED * horizon / stride));
  return horizon + times * stride;
}

/** Rolling origins (Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16, 2000). */
export class RollingForecasts {
  /** The places in the series from which is forecast: those where it is known. */
  readonly origins: readonly number[];
  /** Of the ways that were asked for, by now. */
  readonly #errors = new Map<MethodName, Errors>();
  readonly #sums = new Map<MethodName, Sums>();
  readonly #methods: readonly MethodName[];
  /** Whether nothing ever changes: then the naive forecast is right, and the only one. */
  readonly #isConstant: boolean;
  /** How many steps a day has. */
  readonly #day: number;

  /** @throws {RangeError} for a horizon or a level that makes no sense */
  constructor(readonly series: EvenSeries, readonly sought: Sought) {
    requireSought(sought);
    const { values, step } = series;
    this.#day = Math.round(DAY / step);
    const stride = strideOf(sought.horizon);
    this.origins = Array.from(
      { length: Math.ceil((values.length - 1) / stride) },
      (_, at) => at * stride,
    ).filter((at) => !Number.isNaN(values[at]!));
    const known = values.filter((value) => !Number.isNaN(value));
    this.#isConstant = known.every((value) => value === known[0]);
    this.#methods = this.#isConstant ? NAIVE : Object.keys(METHODS) as MethodName[];
  }

  /** Forecasts from a place of the series, with what is known by then. Null where that is too little for the method. */
  from(method: MethodName, origin: number): Float64Array | null {
    const past = { values: this.series.values.subarray(0, origin + 1), day: this.#day };
    return METHODS[method](past, this.sought.horizon);
  }

  #errorsOf(method: MethodName): Errors {
    const known = this.#errors.get(method);
    if (known) return known;
    const { values } = this.series;
    const errors = this.origins.map((origin) =>
      this.from(method, origin)?.map((value, at) => (values[origin + 1 + at] ?? NaN) - value) ??
        null
    );
    this.#errors.set(method, errors);
    return errors;
  }

  #sumsOf(method: MethodName): Sums {
    const known = this.#sums.get(method);
    if (known) return known;
    const own = new Float64Array(this.origins.length).fill(NaN);
    const naive = own.slice();
    for (const at of this.origins.keys()) {
      const errors = this.errors(method, at);
      if (!errors || Number.isNaN(errors.at(-1)!)) continue;
      const others = this.errors("naive", at)!;
      own[at] = naive[at] = 0;
      for (const [step, error] of errors.entries()) {
        if (Number.isNaN(error)) continue;
        own[at]! += Math.abs(error);
        naive[at]! += Math.abs(others[step]!);
      }
    }
    this.#sums.set(method, { own, naive });
    return { own, naive };
  }

  /** What was less what was forecast from an origin, by its number; null where nothing could be, or nothing changes. */
  errors(method: MethodName, origin: number): Float64Array | null {
    return this.#methods.includes(method) ? this.#errorsOf(method)[origin] ?? null : null;
  }

  /**
   * The way to forecast that did best by a moment, compared with the naive one over the same forecasts.
   *
   * @param now a place of the series; what was after it is not looked at
   * @param among these ways; all without it, and of what never changes the naive one
   * @returns null where nothing was tried often enough by then
   */
  chosenBy(now: number, among?: readonly MethodName[]): Choice | null {
    if (Number.isNaN(this.#triedBy(now, "naive", TRIED))) return null;
    let [best, least]: [MethodName | null, number] = [null, Infinity];
    for (const method of this.#methods) {
      if (among && !this.#isConstant && !among.includes(method)) continue;
      const relative = this.#triedBy(now, method, 1);
      if (relative < least) [best, least] = [method, relative];
    }
    if (best === null) return null;
    const intervals: ErrorInterval[] = [];
    const all: Float64Array[] = [];
    for (let step = 0; step < this.sought.horizon; step++) {
      const known = this.#knownBy(now, best, step);
      const interval = conformal(known, this.sought.level);
      if (!interval) return null;
      intervals.push(interval);
      all.push(known);
    }
    return { method: best, intervals, known: all, errors: all.at(-1)!.length };
  }

  /** The errors of whole forecasts that are known by a moment: how the values went, step by step, beside them. */
  pathsBy(now: number, method: MethodName): Float64Array[] {
    const { horizon } = this.sought;
    return this.origins.flatMap((origin, at) => {
      const errors = origin + horizon <= now ? this.errors(method, at) : null;
      return errors?.some(Number.isNaN) === false ? [errors] : [];
    });
  }

  /** Its mean absolute error by that of the naive one, over whole forecasts; NaN where it was not tried over so many horizons. */
  #triedBy(now: number, method: MethodName, horizons: number): number {
    const { horizon, level } = this.sought;
    const { own, naive } = this.#sumsOf(method);
    let [sum, others, tried, first, last] = [0, 0, 0, NaN, NaN];
    for (const [at, origin] of this.origins.entries()) {
      if (origin + horizon > now) break;
      if (Number.isNaN(own[at]!)) continue;
      sum += own[at]!;
      others += naive[at]!;
      if (tried++ === 0) first = origin;
      last = origin;
    }
    if (tried < leastErrors(level) || !(last - first >= horizons * horizon)) return NaN;
    return sum === 0 ? 0 : sum / others;
  }

  #knownBy(now: number, method: MethodName, step: number): Float64Array {
    const errors = this.#errorsOf(method);
    const known = new Float64Array(this.origins.length);
    let count = 0;
    for (const [at, origin] of this.origins.entries()) {
      if (origin + step + 1 > now) break;
      const error = errors[at]?.[step] ?? NaN;
      if (!Number.isNaN(error)) known[count++] = error;
    }
    return known.subarray(0, count);
  }
}
