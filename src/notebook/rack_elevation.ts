/** Rack elevations: which device is in which unit of which rack. */
import type { Model } from "../replay/model.ts";
import { Table } from "../table/table.ts";
import { counted, visible, whole } from "../table/text.ts";
import { firstOf, lineOf } from "./picture.ts";
import { rackElevationsSvg } from "./rack_elevation_svg.ts";
import type { MimeBundle } from "./show.ts";

/** A device that has a place, as the log says it. */
export interface RackDevice {
  readonly id: string;
  /** Its host name; its id where it has none. */
  readonly name: string;
  readonly type: string;
  readonly site: string;
  readonly rack: string | null;
  /** The unit that it is in, from 1 at the bottom. */
  readonly position: number | null;
}

/** A rack, with the devices whose unit is known. */
export interface Rack {
  readonly site: string;
  readonly name: string;
  /** How many units it has: 42, or up to the highest one that is taken; the log does not say it. */
  readonly height: number;
  /** By unit. Of several in one unit, a clash, the first by name comes first. */
  readonly units: ReadonlyMap<number, readonly RackDevice[]>;
}

/** Which racks. All of them without it. */
export interface RackSelection {
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
}

/** How many units a rack has that nobody said anything else of. */
const USUAL = 42;
/** So many lines are printed. */
const PRINTED = 50;

/** Racks, as seen from the front. As the last expression of a notebook's cell they are a picture. */
export class RackElevations {
  /** By site and name; numbers in them by their value. */
  readonly racks: readonly Rack[];
  /** Devices of which the site is known, and no unit. */
  readonly unplaced: readonly RackDevice[];

  constructor(
    readonly devices: readonly RackDevice[],
    readonly selection: RackSelection = {},
  ) {
    const sorted = devices.toSorted((a, b) =>
      inOrder(placeKey(a), placeKey(b)) || inOrder(a.name, b.name) || inOrder(a.id, b.id)
    );
    const own = Map.groupBy(
      sorted.filter(({ rack }) => rack !== null),
      ({ site, rack }) => JSON.stringify([site, rack]),
    );
    this.racks = [...own.values()].map((all): Rack => {
      const placed = all.filter(({ position }) => position !== null);
      const highest = placed.reduce((most, { position }) => Math.max(most, position!), 0);
      const { site, rack } = all[0]!;
      const units = Map.groupBy(placed, ({ position }) => position!);
      return { site, name: rack!, height: Math.max(USUAL, highest), units };
    });
    this.unplaced = sorted.filter(({ rack, position }) => rack === null || position === null);
  }

  /** Units that more than one device is said to be in. */
  get clashes(): readonly (readonly RackDevice[])[] {
    return this.racks.flatMap(({ units }) =>
      [...units.values()].filter(({ length }) => length > 1)
    );
  }

  /** What the picture is called. */
  get title(): string {
    const { site, rack } = this.selection;
    const where = [
      ...(rack === undefined ? [] : [`the rack ${rack}`]),
      ...(site === undefined ? [] : [`the site ${site}`]),
    ];
    return where.length > 0 ? `Devices in ${where.join(" of ")}` : "Devices in racks";
  }

  /** What is to be seen, in a line. */
  get summary(): string {
    if (this.devices.length === 0) return "no device has a place that is known";
    const { racks, unplaced, clashes } = this;
    return lineOf(
      `${counted(this.devices.length - unplaced.length, "device")} in ${
        counted(racks.length, "rack")
      }`,
      unplaced.length > 0 ? `${whole(unplaced.length)} without a unit, listed below` : "",
      clashes.length > 0 ? counted(clashes.length, "clash", "clashes") : "",
    );
  }

  /** The picture, as an SVG file. */
  get svg(): string {
    return rackElevationsSvg(this);
  }

  /** The devices, each rack from top to bottom, and then those without a unit. */
  table(): Table {
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const placed = this.racks.flatMap(({ units }) =>
      [...units].sort(([a], [b]) => b - a).flatMap(([, own]) =>
        own.map((device) => [device, own.length > 1] as const)
      )
    );
    return new Table(
      [
        text("site"),
        text("rack"),
        { name: "position", type: "INTEGER", numeric: true },
        text("hostname"),
        text("resource_type"),
        { name: "clashes", type: "BOOLEAN", numeric: false },
      ],
      [...placed, ...this.unplaced.map((device) => [device, false] as const)].map((
        [{ site, rack, position, name, type }, clashes],
      ) => [site, rack, position, name, type, clashes]),
    );
  }

  /** What is to be seen, in words. */
  toString(): string {
    const { values } = this.table();
    const rows = values.slice(0, PRINTED).map(([site, rack, position, name, type, clashes]) => [
      [site, rack].filter((one) => one !== null).map((one) => cut(`${one}`)).join(" / "),
      position === null ? "" : `unit ${position}`,
      cut(`${name}`),
      `${type}${clashes ? ", clashes" : ""}`,
    ]);
    return [this.title, this.summary, ...firstOf(rows, values.length)].map(visible).join("\n");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.toString() };
  }
}

function cut(text: string): string {
  const line = visible(text);
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** By what places are sorted: in it 10 comes after 9. */
function placeKey({ site, rack }: RackDevice): string {
  const sortable = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(12, "0"));
  return `${sortable(site)}\0${rack === null ? "\uffff" : sortable(rack)}`;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Draws the racks of a model: units from the bottom to the top, devices where the log says that they are, clashes of two
 * in one unit, and below what has no unit. How high a device is, the log does not say: each is drawn as one unit.
 *
 * @example
 * ```ts
 * import { Archive, rackElevations, replay } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * const racks = await rackElevations(model, { site: "berlin" });
 * strictEqual(racks.summary, "18 devices in 2 racks · 6 without a unit, listed below");
 * ```
 */
export async function rackElevations(
  model: Model,
  selection: RackSelection = {},
): Promise<RackElevations> {
  const { site, rack } = selection;
  const { rows } = await model.sql`
    SELECT
      compute_id::VARCHAR AS id, coalesce(hostname, compute_id::VARCHAR) AS name,
      coalesce(resource_type, 'unknown') AS type, place.site, place.rack, place.position
    FROM locations AS place JOIN resources USING (compute_id)
    WHERE (place.site = ${site ?? null} OR ${site === undefined})
      AND (place.rack = ${rack ?? null} OR ${rack === undefined})`;
  return new RackElevations(rows as unknown as RackDevice[], selection);
}
