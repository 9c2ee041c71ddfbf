/** The points of a space: things of a model, with what is known of them. */
import type { Space, Values } from "../spaces/space.ts";
import { dimensionsOf } from "../spaces/space.ts";
import type { Table } from "../table/table.ts";
import { nothingOf, PerceptionError } from "./error.ts";
import { someOf } from "../table/some_of.ts";

/** A model that can be asked in SQL, and says what of the log it has. */
export interface Asked {
  query(text: string, values?: readonly unknown[]): Promise<Table>;
  readonly checkpoint: { readonly first_sequence: number; readonly last_sequence: number };
}

/** A thing of a model as it is perceived. */
export interface Thing {
  readonly id: string;
  /** For people: a resource's host name, a program's name with that. Others may have the same. */
  readonly name: string;
  /** What it is declared to be: a resource's type, the kind of software … */
  readonly kind: string | null;
  /** What is known of it, by dimension, in their units. */
  readonly values: Values;
  /** When it was last measured; null where it never was. */
  readonly observed_at: string | null;
  /** Of the newest event that its position rests on. */
  readonly sequence: number;
}

/** Where the points of a space are in a model, and which of its columns say what they are. */
interface Source {
  from: string;
  id: string;
  name: string;
  kind: string;
  observed: string;
}

const COMPUTE: Source = {
  from: "compute_positions AS position",
  id: "compute_id",
  name: "hostname",
  kind: "resource_type",
  observed: "observed_at",
};
const OTHERS: Record<string, Source> = {
  software: {
    from: "software_positions AS position",
    id: "software_id",
    name: "concat(name, ' on ', hostname)",
    kind: "kind",
    observed: "observed_at",
  },
  network: {
    from: "network_positions AS position JOIN networks USING (network_id)",
    id: "network_id",
    name: "networks.name",
    kind: "kind",
    observed: "NULL",
  },
  connection: {
    from: `connection_positions AS position JOIN connections USING (connection_id)
     LEFT JOIN resources AS source ON source.compute_id = from_compute_id
     LEFT JOIN resources AS target ON target.compute_id = to_compute_id`,
    id: "connection_id",
    name: `concat(
      concat_ws(' ', source.hostname, from_interface), ' → ',
      concat_ws(' ', coalesce(target.hostname, to_address, to_mac_address), to_interface, port)
    )`,
    kind: "connections.kind",
    observed: "NULL",
  },
  policy: {
    from: "policy_positions AS position JOIN policies USING (policy_id)",
    id: "policy_id",
    name: "policies.name",
    kind: "severity",
    observed: "NULL",
  },
};

/** The column of a dimension: of `performance.cpu` it is `performance_cpu`. */
export function columnOf(dimension: string): string {
  return dimension.replaceAll(".", "_");
}

/** Every thing of a model that is a point of a space, by name and id. */
export async function thingsOf(model: Asked, space: Space): Promise<Thing[]> {
  const { from, id, name, kind, observed } = OTHERS[space.name] ?? COMPUTE;
  const dimensions = dimensionsOf(space);
  const columns = dimensions.map((dimension) => `position."${columnOf(dimension.name)}"`).join(
    ", ",
  );
  // Nothing of this is anybody's text: names of tables and columns, which the project brings.
  const { values } = await model.query(
    `SELECT ${id}::VARCHAR, ${name}, ${kind}, ${observed}, position.sequence, ${columns}
     FROM ${from} ORDER BY 2, 1`,
  );
  return values.map(([id, name, kind, observed, sequence, ...known]) => ({
    id: String(id),
    name: String(name),
    kind: kind === null ? null : String(kind),
    observed_at: observed === null ? null : String(observed),
    sequence: Number(sequence),
    values: Object.fromEntries(
      dimensions.map((dimension, at) => [dimension.name, number(known[at])]),
    ),
  }));
}

function number(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

/** What people call each thing: its name, and where others have the same, its kind as well. */
export function namesOf(things: readonly Thing[]): string[] {
  const same = Map.groupBy(things, ({ name }) => name);
  return things.map(({ name, kind }) =>
    kind !== null && same.get(name)!.length > 1 ? `${name} (${kind})` : name
  );
}

/**
 * Which thing somebody means, by its id or its name, or, where that is needed to tell it from others, by its name and
 * kind: `nginx on web-01 (service)`.
 *
 * @throws {PerceptionError} `unknown_thing` where there is none, `ambiguous_thing` where there are several
 */
export function thingNamed(things: readonly Thing[], said: string): Thing {
  const named = things.filter(({ id, name }) => id === said || name === said);
  const [first, ...others] = named.length > 0
    ? named
    : things.filter(({ name, kind }) => kind !== null && `${name} (${kind})` === said);
  if (!first) {
    if (things.length === 0) throw nothingOf(said);
    const there = someOf([...new Set(things.map(({ name }) => name))], said);
    throw new PerceptionError(
      "unknown_thing",
      `There is no ${JSON.stringify(said)}: there are ${there}`,
    );
  }
  if (others.length > 0) {
    const ids = [first, ...others].map(({ id, kind }) => kind === null ? id : `${id} (${kind})`);
    throw new PerceptionError(
      "ambiguous_thing",
      `There are ${ids.length} of the name ${JSON.stringify(said)}: say an id, ${
        someOf(ids)
      }, or the name and the kind in parentheses`,
    );
  }
  return first;
}
