/** The networks that this machine's addresses lie in. */
import ipaddr from "ipaddr.js";
import type { DefineNetwork } from "../domain/network.ts";
import { byCodeUnit, networkOf } from "../domain/values.ts";
import type { Link } from "./links.ts";
import { known } from "./known.ts";
import type { RoutingEntry } from "./routes.ts";
import type { Virtualization } from "./virtualization.ts";

/**
 * One network per distinct CIDR, sorted by name. Loopback, link-local and container bridges exist once per host, so
 * their scope is this host: docker0's 172.17.0.0/16 here is not the one next door. An address that is a network of its
 * own (/32, /128) makes none.
 *
 * @param computeId what the networks of this host are scoped to
 */
export function networks(
  links: Link[],
  routes: RoutingEntry[],
  layers: Virtualization,
  computeId: string,
): DefineNetwork[] {
  const found = new Map<string, DefineNetwork>();
  for (const link of links) {
    for (const address of link.addresses) {
      const cidr = networkOf(address);
      if (/^[^:]*\/32$|\/128$/.test(cidr) || found.has(cidr)) continue;
      found.set(cidr, network(link, cidr, routes, layers, computeId));
    }
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.name, b.name));
}

function network(
  link: Link,
  cidr: string,
  routes: RoutingEntry[],
  layers: Virtualization,
  computeId: string,
): DefineNetwork {
  const kind = networkKind(link, cidr, layers);
  const local = kind === "loopback" || kind === "link_local" || kind === "bridge";
  return {
    name: kind === "link_local" ? `link-local ${cidr}` : local ? `${link.name} ${cidr}` : cidr,
    cidr,
    kind,
    ...known({
      vlan_id: link.vlan_id,
      // A link-local router is one of its link, and this network stands for all links of the host.
      gateway: kind === "link_local" ? undefined : gatewayIn(cidr, link.name, routes),
      scope: local ? computeId : undefined,
    }),
  };
}

function networkKind(
  link: Link,
  cidr: string,
  { container }: Virtualization,
): NonNullable<DefineNetwork["kind"]> {
  const range = ipaddr.parseCIDR(cidr)[0].range();
  if (link.kind === "loopback" || range === "loopback") return "loopback";
  if (range === "linkLocal") return "link_local";
  // A bridge with a port that leads out (vmbr0, br0) is a LAN; without one it joins containers or VMs of this host.
  if (link.kind === "bridge") return link.reachesOut ? "lan" : "bridge";
  // Seen from inside, the end of a veth in Docker's or Podman's container is on such a bridge. LXC's is often on a LAN.
  if (link.kind === "veth" && (container === "docker" || container === "podman")) return "bridge";
  return link.kind === "tunnel" ? "tunnel" : "lan";
}

/** The default gateway that lies in a network, the one of least metric. */
function gatewayIn(cidr: string, device: string, routes: RoutingEntry[]): string | undefined {
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  return routes
    .filter(({ destination }) => destination === "0.0.0.0/0" || destination === "::/0")
    .filter((route) => route.interface === device)
    .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
    .map(({ gateway }) => gateway)
    .find((gateway) => {
      if (gateway === undefined) return false;
      const address = ipaddr.parse(gateway);
      return address.kind() === network.kind() && address.match(network, prefix);
    });
}
