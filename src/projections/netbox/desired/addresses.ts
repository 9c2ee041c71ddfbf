/** IP addresses, and which of them a device or virtual machine is reached at. */
import ipaddr from "ipaddr.js";
import type { ComputeState } from "../../../domain/compute_schema.ts";
import type { InfrastructureEvent } from "../../../domain/event.ts";
import { byCodeUnit, networkOf } from "../../../domain/values.ts";
import { type Compute, type Estate, isVirtual } from "./estate.ts";
import { interfaceKey } from "./interfaces.ts";
import { isLocal, type Networks } from "./networks.ts";
import type { DesiredObjects } from "./objects.ts";
import { cut, MOST } from "./text.ts";

/** The key of an address of a resource, given with or without its prefix. */
export function addressKey(compute: string, address: string): string {
  return `${compute}/address/${address.replace(/\/.*/, "")}`;
}

/** @throws {Error} where an event has an address that is none: the schema only says that it is a text */
export function requireAddresses({ data }: InfrastructureEvent): void {
  if (!("interfaces" in data)) return;
  for (const { addresses } of data.interfaces ?? []) {
    for (const address of addresses) if (!isLocal(address)) networkOf(address);
  }
}

/**
 * Adds the addresses, each with the prefix and VRF of the network that it lies in, and says which are primary. NetBox has
 * an address once in a VRF: the first resource that has it, by id, keeps it.
 */
export function addAddresses(estate: Estate, networks: Networks, objects: DesiredObjects): void {
  const taken = new Map<string, string>();
  for (const one of estate.computes) {
    const own = one.state.interfaces.flatMap((link) =>
      link.addresses.filter((address) => !isLocal(address)).map((address) => ({
        link: link.name,
        address,
      }))
    );
    const added = own.filter(({ link, address }) =>
      addAddress(one, link, address, networks, objects, taken)
    );
    for (const family of [4, 6] as const) {
      const ofFamily = added.filter(({ address }) => address.includes(":") === (family === 6));
      const first = ofFamily.map((each) => ({ ...each, rank: rankOf(one, each, networks) }))
        .sort((a, b) => byRank(a.rank, b.rank))[0];
      if (!first) continue;
      objects.addLater(one.id, {
        [`primary_ip${family}`]: { ref: addressKey(one.id, first.address) },
      });
    }
  }
}

function addAddress(
  compute: Compute,
  link: string,
  address: string,
  networks: Networks,
  objects: DesiredObjects,
  taken: Map<string, string>,
): boolean {
  const { id, state } = compute;
  const key = addressKey(id, address);
  const title = cut(`${address} (${state.hostname} ${link})`, MOST.description);
  const desired = { kind: "ip_address", key, title } as const;
  const on = interfaceKey(id, link);
  if (!objects.has(on)) return false;
  const wrong = unassignable(address);
  if (wrong !== undefined) return objects.refuse(desired, wrong);
  const vrf = networks.vrfOf(networks.of(compute, address));
  const place = `${JSON.stringify(vrf)} ${address.replace(/\/.*/, "")}`;
  const other = taken.get(place) ?? (objects.has(key) ? `${state.hostname} itself` : undefined);
  if (other !== undefined) {
    return objects.refuse(
      desired,
      `it is an address of ${other} too, and NetBox has one once in a VRF: where that is meant so, give the networks ` +
        "VRFs of their own",
    );
  }
  const isAdded = objects.add({
    ...desired,
    fields: {
      address,
      status: "active",
      ...vrf,
      assigned_object_type: isVirtual(state) ? "virtualization.vminterface" : "dcim.interface",
      assigned_object_id: { ref: on },
    },
  });
  if (isAdded) taken.set(place, state.hostname);
  return isAdded;
}

/** Why NetBox would not have an address at an interface. */
function unassignable(address: string): string | undefined {
  const length = Number(address.slice(address.indexOf("/") + 1));
  const isSix = address.includes(":");
  if (length === 0) return "its prefix has no bits, and NetBox has no such address";
  if (length >= (isSix ? 127 : 31)) return undefined;
  if (networkOf(address) === address) {
    return "it is the network's own address, which NetBox lets no interface have";
  }
  const isBroadcast = !isSix &&
    `${ipaddr.IPv4.broadcastAddressFromCIDR(address)}` === address.replace(/\/.*/, "");
  return isBroadcast
    ? "it is the network's broadcast address, which NetBox lets no interface have"
    : undefined;
}

type Rank = readonly [
  isOfOneHost: number,
  metric: number,
  isPrivate: number,
  link: string,
  address: string,
];

/**
 * Which address is the primary one: none of a network of one host (docker0) if there is another; then that of the default
 * route of least metric; then a public one before a private one; then by the names of interface and address.
 */
function rankOf(
  one: Compute,
  { link, address }: { link: string; address: string },
  networks: Networks,
): Rank {
  const network = networks.of(one, address);
  const isOwn = network?.state.scope !== undefined && network.state.scope === one.id;
  const range = ipaddr.parse(address.replace(/\/.*/, "")).range();
  return [
    isOwn ? 1 : 0,
    defaultMetric(one.state, link, address),
    range === "unicast" ? 0 : 1,
    link,
    address,
  ];
}

function defaultMetric({ routes = [] }: ComputeState, link: string, address: string): number {
  const all = address.includes(":") ? "::/0" : "0.0.0.0/0";
  const metrics = routes.filter((route) => route.destination === all && route.interface === link)
    .map(({ metric }) => metric ?? 0);
  return Math.min(Infinity, ...metrics);
}

function byRank(a: Rank, b: Rank): number {
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1]) || a[2] - b[2] ||
    byCodeUnit(a[3], b[3]) || byCodeUnit(a[4], b[4]);
}
