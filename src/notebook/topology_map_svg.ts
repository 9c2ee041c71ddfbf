/** Draws a topology map: groups, links, resources, and names. */
import { Delaunay } from "d3-delaunay";
import { counted, whole } from "../table/text.ts";
import {
  GROUND,
  INK,
  picture,
  pictureTop,
  QUIET,
  textElement,
  titled,
  WARNING,
} from "./picture.ts";
import { signOfType } from "./resource_sign.ts";
import { element, path, shortened } from "./svg.ts";
import type { TopologyMap } from "./topology_map.ts";
import type { MappedGroup, MappedLink, MappedResource } from "./topology_map_fold.ts";
import { dot, keyOf, lettersAt, styleOf } from "./topology_map_key.ts";
import { type Label, labelsOf, type Wanted } from "./topology_map_labels.ts";
import { layoutOf, type Placed } from "./topology_map_layout.ts";

/** The picture's width, in pixels: more where there is more in it. */
const WIDTH = 720;
const WIDE = 960;
const MANY = 150;
/** What is drawn is not higher than so much of its width, and not larger than it was laid out. */
const HIGHEST = 1.1;
const LARGEST = 1.15;
/** From the picture's edge to the middle of the outermost things, in pixels: names need it. */
const MARGIN = 46;
/** Around a group. */
const PAD = 12;
/** How much larger what stands out is than it would be. */
const RING = 3.6;
/** A name has so many characters at most. */
const NAME = 26;
/** Besides those that join others so many names are written at most: more are not read. */
const MOST_NAMES = 110;
/** Where there are more links, they are thinner. */
const DENSE = 250;
/** How pale what is beside the point is. */
const PALE = 0.2;

type Places = ReadonlyMap<MappedResource, Placed>;

/** The map as an SVG file. */
export function topologyMapSvg(map: TopologyMap): string {
  const { title, below, drawn: { machines, links, groups } } = map;
  const all = machines.flatMap(withGuests);
  const width = all.length > MANY ? WIDE : WIDTH;
  const key = keyOf(all, links, { top: pictureTop(below.length), width });
  const { places, height } = fitted(layoutOf(map.drawn), width, key.bottom);
  const isAbout = all.some((one) => one.isHighlighted);
  const labels = labelsOf(
    wantedOf(map, all, places, isAbout),
    all.map((one) => ({ ...edgeOf(one, places), isPale: isAbout && !one.isHighlighted })),
    links.map((link) => lineOf(link, places)),
    { left: 4, right: width - 4, top: key.bottom, bottom: height - 4 },
  );
  return picture(
    { title, below, description: `${map}` },
    { width, height },
    key.svg,
    ...groups.map((group) => groundOf(group, places)),
    ...links.map((link) => linkOf(link, places, { isAbout, isDense: links.length > DENSE })),
    ...all.map((one) => dotOf(one, places.get(one)!, isAbout)),
    ...labels.map(written),
  );
}

function withGuests(one: MappedResource): MappedResource[] {
  return [one, ...one.guests.flatMap(withGuests)];
}

/** The layout, moved and made smaller until it is between what is above it and the picture's edges. */
function fitted(layout: Places, width: number, top: number): { places: Places; height: number } {
  const all = [...layout.values()];
  if (all.length === 0) return { places: layout, height: top + 8 };
  const [left, right, high, low] = [
    Math.min(...all.map(({ x, r }) => x - r)),
    Math.max(...all.map(({ x, r }) => x + r)),
    Math.min(...all.map(({ y, r }) => y - r)),
    Math.max(...all.map(({ y, r }) => y + r)),
  ];
  const room = width - 2 * MARGIN;
  const scale = Math.min(
    LARGEST,
    room / (right - left),
    HIGHEST * room / (low - high),
  );
  const [begin, above] = [(width - scale * (right - left)) / 2, top + 0.75 * MARGIN];
  const places = new Map([...layout].map(([one, { x, y, r }]) => [one, {
    x: begin + scale * (x - left),
    y: above + scale * (y - high),
    r: Math.max(1.8, scale * r),
  }]));
  return { places, height: Math.ceil(above + scale * (low - high) + 0.75 * MARGIN) };
}

/** The names that are to be written, the most important ones first. */
function wantedOf(
  { drawn: { machines, groups } }: TopologyMap,
  all: readonly MappedResource[],
  places: Places,
  isAbout: boolean,
): Wanted[] {
  const outer = new Set(machines);
  const names = all.filter(({ isHighlighted }) => isHighlighted || !isAbout || all.length <= MANY)
    .sort((a, b) =>
      Number(b.isHighlighted) - Number(a.isHighlighted) ||
      Number(outer.has(b)) - Number(outer.has(a)) || b.neighbours - a.neighbours
    );
  const hubs = names.filter(({ neighbours }) => neighbours > 1).length;
  return [
    ...groups.map((group): Wanted => {
      const ring = ringOf(group, places);
      const [high, low] = [ring.map(({ y, r }) => y - r), ring.map(({ y, r }) => y + r)];
      const [top, bottom] = [Math.min(...high), Math.max(...low)];
      return {
        text: shortened(group.name, NAME),
        x: ring.reduce((sum, { x }) => sum + x, 0) / ring.length,
        y: (top + bottom) / 2,
        r: (bottom - top) / 2 + PAD,
        size: 13,
        style: "heading",
      };
    }),
    ...names.slice(0, Math.max(hubs, MOST_NAMES)).map((one): Wanted => ({
      text: shortened(one.resource.name, NAME),
      ...edgeOf(one, places),
      size: outer.has(one) ? 11.5 : 10,
      style: isAbout && !one.isHighlighted ? "pale" : one.isHighlighted ? "strong" : "plain",
    })),
  ];
}

