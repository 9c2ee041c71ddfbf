/** Resources that are like those of another kind than they are declared to be. */
import { type Anomaly, sharesOf } from "./anomaly.ts";
import { type Course, type CourseRow, STEP } from "./anomaly_course.ts";

/** It is asked every so many milliseconds. */
const EVERY = 6 * STEP;
/** Where a resource was longer ago it says nothing of the moment. */
const NEW = 2 * EVERY;
/** So many nearest ones must agree on the kind. */
const NEAREST = 3;
/** The nearest of its own kind must be so many times as far as these. */
const FARTHER = 1.5;
/** It must be so at so many times in a row. */
const LASTING = 2;
/** What is known of one and not of the other is as different as half the range. */
const UNKNOWN = 0.25;

interface Place {
  readonly course: Course;
  readonly row: CourseRow;
}

interface Unlike {
  readonly id: string;
  readonly name: string;
  readonly row: CourseRow;
  readonly kind: string;
  readonly own: Place;
}

/**
 * Resources whose three nearest neighbours, every three hours, are all of one other kind, while the nearest of their own
 * kind is half as far again or farther (the nearest-neighbour measure of Vovk, Gammerman and Shafer, Algorithmic Learning
 * in a Random World, 2005, 3.1: near ones of other kinds against near ones of its own); at two times in a row. Of a kind
 * that there are fewer than three others of, nothing is to be expected.
 *
 * @param names of the space's dimensions
 * @param compared the places of the dimensions that say what is like what
 * @param before milliseconds since 1970: what is later is not complete yet
 */
export function misdeclaredOf(
  courses: readonly Course[],
  names: readonly string[],
  compared: readonly number[],
  before: number,
): Anomaly[] {
  const begin = courses.reduce((least, { rows }) => Math.min(least, rows[0]?.at ?? least), before);
  const places = courses.map(() => -1);
  const open = new Map<string, { all: Unlike[]; moments: number[] }>();
  const anomalies: Anomaly[] = [];
  const close = (id: string, to: number | null) => {
    const { all, moments } = open.get(id)!;
    open.delete(id);
    if (all.length >= LASTING) anomalies.push(anomalyOf(all, moments, to, names, compared));
  };
  for (let now = Math.ceil(begin / EVERY) * EVERY; now < before; now += EVERY) {
    const here = courses.flatMap((course, at): Place[] => {
      while ((course.rows[places[at]! + 1]?.at ?? Infinity) <= now) places[at]!++;
      const row = course.rows[places[at]!];
      return row && now - row.at < NEW ? [{ course, row }] : [];
    });
    const unlike = new Map(here.flatMap((one) => {
      const found = unlikeOf(one, here, compared);
      return found ? [[found.id, found] as const] : [];
    }));
    for (const id of [...open.keys()]) if (!unlike.has(id)) close(id, now);
    for (const [id, one] of unlike) {
      const { all, moments } = open.get(id) ?? { all: [], moments: [] };
      open.set(id, { all: [...all, one], moments: [...moments, now] });
    }
  }
  for (const id of [...open.keys()]) close(id, null);
  return anomalies;
}

function unlikeOf(
  { course, row }: Place,
  here: readonly Place[],
  compared: readonly number[],
): Unlike | undefined {
  const all = here.filter((other) => other.course !== course)
    .map((other) => ({ other, far: distance(row, other.row, compared) }))
    .sort((a, b) => a.far - b.far);
  const near = all.slice(0, NEAREST);
  const kind = near[0]?.other.row.kind;
  if (near.length < NEAREST || kind === undefined || kind === row.kind) return;
  if (near.some(({ other }) => other.row.kind !== kind)) return;
  const peers = all.filter(({ other }) => other.row.kind === row.kind);
  const [own] = peers;
  if (peers.length < NEAREST || !own || own.far < FARTHER * near.at(-1)!.far) return;
  return { id: course.id, name: course.name, row, kind, own: own.other };
}

/** The root mean square of the differences, over what is known of one of them at least. */
function distance(one: CourseRow, other: CourseRow, compared: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (const at of compared) {
    const part = square(one.point[at]!, other.point[at]!);
    if (Number.isNaN(part)) continue;
    sum += part;
    count++;
  }
  return Math.sqrt(sum / count);
}

/** NaN where neither is known. */
function square(one: number, other: number): number {
  const [a, b] = [Number.isNaN(one), Number.isNaN(other)];
  return a && b ? NaN : a || b ? UNKNOWN : (one - other) ** 2;
}

function anomalyOf(
  all: readonly Unlike[],
  moments: readonly number[],
  to: number | null,
  names: readonly string[],
  compared: readonly number[],
): Anomaly {
  const first = all[0]!;
  const { row, own, kind } = all[LASTING - 1]!;
  const parts = compared.map((at) => square(row.point[at]!, own.row.point[at]!) || 0);
  return {
    id: first.id,
    name: first.name,
    sign: "misdeclared",
    from: moments[0]!,
    to,
    found: moments[LASTING - 1]!,
    peak: moments[LASTING - 1]!,
    p: null,
    calibratedOn: null,
    hasDrifted: false,
    shares: sharesOf(compared.map((at) => names[at]!), parts),
    concept: row.kind,
    sequences: [first.row.sequence, row.sequence],
    text: `it is declared ${row.kind}, and is like ${kind}`,
  };
}
