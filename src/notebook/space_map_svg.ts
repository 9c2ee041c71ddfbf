/** Draws a map of a space: cells, axes, things and a legend, on a light ground that is read on any page. */
import { becauseOf } from "../perception/classified.ts";
import type { Place } from "../spaces/cells/plane.ts";
import type { Ring } from "../spaces/cells/ring.ts";
import { counted } from "../table/text.ts";
import { GROUND, INK, LETTER, picture, QUIET, textElement, WARNING } from "./picture.ts";
import type { MappedThing, SpaceMap } from "./space_map.ts";
import { axisTitle, ticksOf, withRoom } from "./space_map_axis.ts";
import { legend, type LegendEntry } from "./space_map_legend.ts";
import { roomFor } from "./space_map_name.ts";
import { colourOf, prototypeSign, UNKNOWN } from "./space_map_style.ts";
import { element, path, shortened, svgText } from "./svg.ts";

/** The picture's and the plot's measures, in pixels. */
const WIDTH = 720;
const HEIGHT = 524;
const PLOT = { left: 74, top: 84, width: 424, height: 384 };
const RIGHT = PLOT.left + PLOT.width;
const BOTTOM = PLOT.top + PLOT.height;
const LEGEND = { x: RIGHT + 18, y: PLOT.top + 8, width: WIDTH - RIGHT - 34 };
/** A name takes so many characters at most, inside of a cell. */
const NAME = 24;
/** And so does what the axes are. */
const AXIS = 90;

/** The map as an SVG file. */
export function spaceMapSvg(map: SpaceMap): string {
  const { perception: { space, context, range }, cells: { window, cells, borders, unknown } } = map;
  const toPixels = ([x, y]: Place): Place => [
    PLOT.left + (x - window.x[0]) / (window.x[1] - window.x[0]) * PLOT.width,
    BOTTOM - (y - window.y[0]) / (window.y[1] - window.y[0]) * PLOT.height,
  ];
  const pixels = (rings: readonly Ring[]) => rings.map((ring) => ring.map(toPixels));
  const dots = map.things.map((thing) => ({ thing, place: toPixels(thing.place) }));
  const prototypes = map.prototypes.map(({ concept, place }) => ({
    concept,
    place: toPixels(place),
  }));
  const colours = new Map(cells.map(({ concept }, at) => [concept, colourOf(at)]));

  const taken = [...dots, ...prototypes].map(({ place }) => place);
  const names: string[] = [];
  const entries: LegendEntry[] = [];
  for (const [at, { concept, rings }] of cells.entries()) {
    const outlines = pixels(rings);
    const name = shortened(concept, NAME);
    const long = roomFor({ width: name.length * LETTER + 8, height: 18 }, outlines, taken);
    const number = `${at + 1}`;
    const place = long ??
      roomFor({ width: number.length * LETTER + 4, height: 16 }, outlines, taken);
    if (place) names.push(written(long ? name : number, place));
    const isNumbered = place !== undefined && long === undefined;
    entries.push({
      name: isNumbered ? `${number}  ${concept}` : concept,
      colour: colours.get(concept)!,
      count: map.count(concept),
    });
  }

  const key = legend(entries, {
    unknown: map.count(null),
    misperceived: map.things.filter(({ isMisperceived }) => isMisperceived).length,
  }, LEGEND);
  const height = Math.max(HEIGHT, key.bottom + 16);
  const where = context ? `${space.name}, in the context ${context.name}` : space.name;
  const how = "dimension" in map.plane.axes[0] ? "" : ", by its principal components";
  const title = `The space ${where}${how}`;
  const { unknown: tooLittle, beyond } = map.left;
  const below = [
    `${map.things.length} of ${counted(map.perception.things.length, "thing")}`,
    ...(tooLittle > 0 ? [`of ${tooLittle} too little is known`] : []),
    ...(beyond > 0 ? [`${beyond} far beyond a range`] : []),
    `${map.inTheirCell} in the cell of what they are`,
    `events up to ${range.last_sequence}`,
  ].join(" · ");

  return picture(
    { title, below: [below], description: `${map}` },
    { width: WIDTH, height },
    HATCH,
    ...cells.map(({ concept, rings }) =>
      shape(pixels(rings), { fill: colours.get(concept)!, "fill-opacity": "0.3" })
    ),
    shape(pixels(unknown), { fill: GROUND, "fill-opacity": "0.62" }),
    shape(pixels(unknown), { fill: "url(#unlike)" }),
    element("path", {
      d: path(borders.map((border) => border.map(toPixels)), false),
      fill: "none",
      stroke: INK,
      "stroke-opacity": "0.55",
    }),
    axes(map, toPixels),
    ...dots.map(({ thing, place }) => dot(thing, place, colours, sizeFor(dots.length))),
    ...prototypes.map(({ concept, place: [x, y] }) =>
      element(
        "g",
        { transform: `translate(${Math.round(x)} ${Math.round(y)})` },
        element("title", {}, svgText(`a prototype of ${concept}`)),
        prototypeSign(colours.get(concept)!),
      )
    ),
    ...names,
    key.svg,
  );
}

