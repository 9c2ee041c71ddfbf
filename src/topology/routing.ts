/** Layer 3: how a packet gets from one resource to an address, by the routing tables on its way. */
import ipaddr from "ipaddr.js";
import type { TopologyAddress, TopologyFacts, TopologyRoute } from "./facts.ts";

/** One resource on the way, and what it does with the packet. */
export interface Hop {
  /** Its id. */
  resource: string;
  /** The prefix that it follows; null where the packet has arrived, or none fits. */
  prefix: string | null;
  /** By which gateway; null where the destination is on the link. */
  gateway: string | null;
  interface: string | null;
  metric: number | null;
  /** How many other lines of its table are as good. */
  alike: number;
}

/** How it ends. */
export type RouteEnd =
  | "arrived"
  /** The last one has no line in its table that fits. */
  | "no_route"
  /** The last one hands it to an address of which no resource is known. */
  | "unknown_next"
  /** The last one hands it to an address that several resources have. */
  | "ambiguous_next"
  /** It comes back to where it was. */
  | "loop";

/** The way of a packet. */
export interface RoutedWay {
  hops: Hop[];
  end: RouteEnd;
  /** The address that the last one hands it to, unless it has arrived or has no route. */
  next: string | null;
}

interface Line {
  prefix: string;
  bits: number[];
  length: number;
  gateway: string | null;
  interface: string | null;
  metric: number;
}

/** The routing tables of all resources, and who has which address. */
export class Routing {
  readonly #owners = new Map<string, Set<string>>();
  readonly #hosts: Map<string, string | null>;
  readonly #addresses: Map<string, TopologyAddress[]>;
  readonly #routes: Map<string, TopologyRoute[]>;

  constructor(facts: TopologyFacts) {
    this.#hosts = new Map(facts.resources.map(({ id, host }) => [id, host]));
    this.#addresses = Map.groupBy(facts.addresses, ({ resource }) => resource);
    this.#routes = Map.groupBy(facts.routes, ({ resource }) => resource);
    for (const { resource, address: said } of facts.addresses) {
      const address = uniform(said);
      if (address === undefined) continue;
      const owners = this.#owners.get(address) ?? new Set();
      this.#owners.set(address, owners.add(resource));
    }
  }

  /** The way of a packet from a resource to an address, which is one. */
  way(from: string, to: string): RoutedWay {
    const destination = ipaddr.parse(to);
    const text = destination.toString();
    const bits = destination.toByteArray();
    const hops: Hop[] = [];
    const seen = new Set<string>();
    for (let at = from;;) {
      seen.add(at);
      if (this.#owners.get(text)?.has(at)) {
        hops.push(hopOf(at, undefined, 0));
        return { hops, end: "arrived", next: null };
      }
      const { best, alike } = this.#lookUp(at, bits);
      hops.push(hopOf(at, best, alike));
      if (!best) return { hops, end: "no_route", next: null };
      const next = best.gateway ?? text;
      const [owner, ...others] = this.#nextOf(at, next);
      if (owner === undefined) return { hops, end: "unknown_next", next };
      if (others.length > 0) return { hops, end: "ambiguous_next", next };
      if (seen.has(owner)) return { hops, end: "loop", next };
      at = owner;
    }
  }

  /**
   * Who has an address, but for whoever asks: a resource hands nothing to itself. Of several those on the same machine,
   * where there are any: the bridges of containers have the same addresses everywhere.
   */
  #nextOf(asker: string, address: string): string[] {
    const owners = [...this.#owners.get(address) ?? []].filter((owner) => owner !== asker);
    if (owners.length < 2) return owners;
    const machine = this.#machineOf(asker);
    const near = owners.filter((owner) => this.#machineOf(owner) === machine);
    return near.length > 0 ? near : owners;
  }

  /** What a resource runs on in the end. */
  #machineOf(resource: string): string {
    const seen = new Set([resource]);
    let machine = resource;
    for (let host; (host = this.#hosts.get(machine)) && !seen.has(host); machine = host) {
      seen.add(host);
    }
    return machine;
  }

  /** Longest prefix first (RFC 1812, 5.2.4.3), then the lowest metric, then the first of the facts. */
  #lookUp(resource: string, address: readonly number[]): { best: Line | undefined; alike: number } {
    const [best, ...others] = this.#tableOf(resource).filter((line) => fits(line, address))
      .sort((a, b) => b.length - a.length || a.metric - b.metric);
    const alike = best
      ? others.filter((line) =>
        line.length === best.length && line.metric === best.metric &&
        (line.gateway !== best.gateway || line.interface !== best.interface)
      )
      : [];
    return { best, alike: alike.length };
  }

  /** Its table; what its own addresses say is on the link is in it, as kernels put it there. */
  #tableOf(resource: string): Line[] {
    const table: Line[] = [];
    for (const one of this.#routes.get(resource) ?? []) {
      const line = lineOf(one.destination, one.interface, one.metric ?? 0);
      if (!line) continue;
      const gateway = one.gateway === null ? null : uniform(one.gateway) ?? one.gateway;
      table.push({ ...line, gateway });
    }
    const said = new Set(table.map(({ prefix }) => prefix));
    for (const one of this.#addresses.get(resource) ?? []) {
      const line = lineOf(`${one.address}/${one.prefix_length}`, one.interface, 0);
      if (line && !said.has(line.prefix)) table.push(line);
    }
    return table;
  }
}

/** An address as all its spellings are written here; undefined where it is none. */
export function uniform(address: string): string | undefined {
  try {
    return ipaddr.parse(address).toString();
  } catch {
    return undefined; // it says why, which nobody asked
  }
}

function hopOf(resource: string, line: Line | undefined, alike: number): Hop {
  const { prefix = null, gateway = null, interface: name = null, metric = null } = line ?? {};
  return { resource, prefix, gateway, interface: name, metric, alike };
}

/** A line that leads onto the link; undefined where that is no prefix. */
function lineOf(cidr: string, name: string | null, metric: number): Line | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined;
  const [address, length] = ipaddr.parseCIDR(cidr);
  const family = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  const network = family.networkAddressFromCIDR(cidr);
  const prefix = `${network}/${length}`;
  return { prefix, bits: network.toByteArray(), length, gateway: null, interface: name, metric };
}

/** Whether an address lies in the prefix of a line. */
function fits({ bits, length }: Line, address: readonly number[]): boolean {
  if (bits.length !== address.length) return false;
  const whole = length >> 3;
  for (let at = 0; at < whole; at++) if (bits[at] !== address[at]) return false;
  const rest = length & 7;
  return rest === 0 || (bits[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}
