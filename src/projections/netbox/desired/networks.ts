/** Which network an address lies in, and the VRFs and prefixes of the networks. */
import type { NetworkState } from "../../../domain/network.ts";
import { networkOf } from "../../../domain/values.ts";
import type { Compute, Estate, Known } from "./estate.ts";
import type { DesiredObjects } from "./objects.ts";
import type { Places } from "./places.ts";
import { cut, cutName, line, MOST, slugOf } from "./text.ts";
import type { Fields } from "../objects.ts";

/** A network that NetBox has a prefix for. */
export type Network = Known<NetworkState>;

/** Addresses that mean something on one machine or link only, or none at all. */
const LOCAL = /^(127\.|169\.254\.|fe[89ab][0-9a-f]:|::1?(\/|$)|0\.0\.0\.0)/;

/** Whether NetBox has no business with an address or network: loopback, link-local, unspecified. */
export function isLocal(address: string): boolean {
  return LOCAL.test(address);
}

/** The networks but loopback and link-local ones. */
export class Networks {
  readonly #networks: readonly Network[];
  /** Those of one host by the host and their prefix, all others by their prefix. */
  readonly #scoped = new Map<string, Network>();
  readonly #shared = new Map<string, Network[]>();
  /** What was found for an address of a resource: it is asked for three times. */
  readonly #found = new Map<string, Network | undefined>();
  /** The lengths of prefixes that there are, the longest first. */
  readonly #lengths: { 4: readonly number[]; 6: readonly number[] };
  /** The sites of the members of each network; undefined is a member of no known site. */
  readonly #sites = new Map<string, Set<string | undefined>>();

  constructor(
    private readonly estate: Estate,
    private readonly places: Places,
    private readonly objects: DesiredObjects,
  ) {
    this.#networks = estate.networks.filter(({ state: { kind, cidr, scope } }) =>
      kind !== "loopback" && kind !== "link_local" && (!isLocal(cidr) || cidr.endsWith("/0")) &&
      (scope === undefined || estate.compute(scope)) // the events of its host may be parked
    );
    const lengths = { 4: new Set<number>(), 6: new Set<number>() };
    for (const one of this.#networks) {
      const { cidr, scope } = one.state;
      if (scope !== undefined) this.#scoped.set(`${scope} ${cidr}`, one);
      else {
        const same = this.#shared.get(cidr);
        if (same) same.push(one);
        else this.#shared.set(cidr, [one]);
        lengths[cidr.includes(":") ? 6 : 4].add(lengthOf(cidr));
      }
    }
    const longestFirst = (of: Set<number>) => [...of].sort((a, b) => b - a);
    this.#lengths = { 4: longestFirst(lengths[4]), 6: longestFirst(lengths[6]) };
    for (const one of this.#networks) this.#addVrf(one);
    this.#findSites();
  }

  /**
   * The network that an address of a resource lies in: one of its own, or of what it runs on; else the smallest one that
   * contains it. Of several with one prefix that of the VRF called as the site, else that without a VRF, and else none.
   */
  of(compute: Compute, address: string): Network | undefined {
    const key = `${compute.id} ${address}`;
    if (!this.#found.has(key)) this.#found.set(key, this.#find(compute, address));
    return this.#found.get(key);
  }

  #find(compute: Compute, address: string): Network | undefined {
    const own = networkOf(address);
    for (const { id } of this.#scoped.size > 0 ? this.estate.withHosts(compute) : []) {
      const scoped = this.#scoped.get(`${id} ${own}`);
      if (scoped) return scoped;
    }
    const longest = lengthOf(address);
    for (const length of this.#lengths[address.includes(":") ? 6 : 4]) {
      if (length > longest) continue;
      const cidr = length === longest ? own : networkOf(address.replace(/\/.*/, `/${length}`));
      const same = this.#shared.get(cidr);
      if (same) return this.#pick(same, compute);
    }
    return undefined;
  }

  /** The VRF of what is in a network: of one host's network its own, so that 172.17.0.0/16 may be on every host. */
  vrfOf(network: Network | undefined): Fields {
    const key = network && vrfKey(network);
    return key === undefined ? {} : { vrf: { ref: key } };
  }

  /** The key of the site that a network is in: of its host, or of its members if they all are in one. */
  siteOf({ id, state: { scope } }: Network): string | undefined {
    const host = scope === undefined ? undefined : this.estate.compute(scope);
    if (host) return this.places.isPlaced(host) ? this.places.siteOf(host) : undefined;
    const sites = this.#sites.get(id);
    return sites?.size === 1 ? [...sites][0] : undefined;
  }

