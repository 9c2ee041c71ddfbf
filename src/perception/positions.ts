/** Where things are in a space, for people. */
import type { Dimension } from "../spaces/dimension.ts";
import { coordinate } from "../spaces/dimension.ts";
import { dimensionsOf, type Space } from "../spaces/space.ts";
import { type Column, Table } from "../table/table.ts";
import { axisUnit } from "./quantity.ts";
import type { Thing } from "./thing.ts";

const text = (name: string): Column => ({ name, type: "VARCHAR", numeric: false });
const number = (name: string): Column => ({ name, type: "DOUBLE", numeric: true });

/** A row a thing, a column a dimension, in its unit; null where it is not known. */
export function positionsTable(space: Space, things: readonly Thing[]): Table {
  const dimensions = dimensionsOf(space);
  return new Table(
    [
      text("name"),
      text("kind"),
      ...dimensions.map((dimension) => ({
        ...number(dimension.name),
        unit: dimension.unit === "1" ? "" : axisUnit(dimension), // a share is written as one
      })),
      text("observed_at"),
    ],
    things.map(({ name, kind, values, observed_at }) => [
      name,
      kind,
      ...dimensions.map((dimension) => values[dimension.name] ?? null),
      observed_at,
    ]),
  );
}

/** One dimension of one thing. */
export interface Place {
  readonly dimension: Dimension;
  /** In its unit; null where it is not known. */
  readonly value: number | null;
  /** 0 at the low end of its range, and 1 at the high end; null where it is not known. */
  readonly place: number | null;
}

/** Where a thing is on each dimension of a space. */
export function placesOf(space: Space, { values }: Thing): Place[] {
  return dimensionsOf(space).map((dimension) => {
    const value = values[dimension.name] ?? null;
    const place = coordinate(dimension, value);
    return { dimension, value, place: Number.isNaN(place) ? null : place };
  });
}
