/** Interfaces with their MAC addresses. */
import type { ComputeState } from "../../../domain/compute_schema.ts";
import { type Compute, type Estate, isVirtual } from "./estate.ts";
import { isLocal } from "./networks.ts";
import type { DesiredObjects } from "./objects.ts";
import { cut, line, MOST } from "./text.ts";
import type { Vlans } from "./vlans.ts";
import type { Fields } from "../objects.ts";

type Interface = ComputeState["interfaces"][number];

const NO_MAC = "00:00:00:00:00:00";
/** NetBox's largest speed before 4.5.9, in kbit/s. */
const MOST_SPEED = 2 ** 31 - 1;
const GIGABIT = 1_000_000_000;

/** The types of hardware ports by their speed in bit/s: sockets where a speed has one that is usual, copper below. */
const PORTS: ReadonlyMap<number, string> = new Map([
  [0.1 * GIGABIT, "100base-tx"],
  [GIGABIT, "1000base-t"],
  [2.5 * GIGABIT, "2.5gbase-t"],
  [5 * GIGABIT, "5gbase-t"],
  [10 * GIGABIT, "10gbase-x-sfpp"],
  [25 * GIGABIT, "25gbase-x-sfp28"],
  [40 * GIGABIT, "40gbase-x-qsfpp"],
  [50 * GIGABIT, "50gbase-x-sfp28"],
  [100 * GIGABIT, "100gbase-x-qsfp28"],
  [200 * GIGABIT, "200gbase-x-qsfp56"],
  [400 * GIGABIT, "400gbase-x-qsfpdd"],
  [800 * GIGABIT, "800gbase-x-qsfpdd"],
]);

/** Which generation of Wi-Fi an interface speaks the log does not know. */
const OTHERS: Readonly<Partial<Record<NonNullable<Interface["kind"]>, string>>> = {
  wireless: "other-wireless",
  bridge: "bridge",
  bond: "lag",
};

/** NetBox's type of an interface; of hardware without a known speed `other`. */
export function interfaceType({ kind, speed_bps }: Pick<Interface, "kind" | "speed_bps">): string {
  if (kind !== undefined && kind !== "ethernet") return OTHERS[kind] ?? "virtual";
  return PORTS.get(speed_bps ?? 0) ?? "other";
}

/** The key of an interface. */
export function interfaceKey(compute: string, name: string): string {
  return `${compute}/interface/${line(name)}`;
}

/**
 * Adds the interfaces. Loopbacks and veths without an address that NetBox has are left out: every host has the same
 * loopback, and the host's end of a container's veth has another name each time that the container starts.
 */
export function addInterfaces(estate: Estate, vlans: Vlans, objects: DesiredObjects): void {
  for (const one of estate.computes) {
    if (!objects.has(one.id)) continue;
    for (const link of one.state.interfaces) {
      const isPassing = link.kind === "loopback" || link.kind === "veth";
      if (isPassing && link.addresses.every(isLocal)) continue;
      addInterface(one, link, vlans, objects);
    }
  }
}

function addInterface(one: Compute, link: Interface, vlans: Vlans, objects: DesiredObjects): void {
  const { id, state } = one;
  const name = line(link.name);
  const key = interfaceKey(id, name);
  const title = cut(`${state.hostname} ${name}`, MOST.description);
  const virtual = isVirtual(state);
  const kind = virtual ? "vm_interface" : "interface";
  // The log knows speeds, and of sockets nothing.
  const assumed = virtual ? {} : { assumed: ["type"] };
  const desired = { kind, key, title, ...assumed } as const;
  if (objects.has(key)) {
    objects.refuse(
      desired,
      "two of its interfaces have one name but for white space: NetBox has the first",
    );
    return;
  }
  const fields: Fields = {
    ...(virtual ? { virtual_machine: { ref: id } } : {
      device: { ref: id },
      type: interfaceType(link),
      ...speedOf(link),
    }),
    ...(link.mtu === undefined ? {} : { mtu: link.mtu }),
    ...vlans.ofInterface(one, link.vlan_id),
  };
  if (!objects.addNamed({ ...desired, fields }, name, MOST.own)) return;
  const below = link.kind === "vlan" ? interfaceKey(id, name.replace(/\.[^.]*$/, "")) : key;
  if (below !== key) objects.addLater(key, { parent: { ref: below } });
  if (link.mac_address === undefined || link.mac_address === NO_MAC) return;
  const mac = `${id}/mac/${name}`;
  objects.add({
    kind: "mac_address",
    key: mac,
    title: `${link.mac_address} (${title})`,
    fields: {
      mac_address: link.mac_address.toUpperCase(),
      assigned_object_type: virtual ? "virtualization.vminterface" : "dcim.interface",
      assigned_object_id: { ref: key },
    },
  });
  objects.addLater(key, { primary_mac_address: { ref: mac } });
}

function speedOf({ speed_bps }: Interface): Fields {
  const speed = Math.round((speed_bps ?? 0) / 1_000);
  return speed > 0 && speed <= MOST_SPEED ? { speed } : {};
}
