/** What the signs and lines of a topology map mean, and how many there are of each. */
import { whole } from "../table/text.ts";
import { EDGE, GROUND, LETTER, textElement, WARNING } from "./picture.ts";
import { signOfType, typesInOrder } from "./resource_sign.ts";
import { element, shortened } from "./svg.ts";
import type { MappedLink, MappedResource } from "./topology_map_fold.ts";

/** From line to line, in pixels. */
const LINE = 21;

/** How a link of a kind is drawn. */
export interface LinkStyle {
  readonly name: string;
  readonly stroke: string;
  readonly dash?: string;
}

/** What lines mean, in the order of the legend. */
const STYLES: Record<string, LinkStyle> = {
  cable: { name: "cable", stroke: "#7c7c77" },
  wireless: { name: "wireless", stroke: "#7c7c77", dash: "1.5 3.5" },
  virtual: { name: "virtual link", stroke: "#7c7c77", dash: "6 3" },
  hosted: { name: "runs on", stroke: "#bdbdb7" },
  flow: { name: "flow", stroke: WARNING, dash: "3 3.5" },
};

/** How a link of a kind is drawn. */
export function styleOf(kind: string): LinkStyle {
  return STYLES[kind]!;
}

/** The legend, and where it ends, in pixels. */
export function keyOf(
  resources: readonly MappedResource[],
  links: readonly MappedLink[],
  { top, width }: { readonly top: number; readonly width: number },
): { svg: string; bottom: number } {
  const counts = new Map<string, number>();
  for (const { resource: { type } } of resources) {
    counts.set(type ?? "unknown", (counts.get(type ?? "unknown") ?? 0) + 1);
  }
  const { known, others } = typesInOrder(counts.keys());
  const other = others.reduce((sum, type) => sum + counts.get(type)!, 0);
  const kinds = new Set(links.map(({ kind }) => kind));
  const entries = [
    ...known.map((type) => ({
      name: `${type.replaceAll("_", " ")} ${whole(counts.get(type)!)}`,
      sign: (x: number, y: number) => badge(type, x, y),
      room: 22,
    })),
    ...(other > 0
      ? [{
        name: `${shortened(others.join(", "), 40)} ${whole(other)}`,
        sign: (x: number, y: number) => badge(null, x, y),
        room: 22,
      }]
      : []),
    ...Object.entries(STYLES).filter(([kind]) => kinds.has(kind)).map(([, { name, ...style }]) => ({
      name,
      sign: (x: number, y: number) => sample(style, x, y),
      room: 30,
    })),
  ];
  let [x, y] = [EDGE, top];
  const svg = entries.map(({ name, sign, room }) => {
    const wide = room + [...name].length * LETTER + 12;
    if (x > EDGE && x + wide > width - EDGE) [x, y] = [EDGE, y + LINE];
    const drawn = sign(x, y - 4.5) + textElement(name, { x: x + room, y });
    x += wide;
    return drawn;
  });
  return { svg: svg.join(""), bottom: entries.length > 0 ? y + 12 : top - 14 };
}

function badge(type: string | null, x: number, y: number): string {
  const [letters, fill] = signOfType(type);
  return dot(x + 8, y, 8.5, fill) + lettersAt(letters, x + 8, y, 8);
}

function sample({ stroke, dash }: Omit<LinkStyle, "name">, x: number, y: number): string {
  return element("path", {
    d: `M${x} ${y}h24`,
    stroke,
    "stroke-width": 2,
    ...(dash ? { "stroke-dasharray": dash } : {}),
  });
}

/** A dot of a type. */
export function dot(cx: number, cy: number, r: number, fill: string): string {
  return element("circle", { cx, cy, r, fill, stroke: GROUND, "stroke-width": 1.2 });
}

/** The letters of a type, on its dot. */
export function lettersAt(letters: string, x: number, y: number, size: number): string {
  return textElement(letters, {
    x,
    y: y + 0.36 * size,
    "text-anchor": "middle",
    "font-size": size,
    "font-weight": 700,
    fill: "#ffffff",
  });
}