  [Symbol.iterator](): Iterator<Network> {
    return this.#networks.values();
  }

  /**
   * Adds the prefixes, when there are VLANs.
   *
   * @param vlanOf says the VLAN of a network
   */
  addPrefixes(vlanOf: (network: Network) => Fields): void {
    const parents = new Set(
      this.#networks.map((one) => placeOf(one, one.state.parent)),
    );
    const taken = new Map<string, string>();
    for (const one of this.#networks) {
      const { id, changed, state: { cidr, name } } = one;
      const desired = { kind: "prefix", key: id, sequence: changed, title: cidr } as const;
      if (lengthOf(cidr) === 0) {
        this.objects.refuse(desired, "it is all addresses, and NetBox has no prefix of length 0");
        continue;
      }
      const place = placeOf(one, cidr);
      const other = taken.get(place);
      if (other !== undefined) {
        const reason = `it is the prefix of ${other} too, in one VRF: give one of them another VRF`;
        this.objects.refuse(desired, reason);
        continue;
      }
      taken.set(place, cut(name, MOST.description));
      const site = this.siteOf(one);
      this.objects.add({
        ...desired,
        assumed: ["description"],
        fields: {
          prefix: cidr,
          status: parents.has(place) ? "container" : "active",
          ...this.vrfOf(one),
          ...vlanOf(one),
          ...(site !== undefined && this.objects.has(site)
            ? { scope_type: "dcim.site", scope_id: { ref: site } }
            : {}),
          ...(line(name) === cidr ? {} : { description: cut(name, MOST.description) }),
        },
      });
    }
  }

  #pick(same: readonly Network[], compute: Compute): Network | undefined {
    if (same.length === 1) return same[0];
    const site = this.places.siteOf(compute);
    return same.find(({ state: { vrf } }) => vrf !== undefined && `site:${slugOf(vrf)}` === site) ??
      same.find(({ state: { vrf } }) => vrf === undefined);
  }

  #addVrf(network: Network): void {
    const key = vrfKey(network);
    if (key === undefined || this.objects.has(key)) return;
    const { vrf, scope } = network.state;
    const host = scope === undefined ? undefined : this.estate.compute(scope);
    if (!host) {
      const name = line(vrf!);
      this.objects.addNamed(
        { kind: "vrf", key, title: cut(name, MOST.other), fields: {} },
        name,
        MOST.other,
      );
      return;
    }
    // Hosts may have one name, and NetBox finds a VRF by its name.
    const mark = this.estate.isNamesake(host) ? ` (${host.id.slice(0, 8)})` : "";
    const name = `${
      cutName(`${host.state.hostname} ${linkOf(network)}`, MOST.other - mark.length)
    }${mark}`;
    const fields = { description: "What is in here is on this host only" };
    this.objects.addNamed({ kind: "vrf", key, title: name, fields }, name, MOST.other);
  }

  #findSites(): void {
    for (const one of this.estate.computes) {
      const site = this.places.isPlaced(one) ? this.places.siteOf(one) : undefined;
      for (const { addresses } of one.state.interfaces) {
        for (const address of addresses) {
          const network = isLocal(address) ? undefined : this.of(one, address);
          if (!network) continue;
          const sites = this.#sites.get(network.id);
          if (sites) sites.add(site);
          else this.#sites.set(network.id, new Set([site]));
        }
      }
    }
  }
}

function lengthOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf("/") + 1));
}

/** The key of a network's VRF; the IPv4 and the IPv6 network of one bridge share one. */
function vrfKey(network: Pick<Network, "state">): string | undefined {
  const { vrf, scope } = network.state;
  if (scope !== undefined) return `${scope}/vrf/${linkOf(network).toLowerCase()}`;
  return vrf === undefined ? undefined : `vrf:${line(vrf).toLowerCase()}`;
}

/** What a network of one host is on: introspection calls it `docker0 172.17.0.0/16`. */
function linkOf({ state: { name, cidr } }: Pick<Network, "state">): string {
  return line(line(name).replace(cidr, "")) || cidr;
}

/** A prefix in the VRF of a network. */
function placeOf(network: Network, cidr: string | undefined): string {
  return `${vrfKey(network)} ${cidr}`;
}
