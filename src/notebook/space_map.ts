/** Maps of a space: its concepts' cells in two dimensions, and the things in them. */
import type { Classified } from "../perception/classified.ts";
import { someOf } from "../table/some_of.ts";
import type { Perception } from "../perception/perception.ts";
import { type Cells, cellsOf } from "../spaces/cells/cells.ts";
import { isWithin, type Place, type Plane, planeOf, windowOf } from "../spaces/cells/plane.ts";
import { principalPlane } from "../spaces/cells/principal_plane.ts";
import { isInside } from "../spaces/cells/ring.ts";
import { pointOf, type Values } from "../spaces/space.ts";
import { columns, counted, visible } from "../table/text.ts";
import type { MimeBundle } from "./show.ts";
import { axisTitle } from "./space_map_axis.ts";
import { spaceMapSvg } from "./space_map_svg.ts";

/** Two dimensions of a space by their names, to be the axes of a map. */
export interface MapDimensions {
  readonly x: string;
  readonly y: string;
}

/** A thing on a map. */
export interface MappedThing extends Classified {
  readonly place: Place;
  /** The concept that it is of; null where it is unlike every one. */
  readonly perceived: string | null;
}

/** A prototype on a map. */
export interface MappedPrototype {
  readonly concept: string;
  readonly place: Place;
}

/** A map of a space. As the last expression of a notebook's cell it is a picture. */
export class SpaceMap {
  /** Things that are in the picture, in the order of their names. */
  readonly things: readonly MappedThing[];
  readonly prototypes: readonly MappedPrototype[];
  /** How many things are not in it: too little is known of them, or they are far beyond a range. */
  readonly left: { readonly unknown: number; readonly beyond: number };
  readonly cells: Cells;

  constructor(readonly perception: Perception, readonly plane: Plane) {
    const { space, known: { concepts }, context } = perception;
    const seen = (values: Values) => plane.placeOf(pointOf(space, values));
    const things = perception.classifications().rows.flatMap((row): MappedThing[] => {
      const place = seen(row.thing.values);
      const perceived = row.status === "unknown" ? null : row.concept;
      return place ? [{ ...row, place, perceived }] : [];
    });
    const prototypes = concepts.flatMap(({ name: concept, prototypes }) =>
      prototypes.flatMap((prototype): MappedPrototype[] => {
        const place = seen(prototype);
        return place ? [{ concept, place }] : [];
      })
    );
    const window = windowOf(plane, [...things, ...prototypes].map(({ place }) => place));
    this.cells = cellsOf(plane, concepts, window, context);
    this.things = things.filter(({ place }) => isWithin(window, place));
    this.prototypes = prototypes.filter(({ place }) => isWithin(window, place));
    this.left = {
      unknown: perception.things.length - things.length,
      beyond: things.length - this.things.length,
    };
  }

  /** How many of the things that are drawn are perceived to be of a concept; unlike every one with null. */
  count(concept: string | null): number {
    return this.things.filter(({ perceived }) => perceived === concept).length;
  }

  /** How many of the things that are drawn lie in the cell of what they are perceived to be. */
  get inTheirCell(): number {
    const rings = new Map(this.cells.cells.map(({ concept, rings }) => [concept, rings]));
    return this.things.filter(({ perceived, place }) =>
      perceived !== null && isInside(rings.get(perceived)!, place)
    ).length;
  }

  /** The picture, as an SVG file. */
  get svg(): string {
    return spaceMapSvg(this);
  }

  /** What is to be seen, in words. */
  toString(): string {
    const { perception: { space, context, things }, plane: { axes } } = this;
    const misperceived = this.things.filter(({ isMisperceived }) => isMisperceived)
      .map(({ thing, concept, declared }) => `${thing.name} (${concept}, not ${declared})`);
    const rows = [...this.cells.cells.map(({ concept }) => concept), null]
      .map((concept) => [concept ?? "(unlike every concept)", String(this.count(concept))]);
    return [
      `Map of the space ${space.name}${context ? `, in the context ${context.name}` : ""}`,
      `across  ${axisTitle(axes[0])}`,
      `up      ${axisTitle(axes[1])}`,
      "",
      `${this.things.length} of ${counted(things.length, "thing")} are drawn${this.#leftOut()}; ` +
      `${this.inTheirCell} of them lie in the cell of what they are`,
      ...columns(rows, "  "),
      ...(misperceived.length > 0 ? [`Declared otherwise: ${someOf(misperceived)}`] : []),
    ].map(visible).join("\n");
  }

  #leftOut(): string {
    const { unknown, beyond } = this.left;
    return (unknown > 0 ? `, of ${unknown} too little is known` : "") +
      (beyond > 0 ? `, ${beyond} ${beyond === 1 ? "lies" : "lie"} far beyond a range` : "");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.toString() };
  }
}

/**
 * Draws a space: the cells of its concepts, exactly as its metrics have them, and the things in them.
 *
 * On a map of two dimensions a place is a thing of which just these two are known. On one of principal components, which
 * is made where no dimensions are said, it is the thing that has its other coordinates at the mean of all; since things
 * lie beside that plane, some are seen in another cell than that of what they are.
 *
 * @throws {SpaceInvalid} for a dimension that the space does not have, and where there are no two components
 * @example
 * ```ts
 * import { Archive, replay, spaceMap } from "@cim/infrastructure";
 * import { match, strictEqual } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * const space = await model.space("performance");
 * const map = spaceMap(space, { x: "performance.cpu", y: "performance.memory" });
 * strictEqual(map.cells.cells.length, space.known.concepts.length);
 * match(map.svg, /^<svg /);
 * ```
 */
export function spaceMap(perception: Perception, dimensions?: MapDimensions): SpaceMap {
  const { space, things, known: { concepts }, context } = perception;
  const plane = dimensions ? planeOf(space, dimensions.x, dimensions.y) : principalPlane(
    space,
    things.map(({ values }) => pointOf(space, values)),
    concepts,
    context?.weights,
  );
  return new SpaceMap(perception, plane);
}
