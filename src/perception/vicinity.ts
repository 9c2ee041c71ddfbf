/** Things that are alike by their cells (Voronoi): those that share one with a thing, and those next to it. */
import { compileConcepts } from "../spaces/compiled_concept.ts";
import type { Concept } from "../spaces/concept.ts";
import type { Context } from "../spaces/context.ts";
import type { Prototype } from "../spaces/prototype.ts";
import { pointOf, type Space } from "../spaces/space.ts";
import { Voronoi } from "../spaces/voronoi.ts";
import { Table } from "../table/table.ts";
import { shown } from "./classified.ts";
import type { Thing } from "./thing.ts";

/** The cell of a concept: the cells of its prototypes together, however far they reach. */
export interface ConceptCell {
  readonly concept: string;
  /** What lies in it, by name: its members, and what is nearest to it but too far away to be one. */
  readonly things: readonly Thing[];
}

/**
 * A thing's cell and those that adjoin it. As the last expression of a notebook's cell it is a table.
 *
 * @example
 * ```ts
 * import { Archive, replay } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * const { cell, adjoining } = (await model.space("compute")).cell("switch-01");
 * deepStrictEqual(cell?.things.map(({ name }) => name), ["switch-01", "switch-02", "switch-03"]);
 * deepStrictEqual(adjoining.map(({ concept }) => concept), ["router"]);
 * ```
 */
export class Vicinity {
  /**
   * @param cell of the thing's nearest concept, the thing itself among its things; null where nothing that matters is
   * known of the thing, or there is no concept
   * @param adjoining cells that have a border with it, in the order of the concepts
   */
  constructor(
    readonly thing: Thing,
    readonly cell: ConceptCell | null,
    readonly adjoining: readonly ConceptCell[],
  ) {}

  /** A row for each other thing in these cells: those that share the thing's cell first. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const rows = (cell: ConceptCell, where: string) =>
      cell.things.filter((one) => one !== this.thing)
        .map(({ name, kind }) => [name, kind, cell.concept, where]);
    return new Table(
      [text("name"), text("kind"), text("concept"), text("cell")],
      [
        ...(this.cell ? rows(this.cell, "the same") : []),
        ...this.adjoining.flatMap((cell) => rows(cell, "adjoining")),
      ],
    );
  }

  /** The table as text. */
  toString(): string {
    return this.table().toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return shown(this.table());
  }
}

/** What is divided among its concepts. */
interface Divided {
  readonly space: Space;
  readonly things: readonly Thing[];
  readonly known: { readonly concepts: readonly Concept[] };
  readonly context: Context | undefined;
}

/**
 * The cell that a thing lies in, and those that adjoin it. That they do is certain; cells that touch only far from where
 * any thing and any way from prototype to prototype is can be missing.
 */
export function vicinityOf(divided: Divided, thing: Thing): Vicinity {
  const { space, things, known: { concepts }, context } = divided;
  const prototypes = compileConcepts(space, concepts, context?.weights).flatMap(
    ({ metric, prototypes }, concept): Prototype[] =>
      prototypes.map((point) => ({ concept, metric, point })),
  );
  if (prototypes.length === 0) return new Vicinity(thing, null, []);
  const voronoi = new Voronoi(prototypes);
  const points = Float64Array.from(things.flatMap(({ values }) => [...pointOf(space, values)]));
  const owners = Array.from(voronoi.cells(points), (at) => prototypes[at]?.concept);
  const own = owners[things.indexOf(thing)];
  if (own === undefined) return new Vicinity(thing, null, []);
  const places = [...prototypes.keys()].filter((at) => prototypes[at]!.concept === own);
  const bordering = new Set(
    voronoi.adjoining(points, places).flat().map((at) => prototypes[at]!.concept),
  );
  const cellOf = (concept: number): ConceptCell => ({
    concept: concepts[concept]!.name,
    things: things.filter((_, at) => owners[at] === concept),
  });
  return new Vicinity(
    thing,
    cellOf(own),
    [...concepts.keys()].filter((at) => at !== own && bordering.has(at)).map(cellOf),
  );
}
