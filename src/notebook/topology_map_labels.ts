/** Which names of a topology map are written, and where: those that have room, the most important ones first. */

/** A text that is to be written beside something round. */
export interface Wanted {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** The height of its letters, in pixels. */
  readonly size: number;
  /** How it is written; a heading above or below only. */
  readonly style: "plain" | "strong" | "pale" | "heading";
}

/** Something round. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** Whether a strong text may cover it. */
  readonly isPale: boolean;
}

/** A text with its place. */
export interface Label extends Wanted {
  readonly anchor: "start" | "middle" | "end";
  /** Where its letters stand. */
  readonly left: number;
  readonly base: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

type Line = readonly [x1: number, y1: number, x2: number, y2: number];

/** How wide a letter is, of its height; and a bold one. */
const WIDE = 0.56;
const BOLD = 0.63;
/** Boxes are looked for in fields of so many pixels. */
const FIELD = 48;

/** What is taken, by the fields that it lies in. */
class Fields<T> {
  readonly #fields = new Map<string, T[]>();

  add(box: Box, one: T): void {
    for (const key of keysOf(box)) {
      const list = this.#fields.get(key);
      if (list) list.push(one);
      else this.#fields.set(key, [one]);
    }
  }

  near(box: Box): T[] {
    return keysOf(box).flatMap((key) => this.#fields.get(key) ?? []);
  }
}

/**
 * Labels for those of the wanted texts that have room, in their order.
 *
 * @param dots what no label may cover
 * @param lines what a label had better not cover
 * @param page what a label may not leave
 */
export function labelsOf(
  wanted: readonly Wanted[],
  dots: readonly Dot[],
  lines: readonly Line[],
  page: Box,
): Label[] {
  const [taken, pale] = [new Fields<Box>(), new Fields<Box>()];
  for (const { x, y, r, isPale } of dots) {
    const box = { left: x - r, right: x + r, top: y - r, bottom: y + r };
    (isPale ? pale : taken).add(box, box);
  }
  const strokes = new Fields<Line>();
  for (const line of lines) for (const box of alongside(line)) strokes.add(box, line);
  const labels: Label[] = [];
  for (const one of wanted) {
    const isFree = (box: Box) =>
      box.left >= page.left && box.right <= page.right && box.top >= page.top &&
      box.bottom <= page.bottom && !taken.near(box).some((other) => isOver(box, other)) &&
      (one.style === "strong" || !pale.near(box).some((other) => isOver(box, other)));
    const free = placesOf(one).map((label) => ({ label, box: boxOf(label) })).filter(({ box }) =>
      isFree(box)
    ).map((place) => ({
      ...place,
      crossed: new Set(strokes.near(place.box).filter((line) => isCrossed(place.box, line))).size,
    }));
    const [first] = free.sort((a, b) => a.crossed - b.crossed);
    if (!first) continue;
    taken.add(first.box, first.box);
    labels.push(first.label);
  }
  return labels;
}

/** Where a text might be, the best place first. */
function placesOf(one: Wanted): Label[] {
  const { x, y, r, size } = one;
  const middle = y + 0.36 * size;
  const at = (anchor: Label["anchor"], left: number, base: number) => {
    return { ...one, anchor, left, base };
  };
  const [above, below] = [
    at("middle", x, y - r - 4),
    at("middle", x, y + r + 0.8 * size + 3),
  ];
  if (one.style === "heading") return [above, below];
  const aslant = 0.7 * r + 3;
  return [
    below,
    at("start", x + r + 4, middle),
    at("end", x - r - 4, middle),
    above,
    at("start", x + aslant, y + aslant + 0.6 * size),
    at("end", x - aslant, y + aslant + 0.6 * size),
    at("start", x + aslant, y - aslant),
    at("end", x - aslant, y - aslant),
  ];
}

function boxOf({ text, size, style, anchor, left, base }: Label): Box {
  const isBold = style === "strong" || style === "heading";
  const width = [...text].length * size * (isBold ? BOLD : WIDE);
  const begin = anchor === "start" ? left : anchor === "end" ? left - width : left - width / 2;
  return { left: begin, right: begin + width, top: base - 0.8 * size, bottom: base + 0.22 * size };
}

function isOver(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function keysOf({ left, right, top, bottom }: Box): string[] {
  const keys: string[] = [];
  for (let x = Math.floor(left / FIELD); x <= Math.floor(right / FIELD); x++) {
    for (let y = Math.floor(top / FIELD); y <= Math.floor(bottom / FIELD); y++) {
      keys.push(`${x} ${y}`);
    }
  }
  return keys;
}

/** Small boxes in which all of a line lies. */
function alongside([x1, y1, x2, y2]: Line): Box[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / FIELD));
  return Array.from({ length: steps }, (_, at) => {
    const [from, to] = [at / steps, (at + 1) / steps];
    const [ax, bx] = [x1 + (x2 - x1) * from, x1 + (x2 - x1) * to];
    const [ay, by] = [y1 + (y2 - y1) * from, y1 + (y2 - y1) * to];
    return {
      left: Math.min(ax, bx),
      right: Math.max(ax, bx),
      top: Math.min(ay, by),
      bottom: Math.max(ay, by),
    };
  });
}

/** Whether a line goes through a box: what of it is left after each side has cut off its part (Liang and Barsky, 1984). */
function isCrossed({ left, right, top, bottom }: Box, [x1, y1, x2, y2]: Line): boolean {
  let [from, to] = [0, 1];
  const cuts = [
    [x1 - x2, x1 - left],
    [x2 - x1, right - x1],
    [y1 - y2, y1 - top],
    [y2 - y1, bottom - y1],
  ] as const;
  for (const [way, room] of cuts) {
    if (way === 0 && room < 0) return false;
    if (way < 0) from = Math.max(from, room / way);
    if (way > 0) to = Math.min(to, room / way);
  }
  return from <= to;
}
