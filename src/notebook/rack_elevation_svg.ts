/** Draws racks side by side, as seen from the front, and below what has no unit. */
import { counted, whole } from "../table/text.ts";
import {
  EDGE,
  FAINT,
  GROUND,
  INK,
  LETTER,
  picture,
  pictureTop,
  QUIET,
  textElement,
  titled,
  WARNING,
} from "./picture.ts";
import type { Rack, RackDevice, RackElevations } from "./rack_elevation.ts";
import { type ResourceSign, signOfType, typesInOrder } from "./resource_sign.ts";
import { element, path, shortened } from "./svg.ts";

/** The picture's measures, in pixels. */
const WIDTH = 560;
const GAP = 14;
const UNIT = 17;
/** For the numbers of the units, beside the rack. */
const SCALE = 24;
/** Above a rack, for its name and what is in it. */
const HEAD = 42;
const LINE = 20;
/** A rack is not wider than this. */
const WIDEST = 300;
const SIDE_BY_SIDE = 3;
/** So many racks, units that are taken, and lines of what is listed, are drawn at most: about, for racks are whole. */
const MOST_RACKS = 24;
const MOST_TAKEN = 500;
const MOST_LISTED = 40;
/** How wide letters in a unit are. */
const SMALL = 6.8;

/** The racks as an SVG file. */
export function rackElevationsSvg(elevations: RackElevations): string {
  const { title, summary, unplaced, clashes } = elevations;
  const racks = drawnOf(elevations.racks);
  const left = elevations.racks.length - racks.length;
  const below = [
    summary,
    ...(racks.length > 0
      ? ["Each is drawn one unit high: the log says where a device is, not how high it is."]
      : []),
    ...(left > 0 ? [`…and ${counted(left, "more rack", "more racks")} than are drawn`] : []),
  ];
  const shown = [...racks.flatMap(({ units }) => [...units.values()].flat()), ...unplaced];
  const key = keyOf(shown, pictureTop(below.length));
  const across = Math.min(SIDE_BY_SIDE, racks.length);
  const width = Math.min(WIDEST, (WIDTH - 2 * EDGE - GAP * (across - 1)) / across);
  let y = key.bottom + 8;
  const drawn: string[] = [];
  for (let at = 0; at < racks.length; at += across) {
    const row = racks.slice(at, at + across);
    const tallest = Math.max(...row.map(({ height }) => height));
    const floor = y + HEAD + tallest * UNIT;
    // All stand on one floor.
    drawn.push(
      ...row.map((rack, place) => rackOf(rack, EDGE + place * (width + GAP), floor, width)),
    );
    y = floor + 22;
  }
  const said = [
    listed("Clashes: several devices in one unit", clashes.map(clashWords), WARNING),
    listed("Without a unit", unplaced.map(unplacedWords), INK),
  ].map((list) => {
    const svg = list.draw(y);
    y += list.height;
    return svg;
  });
  return picture(
    { title, below, description: `${elevations}` },
    { width: WIDTH, height: y + EDGE / 2 },
    key.svg,
    ...drawn,
    ...said,
  );
}

/** The first racks, until there are too many, or too much is in them. */
function drawnOf(racks: readonly Rack[]): Rack[] {
  const drawn: Rack[] = [];
  let taken = 0;
  for (const rack of racks) {
    if (drawn.length === MOST_RACKS || taken >= MOST_TAKEN) break;
    drawn.push(rack);
    taken += rack.units.size;
  }
  return drawn;
}

/** What the letters and colours mean that are drawn. */
function keyOf(devices: readonly RackDevice[], top: number): { svg: string; bottom: number } {
  const { known, others } = typesInOrder(devices.map(({ type }) => type));
  const entries = [
    ...known.map((type) => ({ type, name: type.replaceAll("_", " ") })),
    ...(others.length > 0 ? [{ type: others[0]!, name: shortened(others.join(", "), 40) }] : []),
  ];
  let [x, y] = [EDGE, top];
  const svg = entries.map(({ type, name }) => {
    const width = 32 + [...name].length * LETTER + 10;
    if (x > EDGE && x + width > WIDTH - EDGE) [x, y] = [EDGE, y + LINE];
    const sign = badge(signOfType(type), x, y - 11);
    const words = textElement(name, { x: x + 31, y: y + 1 });
    x += width;
    return sign + words;
  });
  return { svg: svg.join(""), bottom: entries.length > 0 ? y + 10 : top - 14 };
}

/** Two letters on their colour. */
function badge([letters, fill]: ResourceSign, x: number, y: number): string {
  return pale({ x, y, width: 25, height: 14, rx: 2 }, fill) +
    textElement(letters, {
      x: x + 12.5,
      y: y + 11,
      "text-anchor": "middle",
      "font-size": 10.5,
      "font-weight": 600,
    });
}

/** A pale ground, so that words on it are read, with a full edge. */
function pale(place: Record<string, number>, fill: string): string {
  return element("rect", { ...place, fill: GROUND }) +
    element("rect", { ...place, fill, "fill-opacity": "0.36", stroke: fill });
}

