/** What nodes and relationships say, as the values of one row each: whole numbers as BigInt, or they would be floats. */
import type { EventData } from "../../domain/event_types.ts";
import { networkOf } from "../../domain/values.ts";
import { notJudged } from "./selector.ts";

/** A value that a property can have. */
export type Value = string | bigint | string[];
/** A row: what a statement makes one node or relationship of. */
export interface Row {
  id: string;
  /** What the node or relationship says, its id and graph included. */
  properties: Record<string, Value>;
  /** The ends, and what is needed to find them. */
  [end: string]: string | Record<string, Value>;
}

/** A state of an aggregate, and where it comes from. */
export interface State<T> {
  id: string;
  data: T;
  sequence: number;
  /** The moments of the first and of the newest event of its life, as {@linkcode moment} writes them. */
  first_seen_at: string;
  changed_at: string;
}

type Compute = EventData["ComputeRegistered"];

/** Makes the rows of one graph. */
export class Rows {
  /** @param graph whose they are */
  constructor(readonly graph: string) {}

  /** The node of a resource. */
  compute(state: State<Compute>): Row {
    const { data } = state;
    const { operating_system: os, virtualization, evidence, location, tags } = data;
    return this.#row(state, {
      hostname: data.hostname,
      resource_type: data.resource_type,
      status: data.status,
      status_reason: data.status_reason,
      manufacturer: data.manufacturer,
      model: data.model,
      architecture: data.architecture,
      cpu_model: data.cpu_model,
      cpu_cores: data.cpu_cores,
      memory_bytes: data.memory_bytes,
      storage_bytes: data.storage_bytes,
      os_name: os?.name,
      os_version: os?.version,
      os_kernel: os?.kernel,
      virtualization_machine: virtualization?.machine,
      virtualization_container: virtualization?.container,
      serial: evidence?.serial,
      dmi_uuid: evidence?.dmi_uuid,
      cloud_instance_id: evidence?.cloud_instance_id,
      container_id: evidence?.container_id,
      machine_id: evidence?.machine_id,
      site: location?.site,
      room: location?.room,
      rack: location?.rack,
      position: location?.position,
      owner: data.owner,
      tags: tags && Object.entries(tags).map(([name, value]) => `${name}=${value}`).sort(),
      prefixes: prefixesOf(data),
      state: JSON.stringify(data),
    });
  }

  /** The nodes of a resource's interfaces. */
  interfaces(compute: string, { interfaces }: Compute): Row[] {
    return interfaces.map(({ name, ...link }) => {
      const id = interfaceId(compute, name);
      const properties = { graph: this.graph, id, compute_id: compute, name, ...link };
      return { id, compute, properties: values(properties) };
    });
  }

  /** Where each address of a resource lies. */
  addresses(compute: string, { interfaces }: Compute): Row[] {
    return interfaces.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({
        id: interfaceId(compute, name),
        compute,
        cidr: networkOf(address),
        properties: { address },
      }))
    );
  }

  /** A resource's routing table. */
  routes(compute: string, { routes = [] }: Compute): Row[] {
    return routes.map(({ destination, gateway, interface: link, metric }, place) => {
      const id = `${compute}/${place}`;
      const properties = values({ id, destination, via: gateway, interface: link, metric });
      return { id, compute, cidr: destination, prefix: `prefix:${destination}`, properties };
    });
  }

  /** The node of a network. */
  network(state: State<EventData["NetworkDefined"]>): Row {
    const { scope, findings: _, ...facts } = state.data;
    const row = this.#row(state, { ...facts, scope_compute_id: scope });
    return scope === undefined ? row : { ...row, scope };
  }

  /** The node of a piece of software. */
  software(state: State<EventData["SoftwareConfigured"]>): Row {
    const { compute, listening, configuration, ...facts } = state.data;
    const row = this.#row(state, {
      ...facts,
      compute_id: compute,
      listening: listening?.map(({ transport, address, port }) =>
        `${transport} ${address} ${port}`
      ),
      configuration: configuration && JSON.stringify(configuration),
    });
    return { ...row, compute };
  }

  /** The node of a policy. */
  policy(state: State<EventData["PolicySet"]>): Row {
    const { for: alert_after, ...facts } = state.data;
    return this.#row(state, { ...facts, alert_after, not_judged: notJudged(facts.selector) });
  }

  /** A connection, to a resource or to an address. */
  connection(state: State<EventData["ConnectionEstablished"]>): Row {
    const { from, to, findings: _, ...facts } = state.data;
    const row = this.#row(state, {
      ...facts,
      from_interface: from.interface,
      ...("compute" in to
        ? { to_interface: to.interface }
        : { to_port: to.port, to_mac_address: to.mac_address }),
    });
    const ends = "compute" in to
      ? { from: from.compute, to: to.compute }
      : { from: from.compute, to: `address:${to.address}`, address: to.address };
    return { ...row, ...ends };
  }

  #row(
    { id, sequence, first_seen_at, changed_at }: State<unknown>,
    facts: Record<string, unknown>,
  ): Row {
    const { graph } = this;
    return { id, properties: values({ graph, id, sequence, first_seen_at, changed_at, ...facts }) };
  }
}

function interfaceId(compute: string, name: string): string {
  return `${compute}/${name}`;
}

/** The prefixes that networks may have which a resource is in, or has routes to. */
function prefixesOf({ interfaces, routes = [] }: Compute): string[] {
  const prefixes = [
    ...interfaces.flatMap(({ addresses }) => addresses.map(networkOf)),
    ...routes.map(({ destination }) => destination),
  ];
  return [...new Set(prefixes)].sort();
}

/** What is there of some facts, as a property can have it. */
function values(facts: Record<string, unknown>): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    found[name] = typeof value === "number" ? BigInt(value) : value as Value;
  }
  return found;
}

/** A moment of RFC 3339 in UTC with microseconds, so that texts are in the order of time. */
export function moment(text: string): string {
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? "";
  return `${text.slice(0, 19)}.${fraction.padEnd(6, "0").slice(0, 6)}Z`;
}
