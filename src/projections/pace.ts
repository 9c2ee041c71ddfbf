/** Waiting: what a projector needs of the world's time, so that a test can give it another. */
import { setTimeout as delay } from "node:timers/promises";

/** The time that a projector lives in. Nothing that is applied depends on it. */
export interface Pace {
  /** Tells the time, for what is shown. */
  clock(): Date;
  /** Waits so many milliseconds; `signal` ends that with its reason. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The time of this machine. */
export const REAL_PACE: Pace = {
  clock: () => new Date(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted(); // with its own reason
      throw error;
    }
  },
};

/** What comes of some work, or the signal's reason if that fires first: the work goes on then, and nobody is told. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait after so many failures in a row, in milliseconds: 100, 200, 400 and so on, at most 30,000. */
export function backoff(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
}
