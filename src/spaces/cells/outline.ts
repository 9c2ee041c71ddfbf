/** Outlines: pieces of borders, put together. */
import type { Place } from "./plane.ts";
import type { Ring } from "./ring.ts";

/** A piece of a border, and what is on both sides of it as one goes along; y goes up. */
export interface Segment {
  readonly from: Place;
  readonly to: Place;
  readonly left: number;
  readonly right: number;
}

/** What is on the other side of a window's edge. */
export const OUTSIDE = -2;

/** What is left of a tolerance for lines that are not to be moved. */
const HAIR = 1e-6;

/** A plane's window, divided among kinds. */
export interface Division {
  /** The outlines of each kind that is anywhere. A hole goes around the other way. */
  readonly rings: ReadonlyMap<number, readonly Ring[]>;
  /** The lines between two kinds. */
  readonly borders: readonly (readonly Place[])[];
}

/** A line between two kinds from one place where others meet to the next, or all around. */
interface Arc {
  places: readonly Place[];
  left: number;
  right: number;
}

/**
 * Puts segments together. Both sides of a border get the same line, so that nothing overlaps, and nothing is left over.
 *
 * @param segments each piece of a border once; where they meet their places are equal
 * @param tolerance how far a line may be moved so that it has fewer places
 */
export function outlined(segments: readonly Segment[], tolerance: Place): Division {
  const hair: Place = [tolerance[0] * HAIR, tolerance[1] * HAIR];
  const arcs = arcsOf(segments).map((arc) => {
    // The window's edge stays, with its corners.
    const isEdge = arc.left === OUTSIDE || arc.right === OUTSIDE;
    return { ...arc, places: simplified(arc.places, isEdge ? hair : tolerance) };
  });
  const kinds = new Set(arcs.flatMap(({ left, right }) => [left, right]));
  kinds.delete(OUTSIDE);
  return {
    rings: new Map([...kinds].sort((a, b) => a - b).map((kind) => [kind, ringsOf(arcs, kind)])),
    borders: arcs.filter(({ left, right }) => left !== OUTSIDE && right !== OUTSIDE)
      .map(({ places }) => places),
  };
}

const keyOf = ([x, y]: Place) => `${x} ${y}`;

/** Chains of segments between places where not just two of the same kinds meet. */
function arcsOf(segments: readonly Segment[]): Arc[] {
  const ends = new Map<string, Segment[]>();
  const put = (place: Place, segment: Segment) => {
    const there = ends.get(keyOf(place));
    if (there) there.push(segment);
    else ends.set(keyOf(place), [segment]);
  };
  for (const segment of segments) {
    put(segment.from, segment);
    put(segment.to, segment);
  }
  const isJunction = (key: string) => {
    const [one, other, ...more] = ends.get(key)!;
    return !one || !other || more.length > 0 || pairOf(one) !== pairOf(other);
  };
  const done = new Set<Segment>();
  const arcs: Arc[] = [];
  const follow = (first: Segment, isForward: boolean) => {
    const [from, to] = isForward ? [first.from, first.to] : [first.to, first.from];
    const [left, right] = isForward ? [first.left, first.right] : [first.right, first.left];
    const places = [from, to];
    done.add(first);
    for (let key = keyOf(to); !isJunction(key);) {
      const next: Segment | undefined = ends.get(key)!.find((segment) => !done.has(segment));
      if (!next) break; // all around
      done.add(next);
      places.push(keyOf(next.from) === key ? next.to : next.from);
      key = keyOf(places.at(-1)!);
    }
    arcs.push({ places, left, right });
  };
  for (const [key, there] of ends) {
    if (!isJunction(key)) continue;
    for (const segment of there) {
      if (!done.has(segment)) follow(segment, keyOf(segment.from) === key);
    }
  }
  for (const segment of segments) if (!done.has(segment)) follow(segment, true);
  return arcs;
}

function pairOf({ left, right }: Segment): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}

/** The arcs around a kind, with it on their left, end to end. */
function ringsOf(arcs: readonly Arc[], kind: number): Ring[] {
  const around = arcs.flatMap(({ places, left, right }) => [
    ...(left === kind ? [places] : []),
    ...(right === kind ? [places.toReversed()] : []),
  ]);
  const starts = Map.groupBy(around, (places) => keyOf(places[0]!));
  const rings: Ring[] = [];
  const used = new Set<readonly Place[]>();
  for (const first of around) {
    if (used.has(first)) continue;
    const ring: Place[] = [];
    for (let next: readonly Place[] | undefined = first; next;) {
      used.add(next);
      ring.push(...next.slice(0, -1));
      next = starts.get(keyOf(next.at(-1)!))?.find((places) => !used.has(places));
    }
    rings.push(ring);
  }
  return rings;
}

/** With fewer places (Douglas & Peucker, 1973); the ends stay. */
function simplified(places: readonly Place[], tolerance: Place): readonly Place[] {
  const last = places.length - 1;
  if (last < 2) return places;
  const isClosed = keyOf(places[0]!) === keyOf(places[last]!);
  let [farthest, most] = [0, 0];
  for (let at = 1; at < last; at++) {
    const apart = isClosed
      ? hypot(places[at]!, places[0]!, tolerance)
      : fromLine(places[at]!, places[0]!, places[last]!, tolerance);
    if (apart > most) [farthest, most] = [at, apart];
  }
  if (farthest === 0 || (!isClosed && most <= 1)) return [places[0]!, places[last]!];
  return [
    ...simplified(places.slice(0, farthest + 1), tolerance).slice(0, -1),
    ...simplified(places.slice(farthest), tolerance),
  ];
}

/** Distances in tolerances. */
function hypot(a: Place, b: Place, [x, y]: Place): number {
  return Math.hypot((a[0] - b[0]) / x, (a[1] - b[1]) / y);
}

function fromLine(place: Place, from: Place, to: Place, tolerance: Place): number {
  const [dx, dy] = [(to[0] - from[0]) / tolerance[0], (to[1] - from[1]) / tolerance[1]];
  const [x, y] = [(place[0] - from[0]) / tolerance[0], (place[1] - from[1]) / tolerance[1]];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / length)) : 0;
  return Math.hypot(x - share * dx, y - share * dy);
}
