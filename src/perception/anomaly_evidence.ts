/** How unusual each dimension of a resource is, row by row: the evidence that anomalies are told from. */
import { SeriesScorer } from "../spaces/anomaly/series_scorer.ts";
import { type Course, type CourseRow, stepOf } from "./anomaly_course.ts";
import { withoutCommon } from "./anomaly_peers.ts";
import { LEAST_SPREAD, Season } from "./anomaly_season.ts";

/** So many rows, half an hour each, are taken for what is normal of a resource: two days, that its hours come twice. */
export const NORMAL = 96;
/** The first of them only teach what an hour is like; departures are told from then on. */
const FIRST = 48;
/** Both parts forget half of what was in so many rows: three hours. */
const HALF_LIFE = 6;
const KEPT = 0.5 ** (1 / HALF_LIFE);
/** Its own spread is that of so many rows: about a week. */
const SPREAD_ROWS = 400;
/** What is farther than so many spreads teaches no more than that, and counts as no more than so many. */
const MOST_TAUGHT = 3;
const MOST = 30;

/** A row of a course, and what is unusual in it. */
export interface EvidenceRow {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sequence: number;
  readonly kind: string;
  /** Whether it is still part of what is taken for normal. */
  readonly isNormal: boolean;
  /** By dimension: higher for what is more unusual; NaN where nothing is known. */
  readonly unusual: Float64Array;
  /** By dimension, how far it is from its past and its peers, smoothed: 1 is a dimension's whole range. */
  readonly effect: Float64Array;
  /** By dimension, as coordinates: where it was, and where its past and its peers let expect it; NaN where nothing is known. */
  readonly measured: Float64Array;
  readonly expected: Float64Array;
  /** By dimension: how far off it usually was (standard deviation, in coordinates). */
  readonly spread: Float64Array;
  /** Whether its stream is no longer what its own history was. */
  readonly hasDrifted: boolean;
}

/** A row whose departures are being told. */
interface Departing extends CourseRow {
  readonly id: string;
  readonly departures: Float64Array;
  /** The point's judged dimensions alone. */
  readonly measured: Float64Array;
}

/**
 * The evidence of all courses, in the order of time. A dimension's is log(1 + a²) + b, each smoothed with a half-life of
 * three hours. a: how far it is from the same hour of its earlier days, less what its peers have in common, in units of
 * its own spread, which is 2 % of the range at least ({@linkcode Season}). b: log(1 + its part of the distance from the
 * resource's own stream of measurements, times how many dimensions are known) ({@linkcode SeriesScorer}). So what is in
 * both ways unusual comes first; what is so in one way only, later.
 *
 * @param judged the places of the dimensions that count
 * @param before rows of this step and later ones are not complete yet, and are left out
 */
export function evidenceOf(
  courses: readonly Course[],
  judged: readonly number[],
  before: number,
): EvidenceRow[] {
  const departing = courses.map((course) => departuresOf(course, judged, before));
  for (const own of Map.groupBy(departing.flat(), ({ at }) => stepOf(at)).values()) {
    withoutCommon(own);
  }
  return departing.filter(({ length }) => length > NORMAL).flatMap(evidenceOfOne)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function departuresOf(
  { id, rows }: Course,
  judged: readonly number[],
  before: number,
): Departing[] {
  const seasons = judged.map(() => new Season());
  return rows.filter(({ at }) => stepOf(at) < before).map((row, place) => {
    const measured = Float64Array.from(judged, (dimension) => row.point[dimension]!);
    const departures = measured.map((value, own) =>
      seasons[own]!.departure(row.at, value, place < NORMAL)
    );
    return { ...row, id, measured, departures };
  }).map((row, place) => {
    // What is only learned from is not compared with that of others.
    if (place < FIRST) row.departures.fill(NaN);
    return row;
  });
}

/** @param rows of one resource, more than what is normal of it */
function evidenceOfOne(rows: readonly Departing[]): EvidenceRow[] {
  const width = rows[0]!.measured.length;
  const history = Float64Array.from(rows.slice(0, NORMAL).flatMap(({ measured }) => [...measured]));
  if (!history.some(Number.isFinite)) return [];
  const distances = distancesOf(rows, history, width);
  const departed = Array.from({ length: width }, () => new Departure());
  return rows.map(({ id, at, sequence, kind, departures, measured }, place) => {
    const { logs, hasDrifted } = distances[place]!;
    const isNormal = place < NORMAL;
    const spread = Float64Array.from(departed, (one) => one.spread);
    const effect = departures.map((one, own) => departed[own]!.take(one, isNormal));
    return {
      id,
      at,
      sequence,
      kind,
      isNormal,
      unusual: effect.map((_, own) => Math.log1p(departed[own]!.spreads ** 2) + logs[own]!),
      effect,
      measured,
      expected: measured.map((value, own) => value - departures[own]!),
      spread,
      hasDrifted,
    };
  }).slice(FIRST);
}

/** How far one dimension departs, smoothed. */
class Departure {
  readonly #smoothed = new Smoothed();
  #variance = 0;
  #count = 0;
  /** In units of its spread, without a sign; NaN where nothing is known of the last row. */
  spreads = NaN;

  /** What is usual of it. */
  get spread(): number {
    return Math.max(LEAST_SPREAD, Math.sqrt(this.#variance));
  }

  /** @returns how far it is, in coordinates and without a sign; NaN where nothing is known */
  take(departure: number, isNormal: boolean): number {
    if (Number.isNaN(departure)) return this.spreads = NaN;
    const spread = this.spread;
    const far = Math.abs(this.#smoothed.take(within(departure, MOST * spread)));
    const taught = isNormal ? departure : within(departure, MOST_TAUGHT * spread);
    this.#count = Math.min(this.#count + 1, SPREAD_ROWS);
    this.#variance += (taught ** 2 - this.#variance) / this.#count;
    this.spreads = far / spread;
    return far;
  }
}

/** A mean in which each value counts half as much as one that came three hours later. */
class Smoothed {
  #sum = 0;
  #weights = 0;

  take(value: number): number {
    this.#sum = this.#sum * KEPT + value;
    this.#weights = this.#weights * KEPT + 1;
    return this.#sum / this.#weights;
  }
}

function within(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

/** Each dimension's part of the distance from its own stream, row by row: the history as it would be if it came again. */
function distancesOf(
  rows: readonly Departing[],
  history: Float64Array,
  width: number,
): { logs: Float64Array; hasDrifted: boolean }[] {
  return [rows.slice(0, NORMAL), rows.slice(NORMAL)].flatMap((part) => {
    const scorer = SeriesScorer.fit(history, width);
    const smoothed = Array.from({ length: width }, () => new Smoothed());
    return part.map(({ measured }) => {
      const { shares, drifted } = scorer.next(measured);
      const known = shares.reduce((count, share) => count + Number(!Number.isNaN(share)), 0);
      const logs = shares.map((share, own) =>
        Number.isNaN(share) ? NaN : smoothed[own]!.take(Math.log1p(Math.max(0, share * known)))
      );
      return { logs, hasDrifted: drifted };
    });
  });
}