/** A rack that stands on a floor. */
function rackOf(rack: Rack, x: number, floor: number, width: number): string {
  const { site, name, height, units } = rack;
  const [inner, top] = [x + SCALE, floor - height * UNIT];
  const body = width - SCALE;
  const devices = [...units.values()].flat().length;
  const taken = `${counted(devices, "device")}, ${counted(height - units.size, "unit")} free`;
  const lines = Array.from({ length: height - 1 }, (_, at): [number, number][] => {
    const y = floor - (at + 1) * UNIT;
    return [[inner, y], [inner + body, y]];
  });
  const numbers = Array.from({ length: height }, (_, at) => {
    const unit = at + 1;
    const isTaken = units.has(unit);
    if (!isTaken && unit !== 1 && unit % 5 !== 0) return "";
    return textElement(String(unit), {
      x: inner - 6,
      y: floor - at * UNIT - 5,
      "text-anchor": "end",
      "font-size": 10.5,
      fill: !isTaken ? QUIET : units.get(unit)!.length > 1 ? WARNING : INK,
    });
  });
  const most = (letter: number) => Math.floor(width / letter);
  return titled(
    `The rack ${name} of ${site}: ${taken}`,
    textElement(shortened(`${site} / ${name}`, most(8)), {
      x: inner,
      y: top - 24,
      "font-weight": 600,
    }),
    textElement(shortened(taken, most(6)), {
      x: inner,
      y: top - 9,
      "font-size": 12,
      fill: QUIET,
    }),
    element("rect", { x: inner, y: top, width: body, height: height * UNIT, fill: "#f3f3ef" }),
    element("path", { d: path(lines, false), stroke: FAINT }),
    ...numbers,
  ) +
    [...units].map(([unit, own]) => unitOf(own, inner, floor - unit * UNIT, body)).join("") +
    element("rect", {
      x: inner,
      y: top,
      width: body,
      height: height * UNIT,
      fill: "none",
      stroke: INK,
      "stroke-width": 1.6,
    });
}

/** What is in a unit: a device, or a clash. */
function unitOf(own: readonly RackDevice[], x: number, y: number, width: number): string {
  const [first, second] = own;
  if (!second) return deviceOf(first!, x + 2, y + 1.5, width - 4);
  const more = own.length - 2;
  const room = more > 0 ? 34 : 0;
  const half = (width - 4 - room) / 2;
  return titled(
    clashWords(own),
    deviceOf(first!, x + 2, y + 1.5, half - 1),
    deviceOf(second, x + 2 + half + 1, y + 1.5, half - 1),
    more > 0
      ? textElement(`+${whole(more)}`, {
        x: x + width - 4,
        y: y + 13,
        "text-anchor": "end",
        "font-size": 11,
      })
      : "",
    element("rect", {
      x: x + 0.5,
      y,
      width: width - 1,
      height: UNIT,
      fill: "none",
      stroke: WARNING,
      "stroke-width": 2.2,
      "stroke-dasharray": "5 2.5",
    }),
  );
}

function deviceOf(device: RackDevice, x: number, y: number, width: number): string {
  const { name, type, position } = device;
  const [letters, fill] = signOfType(type);
  const most = Math.floor((width - 32) / SMALL);
  return titled(
    `${name}, ${type}, unit ${position}`,
    element("rect", {
      ...{ x, y, width, height: UNIT - 3, rx: 1.5 },
      ...{ fill, "fill-opacity": "0.36", stroke: fill },
    }),
    textElement(letters, { x: x + 5, y: y + 11, "font-size": 10, "font-weight": 600, fill: QUIET }),
    textElement(shortened(name, most), { x: x + 28, y: y + 11, "font-size": 12 }),
  );
}

function clashWords(own: readonly RackDevice[]): string {
  const [{ site, rack, position }] = own as [RackDevice];
  const names = own.slice(0, 4).map(({ name }) => shortened(name, 40));
  const more = own.length > 4 ? [`${whole(own.length - 4)} more`] : [];
  return `${shortened(`${site} / ${rack}`, 40)}, unit ${position}: ${
    [...names, ...more].join(", ")
  }`;
}

function unplacedWords({ name, type, site, rack }: RackDevice): string {
  const where = rack === null ? site : `${site} / ${rack}`;
  return `${shortened(name, 36)}, ${type.replaceAll("_", " ")}, ${shortened(where, 36)}`;
}

/** Lines below a heading; nothing where there are none. */
function listed(
  heading: string,
  all: readonly string[],
  fill: string,
): { height: number; draw: (top: number) => string } {
  const left = all.length - MOST_LISTED;
  const lines = [
    ...all.slice(0, MOST_LISTED),
    ...(left > 0 ? [`…and ${whole(left)} more`] : []),
  ];
  if (lines.length === 0) return { height: 0, draw: () => "" };
  return {
    height: (lines.length + 1) * LINE + 8,
    draw: (top) =>
      textElement(heading, { x: EDGE, y: top + 14, "font-weight": 600, fill }) +
      lines.map((line, at) =>
        textElement(shortened(line, Math.floor((WIDTH - 2 * EDGE - 8) / LETTER)), {
          x: EDGE + 8,
          y: top + 14 + (at + 1) * LINE,
        })
      ).join(""),
  };
}