/** Lines over what is unlike every concept. */
const HATCH = element(
  "defs",
  {},
  element(
    "pattern",
    {
      id: "unlike",
      width: 7,
      height: 7,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    },
    element("path", { d: "M0 0V7", stroke: UNKNOWN, "stroke-opacity": "0.5" }),
  ),
);

function shape(rings: readonly Ring[], attributes: Record<string, string>): string {
  return rings.length === 0
    ? ""
    : element("path", { d: path(rings, true), "fill-rule": "evenodd", ...attributes });
}

/** A name on a cell, with the ground around its letters. */
function written(name: string, [x, y]: Place): string {
  return textElement(name, {
    x,
    y: y + 4.5,
    "text-anchor": "middle",
    "font-weight": 600,
    stroke: GROUND,
    "stroke-width": 3,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
  });
}

/** Fewer things are drawn larger. */
function sizeFor(count: number): number {
  return count <= 60 ? 4.5 : count <= 200 ? 3.5 : 2.6;
}

function dot(
  thing: MappedThing,
  [cx, cy]: Place,
  colours: ReadonlyMap<string, string>,
  r: number,
): string {
  const { perceived: concept, isMisperceived, declared } = thing;
  const said = [
    `${thing.thing.name}: ${concept ?? "unlike every concept"}`,
    ...(thing.status === "borderline" ? ["on its border"] : []),
    ...(isMisperceived ? [`declared as ${declared}`] : []),
    becauseOf(thing),
  ].filter((one) => one !== "").join("; ");
  const fill = concept === null ? GROUND : colours.get(concept)!;
  return element(
    "g",
    {},
    element("title", {}, svgText(said)),
    ...(isMisperceived
      ? [element("circle", { cx, cy, r: r + 4, fill: "none", stroke: WARNING, "stroke-width": 2 })]
      : []),
    element("circle", { cx, cy, r, fill, stroke: INK, "stroke-width": 0.8 }),
  );
}

/** The plot's frame, and along its left and lower side what is where. */
function axes(
  { plane: { axes: [across, up] }, cells: { window } }: SpaceMap,
  toPixels: (place: Place) => Place,
) {
  const xOf = ({ at }: { at: number }) => toPixels([at, window.y[0]])[0];
  const yOf = ({ at }: { at: number }) => toPixels([window.x[0], at])[1];
  const below = withRoom(ticksOf(across, window.x), xOf, ({ text }) => text.length * LETTER + 10);
  const beside = withRoom(ticksOf(up, window.y), yOf, () => 20);
  const marks = [
    ...below.map((tick): Place[] => [[xOf(tick), BOTTOM], [xOf(tick), BOTTOM + 5]]),
    ...beside.map((tick): Place[] => [[PLOT.left - 5, yOf(tick)], [PLOT.left, yOf(tick)]]),
  ];
  return element(
    "g",
    { fill: INK },
    element("rect", {
      x: PLOT.left,
      y: PLOT.top,
      width: PLOT.width,
      height: PLOT.height,
      fill: "none",
      stroke: QUIET,
    }),
    element("path", { d: path(marks, false), stroke: QUIET }),
    ...below.map((tick) =>
      textElement(tick.text, {
        x: xOf(tick),
        y: BOTTOM + 19,
        "font-size": 12,
        "text-anchor": "middle",
      })
    ),
    ...beside.map((tick) =>
      textElement(tick.text, {
        x: PLOT.left - 8,
        y: yOf(tick) + 4,
        "font-size": 12,
        "text-anchor": "end",
      })
    ),
    textElement(shortened(`↑ ${axisTitle(up)}`, AXIS), { x: PLOT.left, y: PLOT.top - 9 }),
    textElement(shortened(`→ ${axisTitle(across)}`, AXIS), { x: PLOT.left, y: BOTTOM + 42 }),
  );
}
