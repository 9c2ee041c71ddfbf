/** Moments as text, many of them. */

const MINUTE = 60_000;
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const THREE = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));

let minute = NaN;
let head = "";

/**
 * A moment as `Date.toISOString` tells it, without the `Z`; for moments close to each other in a fifth of the time.
 *
 * @param ms whole milliseconds since 1970
 */
export function momentText(ms: number): string {
  const now = Math.floor(ms / MINUTE);
  if (now !== minute) {
    minute = now;
    head = new Date(now * MINUTE).toISOString().slice(0, 17);
  }
  const within = ms - now * MINUTE;
  const second = Math.floor(within / 1_000);
  return `${head}${TWO[second]}.${THREE[within - second * 1_000]}`;
}
