/** What a topology is made of, wherever it is kept. */
import type { Table } from "../table/table.ts";

/** A resource. */
export interface TopologyResource {
  id: string;
  /** Its host name; its id where it has none. */
  name: string;
  type: string | null;
  /** The resource that it runs on, where that is known. */
  host: string | null;
  site: string | null;
  rack: string | null;
  /** In its rack, in units from the bottom. */
  position: number | null;
}

/** A connection between two resources. */
export interface TopologyLink {
  id: string;
  /** `cable`, `wireless`, `virtual`, `flow` or `neighbour`. */
  kind: string;
  from: string;
  to: string;
  from_interface: string | null;
  to_interface: string | null;
  speed_bps: number | null;
  /** Of a flow: the port that is called, and by which program. */
  port: number | null;
  process: string | null;
}

/** An address of a resource, with the length of its prefix. */
export interface TopologyAddress {
  resource: string;
  interface: string;
  address: string;
  prefix_length: number;
}

/** A line of a resource's routing table. */
export interface TopologyRoute {
  resource: string;
  /** A prefix, `0.0.0.0/0`. */
  destination: string;
  /** Where to; null where the destination is on the link. */
  gateway: string | null;
  interface: string | null;
  /** The lower, the better; null counts as 0. */
  metric: number | null;
}

/** All of it, each list in one order whatever it was read from. */
export interface TopologyFacts {
  resources: readonly TopologyResource[];
  links: readonly TopologyLink[];
  addresses: readonly TopologyAddress[];
  routes: readonly TopologyRoute[];
}

/** A read model that can be asked in SQL. */
interface AskedInSql {
  query(text: string, values?: readonly unknown[]): Promise<Table>;
}

const RESOURCES = `
  SELECT compute_id::VARCHAR AS id, coalesce(hostname, compute_id::VARCHAR) AS name,
    resource_type AS type, host_compute_id::VARCHAR AS host, site, rack, position
  FROM resources`;
const LINKS = `
  SELECT connection_id::VARCHAR AS id, kind, from_compute_id::VARCHAR AS "from",
    to_compute_id::VARCHAR AS "to", from_interface, to_interface, speed_bps, port, process
  FROM connections WHERE from_compute_id IS NOT NULL AND to_compute_id IS NOT NULL`;
const ADDRESSES = `
  SELECT compute_id::VARCHAR AS resource, interface, address, prefix_length FROM addresses`;
const ROUTES = `
  SELECT compute_id::VARCHAR AS resource, destination, gateway, interface, metric FROM routes`;

/** Reads the facts of a topology from the tables of a read model. */
export async function tableFacts(model: AskedInSql): Promise<TopologyFacts> {
  const [resources, links, addresses, routes] = await Promise.all(
    [RESOURCES, LINKS, ADDRESSES, ROUTES].map(async (text) => (await model.query(text)).rows),
  );
  return inOrder({ resources, links, addresses, routes } as unknown as TopologyFacts);
}

/**
 * The same facts in the one order that there is, so that ties are broken alike. What they say of resources that are not
 * among them is left out.
 */
export function inOrder({ resources, links, addresses, routes }: TopologyFacts): TopologyFacts {
  const known = new Set(resources.map(({ id }) => id));
  const hosted = resources.map((one) =>
    one.host === null || known.has(one.host) ? one : { ...one, host: null }
  );
  const isKnown = ({ resource }: { resource: string }) => known.has(resource);
  const between = links.filter(({ from, to }) => known.has(from) && known.has(to));
  return {
    resources: sorted(hosted, ({ name, id }) => [name, id]),
    links: sorted(between, ({ id }) => [id]),
    addresses: sorted(addresses.filter(isKnown), (one) => [
      one.address,
      one.resource,
      one.interface,
      String(one.prefix_length).padStart(3, "0"),
    ]),
    routes: sorted(routes.filter(isKnown), (one) => [
      one.resource,
      one.destination,
      String(one.metric ?? 0).padStart(20, "0"),
      one.gateway ?? "",
      one.interface ?? "",
    ]),
  };
}

/** By the code units of the texts, which are the same everywhere. */
function sorted<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): T[] {
  return all.map((one) => ({ one, keys: keysOf(one) })).sort((a, b) => {
    const at = a.keys.findIndex((key, index) => key !== b.keys[index]);
    return at < 0 ? 0 : a.keys[at]! < b.keys[at]! ? -1 : 1;
  }).map(({ one }) => one);
}
