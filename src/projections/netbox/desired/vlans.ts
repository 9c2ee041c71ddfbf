/** VLANs: of the networks that say theirs, and of the interfaces that are in one. */
import type { Compute, Estate } from "./estate.ts";
import type { Network, Networks } from "./networks.ts";
import type { DesiredObjects } from "./objects.ts";
import type { Places } from "./places.ts";
import { cut, MOST } from "./text.ts";
import type { Fields } from "../objects.ts";

/**
 * The VLANs. Their numbers mean something in one site: a network's VLAN is of the network's site, and of none if it is in
 * several; an interface's is that of its site, or else the one of none, for NetBox allows it these two.
 */
export class Vlans {
  constructor(
    estate: Estate,
    private readonly networks: Networks,
    private readonly places: Places,
    private readonly objects: DesiredObjects,
  ) {
    const names = new Map<string, { site: string | undefined; id: number; name: string }>();
    const inOrder = [...networks].sort((a, b) => rank(a) < rank(b) ? -1 : 1);
    for (const one of inOrder) {
      const { vlan_id: id, name } = one.state;
      if (id === undefined) continue;
      const site = networks.siteOf(one);
      const key = vlanKey(site, id);
      if (!names.has(key)) names.set(key, { site, id, name });
    }
    for (const one of estate.computes) {
      const site = places.siteOf(one);
      for (const { vlan_id: id } of one.state.interfaces) {
        if (id === undefined || names.has(vlanKey(undefined, id))) continue;
        const key = vlanKey(site, id);
        if (!names.has(key)) names.set(key, { site, id, name: `VLAN ${id}` });
      }
    }
    for (const [key, { site, id, name: given }] of names) {
      const name = cut(given, MOST.own);
      const fields = {
        vid: id,
        status: "active",
        ...(site === undefined ? {} : { site: { ref: site } }),
      };
      objects.addNamed({ kind: "vlan", key, title: `${name} (${id})`, fields }, name, MOST.own);
    }
  }

  /** The VLAN of a network's prefix. */
  ofNetwork(network: Network): Fields {
    const { vlan_id: id } = network.state;
    const key = id === undefined ? undefined : vlanKey(this.networks.siteOf(network), id);
    return key !== undefined && this.objects.has(key) ? { vlan: { ref: key } } : {};
  }

  /** The mode and VLAN of an interface. */
  ofInterface(compute: Compute, id: number | undefined): Fields {
    if (id === undefined) return {};
    const key = [vlanKey(this.places.siteOf(compute), id), vlanKey(undefined, id)]
      .find((one) => this.objects.has(one));
    return key === undefined ? {} : { mode: "access", untagged_vlan: { ref: key } };
  }
}

function vlanKey(site: string | undefined, id: number): string {
  return `vlan:${site?.slice("site:".length) ?? ""}/${id}`;
}

/** IPv4 before IPv6, and then by name: of the networks of one VLAN the first gives it its name. */
function rank({ id, state: { cidr, name } }: Network): string {
  return `${cidr.includes(":") ? 6 : 4} ${name} ${id}`;
}
