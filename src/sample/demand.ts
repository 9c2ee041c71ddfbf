/** How much is asked of a fleet at each hour of the week. */

/** A day's and a week's shape, 1 at their highest. Tables, and no sine, so that every machine computes the same. */
interface Profile {
  /** For each hour from midnight on. */
  hours: readonly number[];
  /** For each day from Monday on. */
  days: readonly number[];
}

const PROFILES = {
  /** People at work: from eight to six, little at the weekend. */
  office: {
    hours: [
      8,
      7,
      6,
      6,
      7,
      10,
      20,
      42,
      70,
      92,
      100,
      96,
      82,
      88,
      97,
      95,
      88,
      72,
      48,
      30,
      22,
      17,
      13,
      10,
    ],
    days: [95, 100, 98, 97, 88, 30, 25],
  },
  /** People at home: a noon and a higher evening, most at the weekend. */
  shop: {
    hours: [
      30,
      20,
      14,
      11,
      10,
      12,
      18,
      28,
      40,
      50,
      57,
      64,
      72,
      68,
      62,
      60,
      64,
      73,
      85,
      96,
      100,
      90,
      68,
      46,
    ],
    days: [80, 82, 84, 86, 92, 100, 98],
  },
  /** Work that is done while nobody waits for it. */
  night: {
    hours: [
      80,
      100,
      98,
      90,
      70,
      40,
      22,
      14,
      12,
      12,
      12,
      12,
      12,
      12,
      12,
      12,
      12,
      14,
      16,
      18,
      20,
      26,
      40,
      60,
    ],
    days: [90, 90, 90, 90, 90, 100, 100],
  },
  /** What runs on whatever anybody does. */
  steady: {
    hours: [
      55,
      54,
      54,
      54,
      54,
      55,
      56,
      58,
      60,
      61,
      62,
      62,
      62,
      62,
      62,
      61,
      61,
      60,
      59,
      58,
      57,
      57,
      56,
      55,
    ],
    days: [100, 100, 100, 100, 100, 98, 98],
  },
} satisfies Record<string, Profile>;

/** The name of a profile of demand. */
export type Demand = keyof typeof PROFILES;

const HOUR = 3_600_000;
/** 1 January 1970 was a Thursday, the fourth day of a week from Monday on. */
const FIRST_WEEKDAY = 3;

/**
 * The share of the highest demand of a week that there is at a moment, 0 to 1; between two hours on a straight line.
 *
 * @param ms since 1970, by the local clock of those who ask
 */
export function demandAt(profile: Demand, ms: number): number {
  const { hours, days } = PROFILES[profile];
  const hour = ms / HOUR;
  const whole = Math.floor(hour);
  const part = hour - whole;
  const day = Math.floor(whole / 24);
  const [from, to] = [hours[whole % 24]!, hours[(whole + 1) % 24]!];
  return (from + (to - from) * part) * days[(day + FIRST_WEEKDAY) % 7]! / 10_000;
}
