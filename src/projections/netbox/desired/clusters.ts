/** Clusters: what runs virtual machines and containers. The log knows hosts, so each host has its own. */
import type { ComputeState } from "../../../domain/compute_schema.ts";
import { type Compute, type Estate, isVirtual } from "./estate.ts";
import type { DesiredObjects } from "./objects.ts";
import type { Places } from "./places.ts";
import { NETBOX_TAGS } from "./tags.ts";
import { cutName, line, MOST, said, slugOf } from "./text.ts";
import type { Fields } from "../objects.ts";

/** What engines call themselves, where that is not what facts call them. */
export const ENGINES: Readonly<Record<string, string>> = {
  amazon: "Amazon EC2",
  docker: "Docker",
  firecracker: "Firecracker",
  google: "Google Compute Engine",
  kubernetes: "Kubernetes",
  kvm: "KVM",
  lxc: "LXC",
  microsoft: "Hyper-V",
  openvz: "OpenVZ",
  oracle: "VirtualBox",
  parallels: "Parallels",
  podman: "Podman",
  qemu: "QEMU",
  vmware: "VMware",
  xen: "Xen",
};

interface Cluster {
  key: string;
  /** The key of its type. */
  type: string;
  /** Of what it is the cluster, or what people call it. */
  name: string;
  isNamed: boolean;
  /** The key of the site. */
  site: string;
  host: string | undefined;
}

/** The clusters of the guests that there are. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  /** The cluster that a host is a device of. */
  readonly #ofHost = new Map<string, string>();
  /** The clusters of virtual machines. */
  readonly #runsMachines = new Set<string>();

  constructor(
    private readonly estate: Estate,
    private readonly places: Places,
    private readonly objects: DesiredObjects,
  ) {
    const types = new Map<string, string>();
    for (const one of estate.computes) {
      if (!isVirtual(one.state) || this.#isInNone(one)) continue;
      const engine = cutName(engineOf(one.state), MOST.other);
      const type = `cluster_type:${slugOf(engineOf(one.state))}`;
      const known = types.get(type);
      if (known === undefined || engine < known) types.set(type, engine);
      const cluster = this.#describe(one, type);
      this.#clusters.set(cluster.key, cluster);
      this.#join(one, cluster);
    }
    for (const [key, name] of types) {
      const fields = { slug: key.slice("cluster_type:".length) };
      objects.addNamed({ kind: "cluster_type", key, title: name, fields }, name, MOST.other);
    }
    this.#addClusters(types);
  }

  /** The cluster that a virtual machine or container is in, and what it runs on if that is a device of the cluster. */
  fieldsOf(guest: Compute): { fields: Fields; later: Fields } {
    if (this.#isInNone(guest)) {
      return { fields: { site: { ref: this.places.siteOf(guest) } }, later: {} };
    }
    const { key, site } = this.#describe(guest, `cluster_type:${slugOf(engineOf(guest.state))}`);
    const host = this.estate.host(guest);
    const isDevice = host && !isVirtual(host.state) && this.#ofHost.get(host.id) === key;
    return {
      // NetBox would leave it in the site that it was in before.
      fields: { site: { ref: site }, cluster: { ref: key } },
      later: isDevice ? { device: { ref: host.id } } : {},
    };
  }

  /** The cluster that a device is a host of: one, for NetBox has no more, and that of virtual machines before others. */
  fieldsOfHost({ id }: Compute): Fields {
    const key = this.#ofHost.get(id);
    return key !== undefined && this.objects.has(key) ? { cluster: { ref: key } } : {};
  }

  /** What came from a NetBox, where it has a site and no cluster, stays so until it is known what it runs on. */
  #isInNone(guest: Compute): boolean {
    const { tags } = guest.state;
    const isImported = tags?.[NETBOX_TAGS.address] !== undefined;
    return isImported && tags[NETBOX_TAGS.cluster] === undefined &&
      this.estate.host(guest) === undefined;
  }

  #describe(guest: Compute, type: string): Cluster {
    const host = this.estate.host(guest);
    const site = this.places.siteOf(host ?? guest);
    const named = said(guest.state.tags?.[NETBOX_TAGS.cluster]);
    const of = named === undefined
      ? host?.id ?? site.slice("site:".length)
      : `${site}/${slugOf(named)}`;
    return {
      key: `cluster:${of}/${type.slice("cluster_type:".length)}`,
      type,
      name: named ?? host?.state.hostname ?? this.places.siteNameOf(guest),
      isNamed: named !== undefined,
      site,
      host: host?.id,
    };
  }

  #join({ state }: Compute, { key, host }: Cluster): void {
    if (host === undefined) return;
    const known = this.#ofHost.get(host);
    const rank = (one: string) => `${this.#runsMachines.has(one) ? 0 : 1} ${one}`;
    if (state.resource_type !== "container") this.#runsMachines.add(key);
    if (known === undefined || rank(key) < rank(known)) this.#ofHost.set(host, key);
  }

  /** Names are there once in a site: of two hosts of one name the second one's cluster says its id as well. */
  #addClusters(types: ReadonlyMap<string, string>): void {
    const taken = new Set<string>();
    const clusters = [...this.#clusters.values()].sort((a, b) => a.key < b.key ? -1 : 1);
    for (const { key, type, name: given, isNamed, site, host } of clusters) {
      const full = isNamed ? given : `${line(given)} ${types.get(type)}`;
      const place = (name: string) => `${site} ${name.toLowerCase()}`;
      let name = cutName(full, MOST.other);
      if (taken.has(place(name))) {
        const mark = ` (${host?.slice(0, 8) ?? slugOf(full).slice(-8)})`;
        name = `${cutName(full, MOST.other - mark.length)}${mark}`;
      }
      taken.add(place(name));
      const fields = {
        type: { ref: type },
        scope_type: "dcim.site",
        scope_id: { ref: site },
      };
      this.objects.addNamed({ kind: "cluster", key, title: name, fields }, name, MOST.other);
    }
  }
}

function engineOf({ resource_type, virtualization }: ComputeState): string {
  const isContainer = resource_type === "container";
  const engine = said(isContainer ? virtualization?.container : virtualization?.machine);
  if (engine === undefined) {
    return isContainer ? "Containers" : "Virtual machines";
  }
  return Object.hasOwn(ENGINES, engine) ? ENGINES[engine]! : engine;
}
