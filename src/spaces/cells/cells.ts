/** The cells of concepts on a plane through their space. */
import { compileConcepts } from "../compiled_concept.ts";
import type { Concept } from "../concept.ts";
import { type Context, requireContext } from "../context.ts";
import { euclidSegments } from "./euclid_division.ts";
import { NearEnough, NearestConcept, PlanePrototypes } from "./field.ts";
import { gridSegments, type GridSize } from "./grid_division.ts";
import { outlined } from "./outline.ts";
import type { Place, Plane, PlaneWindow } from "./plane.ts";
import type { Ring } from "./ring.ts";

/** Squares of a picture's width and height: about a pixel each. */
export const GRID: GridSize = { columns: 400, rows: 300 };
/** How far a border may be moved so that it has fewer places, in squares. */
const TOLERANCE = 0.1;
/** Borders that are exact are only rid of places in the middle of a line. */
const EXACT = 1e-6;

/** Where on a plane a concept is the nearest. */
export interface Cell {
  readonly concept: string;
  /** Outlines with the inside on their left, and holes the other way round; none where it has no place in the window. */
  readonly rings: readonly Ring[];
}

/** A window of a plane, divided among concepts. */
export interface Cells {
  readonly window: PlaneWindow;
  /** One for each concept, in their order. Together they are the whole window. */
  readonly cells: readonly Cell[];
  /** The lines between two concepts' cells. */
  readonly borders: readonly (readonly Place[])[];
  /** Outlines of where nothing is near enough: what lies there is of no known concept. */
  readonly unknown: readonly Ring[];
  /** `euclid`: the borders are Voronoi's, as straight as they are; `grid`: they are off by less than a square of {@linkcode GRID}. */
  readonly method: "euclid" | "grid";
}

/**
 * Divides a window of a plane among concepts: each place is of the concept that a {@linkcode Classifier} finds nearest to
 * the plane's point there, by the concepts' own metrics. Nine concepts of eight prototypes take 0.1 to 0.4 s.
 *
 * @param context what matters at the moment
 * @throws {SpaceInvalid} for a concept or a context that makes no sense in the plane's space
 * @example
 * ```ts
 * import { cellsOf, planeOf } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const share = { unit: "1", scale: "linear", range: [0, 1] } as const;
 * const dimensions = [{ name: "load.cpu", ...share }, { name: "load.memory", ...share }];
 * const space = { name: "host", domains: [{ name: "load", dimensions }] };
 * const concepts = [
 *   { name: "idle", prototypes: [{ "load.cpu": 0, "load.memory": 0.5 }] },
 *   { name: "busy", prototypes: [{ "load.cpu": 1, "load.memory": 0.5 }] },
 * ];
 * const { borders } = cellsOf(planeOf(space, "load.cpu", "load.memory"), concepts, { x: [0, 1], y: [0, 1] });
 * deepStrictEqual(borders.map((border) => border.map(([cpu]) => cpu)), [[0.5, 0.5]]);
 * ```
 */
export function cellsOf(
  plane: Plane,
  concepts: readonly Concept[],
  window: PlaneWindow,
  context?: Context,
): Cells {
  if (context) requireContext(plane.space, context);
  const compiled = compileConcepts(plane.space, concepts, context?.weights);
  const prototypes = new PlanePrototypes(plane, compiled);
  const square: Place = [
    (window.x[1] - window.x[0]) / GRID.columns,
    (window.y[1] - window.y[0]) / GRID.rows,
  ];
  const within = (share: number): Place => [square[0] * share, square[1] * share];
  const euclid = euclidSegments(plane, compiled, window);
  const { rings, borders } = euclid
    ? outlined(euclid, within(EXACT))
    : outlined(gridSegments(new NearestConcept(prototypes), window, GRID), within(TOLERANCE));
  const near = outlined(gridSegments(new NearEnough(prototypes), window, GRID), within(TOLERANCE));
  return {
    window,
    cells: concepts.map(({ name }, at) => ({ concept: name, rings: rings.get(at) ?? [] })),
    borders,
    unknown: near.rings.get(0) ?? [],
    method: euclid ? "euclid" : "grid",
  };
}
