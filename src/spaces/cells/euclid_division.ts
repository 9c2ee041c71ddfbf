/** Divides a plane's window where distance on it is Euclid's. */
import { Delaunay } from "d3-delaunay";
import type { CompiledConcept } from "../compiled_concept.ts";
import { Embedding } from "../embedding.ts";
import type { Coordinates } from "../space.ts";
import { OUTSIDE, type Segment } from "./outline.ts";
import type { Place, Plane, PlaneWindow } from "./plane.ts";

/**
 * Prototypes nearer than this share of the window are as good as in one place: d3-delaunay moves those that lie on a line
 * by 10⁻⁸ of it, which would turn a border between them. As it is, borders are off by 10⁻⁵ of the window at most.
 */
const CLOSE = 1e-3;
/** And by so many halvings of it they may be moved: what lies next to a line is then on it, as a triangulation needs it. */
const SNAP_BITS = 30;
/** From corner to corner the window is laid out about so large: d3-delaunay has absolute tolerances, for pixels. */
const SIZE = 1024;
/** Where the polygons are together other than the window by more than this share, the triangulation has failed. */
const SLACK = 1e-9;

type Edge = readonly [from: Place, to: Place];

/** A prototype on a plane, in coordinates that Euclid measures. */
interface Site {
  concept: number;
  x: number;
  y: number;
}

/**
 * The borders of the nearest concepts' cells where they are Voronoi's: on a plane of two dimensions of one
 * domain, of which both are known of each prototype, and whose distance is the same for all concepts and only stretched
 * along the axes.
 *
 * @returns together with the window's edge; undefined where distance is another, or two prototypes are in one place
 */
export function euclidSegments(
  plane: Plane,
  concepts: readonly CompiledConcept[],
  window: PlaneWindow,
): Segment[] | undefined {
  const own = stretchOf(plane, concepts);
  if (!own) return undefined;
  const [width, height] = [window.x[1] - window.x[0], window.y[1] - window.y[0]];
  const size = Math.hypot(width * own[0], height * own[1]);
  // A power of two, which rounds nothing.
  const scale = 2 ** Math.round(Math.log2(SIZE / size));
  const stretch: Place = [own[0] * scale, own[1] * scale];
  const snap = 2 ** (Math.floor(Math.log2(Math.max(width, height))) - SNAP_BITS);
  const snapped = (at: number) => Math.round(at / snap) * snap;
  const sites: Site[] = concepts.flatMap(({ prototypes }, concept) =>
    prototypes.map((prototype) => {
      const [x, y] = plane.placeOf(prototype)!;
      return { concept, x: snapped(x) * stretch[0], y: snapped(y) * stretch[1] };
    })
  );
  if (!areApart(sites, CLOSE * size * scale)) return undefined;
  const voronoi = Delaunay.from(sites, ({ x }) => x, ({ y }) => y).voronoi([
    window.x[0] * stretch[0],
    window.y[0] * stretch[1],
    window.x[1] * stretch[0],
    window.y[1] * stretch[1],
  ]);
  const polygons = sites.map((_, at) => leftwards(voronoi.cellPolygon(at) ?? []));
  const covered = polygons.reduce((sum, polygon) => sum + areaOf(polygon), 0);
  if (Math.abs(covered / (width * height * stretch[0] * stretch[1]) - 1) > SLACK) return undefined;
  const edges = polygons.flatMap((polygon, at) =>
    polygon.map(([from, to]) => ({ from, to, left: sites[at]!.concept }))
  );
  const keyOf = (from: Place, to: Place) => `${from} ${to}`;
  const others = new Map(edges.map(({ from, to, left }) => [keyOf(from, to), left]));
  const back = ([x, y]: Place): Place => [x / stretch[0], y / stretch[1]];
  return edges.flatMap(({ from, to, left }) => {
    const right = others.get(keyOf(to, from)) ?? OUTSIDE;
    // The other side has it as well.
    return right === left || (right !== OUTSIDE && right < left)
      ? []
      : [{ from: back(from), to: back(to), left, right }];
  });
}

/** By what the plane's axes are stretched where distance is Euclid's; undefined where it is not. */
function stretchOf(plane: Plane, concepts: readonly CompiledConcept[]): Place | undefined {
  if (plane.axes.some((axis) => !("dimension" in axis))) return undefined;
  const point = plane.pointAt([0, 0]);
  const [x, y] = [plane.pointAt([1, 0]), plane.pointAt([0, 1])]
    .map((moved) => moved.indexOf(1));
  let embedding: Embedding | undefined;
  for (const { metric, prototypes } of concepts) {
    for (const prototype of prototypes) {
      const isKnown = (at: number) => !Number.isNaN(point[at]!) && !Number.isNaN(prototype[at]!);
      const own = Embedding.of(metric, isKnown);
      if (!own || own.width !== 2 || own.blocks.length !== 1 || own.isCircular) return undefined;
      embedding ??= own;
      if (own.key !== embedding.key) return undefined;
    }
  }
  if (!embedding) return undefined;
  const [across, up] = [laid(embedding, point, x!), laid(embedding, point, y!)];
  const axis = across[0] !== 0 ? 0 : 1;
  return across[1 - axis] === 0 && up[axis] === 0 ? [across[axis]!, up[1 - axis]!] : undefined;
}

/** Where a step along one dimension leads in the embedding. */
function laid(embedding: Embedding, { length }: Coordinates, dimension: number): Float64Array {
  const step = new Float64Array(length);
  step[dimension] = 1;
  const place = new Float64Array(2);
  embedding.lay(step, 0, place, 0);
  return place;
}

function areApart(sites: readonly Site[], least: number): boolean {
  return sites.every((one, at) =>
    sites.slice(at + 1).every((other) => Math.hypot(one.x - other.x, one.y - other.y) > least)
  );
}

/** A polygon's edges, the way round that has its inside on the left. */
function leftwards(polygon: readonly (readonly number[])[]): Edge[] {
  const places = polygon as readonly Place[];
  const edges = places.slice(1).map((to, at): Edge => [places[at]!, to]);
  return areaOf(edges) < 0 ? edges.map(([from, to]) => [to, from]) : edges;
}

function areaOf(edges: readonly Edge[]): number {
  return edges.reduce((sum, [from, to]) => sum + (from[0] * to[1] - to[0] * from[1]) / 2, 0);
}
