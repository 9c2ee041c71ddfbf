/** The normal distribution. */

/**
 * So many standard deviations to both sides a normal value lies with a probability, to 0.0005 (Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 1964, 26.2.23).
 *
 * @param level 0 to 1, and neither
 */
export function normalReach(level: number): number {
  const t = Math.sqrt(-2 * Math.log((1 - level) / 2));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) /
      (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}
