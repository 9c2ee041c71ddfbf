/** Interfaces with their MAC addresses and addresses. */
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import type { NetBoxRow } from "../../projections/netbox/client.ts";
import {
  amount,
  choice,
  idIn,
  listed,
  type Nested,
  nested,
  type NetBoxContent,
  text,
} from "./content.ts";
import { type NetBoxLeftOut, placeOf } from "./told.ts";

type Interface = RegisterCompute["interfaces"][number];

/** Roles of addresses that move from one machine to another, or are on several. */
const MOVING = new Set(["anycast", "vip", "vrrp", "hsrp", "glbp", "carp"]);
/** Roles and states of addresses that are at their interface. */
const IN_USE = new Set(["active", "dhcp", "slaac"]);
/** The longest text of a MAC address of six bytes. */
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;
const NO_MAC = "00:00:00:00:00:00";

/** The interfaces of devices and virtual machines. */
export class Interfaces {
  readonly #of = new Map<string, Interface[]>();
  readonly #addresses = new Map<string, string[]>();
  /** The machines that have a MAC address. */
  readonly #macs = new Map<string, Set<string>>();

  constructor(
    content: Pick<NetBoxContent, "interface" | "vm_interface" | "ip_address">,
    private readonly passedOver: NetBoxLeftOut[],
  ) {
    for (const row of content.ip_address) this.#addAddress(row);
    for (const row of content.interface) this.#add("device", row);
    for (const row of content.vm_interface) this.#add("virtual_machine", row);
  }

  /** Those of a machine. A MAC address that several machines have tells none from another, and is left out. */
  of(machine: string): Interface[] {
    return (this.#of.get(machine) ?? []).map(({ mac_address, ...link }) =>
      mac_address === undefined || this.#macs.get(mac_address)!.size > 1
        ? link
        : { ...link, mac_address }
    );
  }

  #addAddress(row: NetBoxRow): void {
    const at = placeOf("ip_address", row);
    const [status, role] = [choice(row, "status") ?? "active", choice(row, "role")];
    const on = OWNERS[text(row, "assigned_object_type") ?? ""];
    const address = text(row, "address");
    if (on === undefined || address === undefined) {
      this.passedOver.push({ at, why: "it is at no interface" });
    } else if (!IN_USE.has(status)) {
      this.passedOver.push({ at, why: `it is ${status}, and not in use` });
    } else if (role !== undefined && MOVING.has(role)) {
      this.passedOver.push({ at, why: `it is of the role ${role}, and at no one machine` });
    } else {
      const key = `${on} ${row["assigned_object_id"]}`;
      const own = this.#addresses.get(key);
      if (!own) this.#addresses.set(key, [address]);
      else if (!own.includes(address)) own.push(address);
    }
  }

  #add(kind: "device" | "virtual_machine", row: NetBoxRow): void {
    const [owner, name] = [idIn(row, kind), text(row, "name")];
    if (owner === undefined || name === undefined) return;
    const machine = `${kind} ${owner}`;
    const mac = macOf(row);
    const [mtu, vlan] = [amount(row, "mtu"), vlanOf(row)];
    const speed = kind === "device" ? speedOf(row) : undefined;
    const type = kindOf(row, name);
    const link: Interface = {
      name,
      ...type === undefined ? {} : { kind: type },
      ...mac === undefined ? {} : { mac_address: mac },
      ...mtu !== undefined && mtu >= 68 && mtu <= 65_536 ? { mtu } : {},
      ...speed === undefined ? {} : { speed_bps: speed },
      ...vlan === undefined ? {} : { vlan_id: vlan },
      addresses: this.#addresses.get(`${kind} ${row.id}`) ?? [],
    };
    const own = this.#of.get(machine);
    if (own) own.push(link);
    else this.#of.set(machine, [link]);
    if (mac === undefined) return;
    const machines = this.#macs.get(mac) ?? new Set();
    this.#macs.set(mac, machines.add(machine));
    if (machines.size < 2) return;
    const at = placeOf(kind === "device" ? "interface" : "vm_interface", row);
    this.passedOver.push({ at, why: "its MAC address, which others have too" });
  }
}

const OWNERS: Readonly<Record<string, string>> = {
  "dcim.interface": "device",
  "virtualization.vminterface": "virtual_machine",
};

function macOf(row: Nested): string | undefined {
  const mac = text(row, "mac_address") ?? text(nested(row, "primary_mac_address"), "mac_address");
  const plain = mac?.toLowerCase();
  return plain !== undefined && MAC.test(plain) && plain !== NO_MAC ? plain : undefined;
}

/** The VLAN that an interface is in; a trunk is in several, and its native one says little. */
function vlanOf(row: Nested): number | undefined {
  const mode = choice(row, "mode");
  const vlan = nested(row, "untagged_vlan");
  return vlan && (mode === undefined || mode === "access") ? amount(vlan, "vid") : undefined;
}

/** In bit/s: NetBox has it in kbit/s, or else in the name of the type: `2.5gbase-t`, `100base-tx`. */
function speedOf(row: Nested): number | undefined {
  const said = amount(row, "speed");
  if (said !== undefined && said > 0) return said * 1_000;
  const [, number, giga] = /^(\d+(?:\.\d+)?)(g?)base/.exec(choice(row, "type") ?? "") ?? [];
  return number === undefined ? undefined : Number(number) * (giga ? 1e9 : 1e6);
}

function kindOf(row: Nested, name: string): Interface["kind"] {
  const type = choice(row, "type");
  const parent = text(nested(row, "parent"), "name");
  if (parent !== undefined && name.startsWith(`${parent}.`)) return "vlan";
  if (type === undefined) return undefined;
  if (type === "virtual") return /^lo(opback)?\d*$/i.test(name) ? "loopback" : "virtual";
  if (type === "bridge") return "bridge";
  if (type === "lag") return "bond";
  return /^ieee802\.11|wireless/.test(type) ? "wireless" : "ethernet";
}

/** How many interfaces have something to be told by. */
export function portsOf(row: Nested): { interfaces: number; passive: number } {
  return {
    interfaces: amount(row, "interface_count") ?? 0,
    passive: (amount(row, "front_port_count") ?? 0) + (amount(row, "rear_port_count") ?? 0),
  };
}

/** The slugs and names of an object's tags. */
export function tagsOf(row: Nested): [slug: string, name: string][] {
  return listed(row, "tags").flatMap((tag) => {
    const [slug, name] = [text(tag, "slug"), text(tag, "name")];
    return slug === undefined ? [] : [[slug, name ?? slug]];
  });
}
