/** Divides a plane's window by asking place by place. */
import type { Field } from "./field.ts";
import { OUTSIDE, type Segment } from "./outline.ts";
import type { Place, PlaneWindow } from "./plane.ts";

/** How fine a grid is. */
export interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

/** So often a square's side is halved to find where a border crosses it. */
const HALVINGS = 12;
const UNKNOWN = -3;

/** A square of the grid that is not proved to be of one kind. */
interface Square {
  column: number;
  row: number;
  among: readonly number[];
}

/**
 * The borders of a field's kinds: rectangles are cut in two until they are proved to be of one kind, or are a square of
 * the grid; in those squares the borders are straight lines (marching squares; Lorensen & Cline, "Marching cubes", 1987)
 * between the places where they cross the sides, which are exact. So a line is off by less than a square, and what is
 * narrower than that can be missing.
 *
 * @returns together with the window's edge
 */
export function gridSegments(
  field: Field,
  window: PlaneWindow,
  { columns, rows }: GridSize,
): Segment[] {
  const width = columns + 1;
  const kinds = new Int32Array(width * (rows + 1)).fill(UNKNOWN);
  const along = ([low, high]: readonly [number, number], share: number) =>
    low + (high - low) * share;
  const place = (column: number, row: number): Place => [
    along(window.x, column / columns),
    along(window.y, row / rows),
  ];
  const kindOf = (column: number, row: number, among = field.all) => {
    const at = row * width + column;
    if (kinds[at] === UNKNOWN) kinds[at] = field.kindAt(place(column, row), among);
    return kinds[at]!;
  };
  const half: Place = [
    (window.x[1] - window.x[0]) / columns / 2,
    (window.y[1] - window.y[0]) / rows / 2,
  ];

  const squares: Square[] = [];
  const cut = (c0: number, r0: number, c1: number, r1: number, given: readonly number[]) => {
    const size: Place = [half[0] * (c1 - c0), half[1] * (r1 - r0)];
    const { among, kind } = field.within(place((c0 + c1) / 2, (r0 + r1) / 2), size, given);
    if (kind !== undefined) {
      for (let row = r0; row <= r1; row++) kinds.fill(kind, row * width + c0, row * width + c1 + 1);
    } else if (c1 - c0 === 1 && r1 - r0 === 1) {
      squares.push({ column: c0, row: r0, among });
    } else if (c1 - c0 >= r1 - r0) {
      const middle = (c0 + c1) >> 1;
      cut(c0, r0, middle, r1, among);
      cut(middle, r0, c1, r1, among);
    } else {
      const middle = (r0 + r1) >> 1;
      cut(c0, r0, c1, middle, among);
      cut(c0, middle, c1, r1, among);
    }
  };
  cut(0, 0, columns, rows, field.all);

  const crossings = new Map<number, Place>();
  /** Where the kind changes on the side from a node to the next one of its row or column. */
  const crossing = (column: number, row: number, isUp: boolean, among = field.all): Place => {
    const key = 2 * (row * width + column) + (isUp ? 1 : 0);
    let found = crossings.get(key);
    if (!found) {
      const kind = kindOf(column, row, among);
      let [low, high] = [0, 1];
      const at = (share: number) => place(column + (isUp ? 0 : share), row + (isUp ? share : 0));
      for (let halving = 0; halving < HALVINGS; halving++) {
        const middle = (low + high) / 2;
        if (field.kindAt(at(middle), among) === kind) low = middle;
        else high = middle;
      }
      crossings.set(key, found = at((low + high) / 2));
    }
    return found;
  };

  const segments: Segment[] = [];
  for (const { column, row, among } of squares) {
    const nodes = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
    const corners = nodes.map(([right, up]) => kindOf(column + right, row + up, among));
    if (corners.every((kind) => kind === corners[0])) continue;
    const sides = [
      () => crossing(column, row, false, among),
      () => crossing(column + 1, row, true, among),
      () => crossing(column, row + 1, false, among),
      () => crossing(column, row, true, among),
    ];
    const middle = () => field.kindAt(place(column + 0.5, row + 0.5), among);
    segments.push(...squareSegments(corners, sides, middle));
  }
  const edge = (column: number, row: number, isUp: boolean, isBack: boolean) => {
    const [c, r] = isUp ? [column, row + 1] : [column + 1, row];
    const [near, far] = [kindOf(column, row), kindOf(c, r)];
    const add = (from: Place, to: Place, kind: number) =>
      segments.push(
        isBack
          ? { from: to, to: from, left: kind, right: OUTSIDE }
          : { from, to, left: kind, right: OUTSIDE },
      );
    if (near === far) return add(place(column, row), place(c, r), near);
    const between = crossing(column, row, isUp);
    add(place(column, row), between, near);
    add(between, place(c, r), far);
  };
  for (let column = 0; column < columns; column++) {
    edge(column, 0, false, false);
    edge(column, rows, false, true);
  }
  for (let row = 0; row < rows; row++) {
    edge(0, row, true, true);
    edge(columns, row, true, false);
  }
  return segments;
}

/**
 * The borders in a square.
 *
 * @param corners kinds, the way round from where both coordinates are least
 * @param sides where the border crosses the side from each corner to the next
 * @param middle the kind in the middle, where it has to be asked
 */
function squareSegments(
  corners: readonly number[],
  sides: readonly (() => Place)[],
  middle: () => number,
): Segment[] {
  const crossed = [0, 1, 2, 3].filter((side) => corners[side] !== corners[(side + 1) % 4]);
  const places = crossed.map((side) => sides[side]!());
  if (crossed.length === 2) {
    const [from, to] = places as [Place, Place];
    return [{
      from: to,
      to: from,
      left: corners[crossed[0]! + 1]!,
      right: corners[crossed[0]!]!,
    }];
  }
  for (const first of [0, 1]) {
    // Opposite corners that are one kind, which goes through between the other two.
    if (crossed.length < 4 || corners[first] !== corners[first + 2]) continue;
    const through = corners[first]!;
    if (corners[0] === corners[2] && corners[1] === corners[3] && middle() !== through) continue;
    return [first + 1, (first + 3) % 4].map((corner) => ({
      from: places[corner]!,
      to: places[(corner + 3) % 4]!,
      left: corners[corner]!,
      right: through,
    }));
  }
  const mean = (axis: 0 | 1) => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
  const meeting: Place = [mean(0), mean(1)];
  return crossed.map((side, at) => ({
    from: meeting,
    to: places[at]!,
    left: corners[(side + 1) % 4]!,
    right: corners[side]!,
  }));
}
