/** Layer 3: how a packet gets from one resource to an address, by the routing tables on its way. */
import ipaddr from "ipaddr.js";
import type { TopologyFacts } from "./facts.ts";

/** A packet is not sent on more often (the usual time to live, RFC 1700). */
const MOST_HOPS = 64;

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

type Address = ipaddr.IPv4 | ipaddr.IPv6;
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
  readonly #owners = new Map<string, string[]>();
  readonly #own = new Map<string, Set<string>>();
  readonly #facts: TopologyFacts;
  readonly #tables = new Map<string, Line[]>();
  #linesOf: Map<string, Line[]> | undefined;

  constructor(facts: TopologyFacts) {
    this.#facts = facts;
    for (const { resource, address } of facts.addresses) {
      const own = this.#own.get(resource) ?? new Set();
      this.#own.set(resource, own.add(address));
      const owners = this.#owners.get(address) ?? [];
      if (!owners.includes(resource)) this.#owners.set(address, [...owners, resource]);
    }
  }

  /** The way of a packet from a resource to an address. */
  way(from: string, to: string): RoutedWay {
    const destination = ipaddr.parse(to);
    const text = destination.toString();
    const hops: Hop[] = [];
    const seen = new Set<string>();
    let at = from;
    while (hops.length < MOST_HOPS) {
      if (this.#own.get(at)?.has(text)) {
        hops.push({
          resource: at,
          prefix: null,
          gateway: null,
          interface: null,
          metric: null,
          alike: 0,
        });
        return { hops, end: "arrived", next: null };
      }
      const { best, alike } = this.#lookUp(at, destination);
      hops.push({
        resource: at,
        prefix: best?.prefix ?? null,
        gateway: best?.gateway ?? null,
        interface: best?.interface ?? null,
        metric: best ? best.metric : null,
        alike,
      });
      if (!best) return { hops, end: "no_route", next: null };
      const next = best.gateway ?? text;
      const owners = this.#nextOf(at, next);
      if (owners.length !== 1) {
        return { hops, end: owners.length === 0 ? "unknown_next" : "ambiguous_next", next };
      }
      seen.add(at);
      at = owners[0]!;
      if (seen.has(at)) return { hops, end: "loop", next };
    }
    return { hops, end: "loop", next: null };
  }

  /** Who has an address, but for whoever asks: a resource hands nothing to itself. */
  #nextOf(asker: string, address: string): string[] {
    return (this.#owners.get(address) ?? []).filter((owner) => owner !== asker);
  }

  /** Longest prefix first (RFC 1812, 5.2.4.3), then the lowest metric, then the first of the table. */
  #lookUp(resource: string, address: Address): { best: Line | undefined; alike: number } {
    const bits = address.toByteArray();
    const fitting = this.#tableOf(resource).filter((line) => fits(line, bits));
    const [best] = fitting;
    if (!best) return { best, alike: 0 };
    const alike = fitting.filter(({ length, metric, gateway }) =>
      length === best.length && metric === best.metric && gateway !== best.gateway
    );
    return { best, alike: alike.length };
  }

  /** Its table, the best lines first; what its own addresses say is on the link is in it, as kernels put it there. */
  #tableOf(resource: string): Line[] {
    const known = this.#tables.get(resource);
    if (known) return known;
    this.#linesOf ??= allLines(this.#facts);
    const table = (this.#linesOf.get(resource) ?? [])
      .sort((a, b) => b.length - a.length || a.metric - b.metric);
    this.#tables.set(resource, table);
    return table;
  }
}

function allLines({ addresses, routes }: TopologyFacts): Map<string, Line[]> {
  const all = new Map<string, Line[]>();
  const add = (resource: string, line: Line) => {
    const lines = all.get(resource);
    if (lines) lines.push(line);
    else all.set(resource, [line]);
  };
  for (const { resource, destination, gateway, interface: name, metric } of routes) {
    if (!ipaddr.isValidCIDR(destination)) continue;
    const [base, length] = ipaddr.parseCIDR(destination);
    const bits = base.toByteArray();
    add(resource, {
      prefix: destination,
      bits,
      length,
      gateway: gateway !== null && ipaddr.isValid(gateway)
        ? ipaddr.parse(gateway).toString()
        : null,
      interface: name,
      metric: metric ?? 0,
    });
  }
  for (const { resource, address, interface: name, prefix_length: length } of addresses) {
    const bits = ipaddr.parse(address).toByteArray();
    const isSaid = all.get(resource)?.some((line) =>
      line.length === length && line.bits.length === bits.length && fits(line, bits)
    );
    if (isSaid) continue;
    add(resource, {
      prefix: `${address}/${length}`,
      bits,
      length,
      gateway: null,
      interface: name,
      metric: 0,
    });
  }
  return all;
}

/** Whether an address lies in the prefix of a line. */
function fits({ bits, length }: Line, address: readonly number[]): boolean {
  if (bits.length !== address.length) return false;
  const whole = length >> 3;
  for (let at = 0; at < whole; at++) if (bits[at] !== address[at]) return false;
  const rest = length & 7;
  return rest === 0 || (bits[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}