/** A resource with the ring around it. */
function edgeOf(one: MappedResource, places: Places): Placed {
  const { x, y, r } = places.get(one)!;
  return { x, y, r: one.isHighlighted ? r + RING : r };
}

function written({ text, size, style, anchor, left, base }: Label): string {
  return textElement(text, {
    x: left,
    y: base,
    "font-size": size,
    "text-anchor": anchor,
    fill: style === "heading" || style === "pale" ? QUIET : INK,
    ...(style === "pale" ? { opacity: "0.6" } : {}),
    ...(style === "heading" || style === "strong" ? { "font-weight": 600 } : {}),
    stroke: GROUND,
    "stroke-width": 2.6,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  });
}

/** The members of a group and their guests. */
function ringOf({ members }: MappedGroup, places: Places): Placed[] {
  return members.flatMap(withGuests).map((one) => places.get(one)!);
}

/** The ground of a group: what is around its members, with round corners. */
function groundOf(group: MappedGroup, places: Places): string {
  const corners = ringOf(group, places).flatMap(({ x, y, r }) =>
    [[r, 0], [0, r], [-r, 0], [0, -r]].map(([across, down]) =>
      [x + across!, y + down!] as [number, number]
    )
  );
  const hull = [...Delaunay.from(corners).hull].map((at) => corners[at]!);
  return titled(
    `${group.name}: ${counted(group.members.length, "machine")}`,
    ...[[GROUND, 3], ["#eeeee8", 0]].map(([fill, more]) =>
      element("path", {
        d: path([hull], true),
        ...{ fill: fill!, stroke: fill!, "stroke-linejoin": "round" },
        "stroke-width": 2 * PAD + Number(more),
      })
    ),
  );
}

function lineOf({ from, to }: MappedLink, places: Places) {
  const [a, b] = [places.get(from)!, places.get(to)!];
  return [a.x, a.y, b.x, b.y] as const;
}

/** A link; parallel ones are one that is thicker and has their number. */
function linkOf(
  link: MappedLink,
  places: Places,
  { isAbout, isDense }: { readonly isAbout: boolean; readonly isDense: boolean },
): string {
  const { from, to, kind, count, isHighlighted } = link;
  const [x1, y1, x2, y2] = lineOf(link, places);
  const { name, stroke, dash } = styleOf(kind);
  const isFlow = kind === "flow";
  const width = isFlow || kind === "hosted" ? 1 : (isDense ? 0.3 : 0.9) + 0.7 * Math.min(count, 4);
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const room = Math.hypot(x2 - x1, y2 - y1) - places.get(from)!.r - places.get(to)!.r;
  // Flows are bent, so that they are not on the cables that carry them.
  const bend = isFlow ? `Q${at(middleX - (y2 - y1) / 6, middleY + (x2 - x1) / 6)} ` : "L";
  return titled(
    `${from.resource.name} – ${to.resource.name}: ${count > 1 ? `${whole(count)} × ` : ""}${name}`,
    element("path", {
      d: `M${at(x1, y1)}${bend}${at(x2, y2)}`,
      fill: "none",
      stroke: isHighlighted ? WARNING : stroke,
      "stroke-width": isHighlighted && !isFlow ? width + 1.8 : width,
      ...(dash ? { "stroke-dasharray": dash } : {}),
      ...(isAbout && !isHighlighted ? { opacity: PALE } : isFlow ? { opacity: 0.38 } : {}),
    }),
    count > 1 && !isFlow && room > 26 && !(isAbout && !isHighlighted)
      ? textElement(`×${whole(count)}`, {
        x: middleX,
        y: middleY + 3.5,
        "text-anchor": "middle",
        "font-size": 9.5,
        fill: QUIET,
        stroke: GROUND,
        "stroke-width": 3,
        "paint-order": "stroke",
      })
      : "",
  );
}

function at(x: number, y: number): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/** A resource: a dot, in it the letters of its type where there is room, or how many guests are in it that are not drawn. */
function dotOf(one: MappedResource, { x, y, r }: Placed, isAbout: boolean): string {
  const { resource: { name, type, site, rack }, folded, neighbours, isHighlighted } = one;
  const [letters, fill] = signOfType(type);
  const told = [
    `${name}, ${(type ?? "unknown").replaceAll("_", " ")}`,
    [site, rack].filter((place) => place !== null).join(" / "),
    `joined to ${whole(neighbours)}`,
    folded > 0 ? counted(folded, "guest") : "",
  ].filter((part) => part !== "").join("; ");
  const inside = folded > 0 ? `+${whole(folded)}` : letters;
  const size = Math.min(1.05 * r, 10, 2.9 * r / inside.length);
  return titled(
    told,
    element(
      "g",
      isAbout && !isHighlighted ? { opacity: PALE } : {},
      isHighlighted
        ? element("circle", {
          cx: x,
          cy: y,
          r: r + RING - 1,
          fill: GROUND,
          stroke: WARNING,
          "stroke-width": 2,
        })
        : "",
      dot(x, y, r, fill),
      size >= 6 ? lettersAt(inside, x, y, size) : "",
    ),
  );
}
