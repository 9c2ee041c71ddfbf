/** Devices and virtual machines that are resources of an inventory, each with what is known of it. */
import { hostNameOf } from "../host_names.ts";
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import type { Inventory } from "../../domain/inventory.ts";
import type { NetBoxRow } from "../../projections/netbox/client.ts";
import { markOf } from "../../projections/netbox/row.ts";
import { idIn, type Nested, nested, type NetBoxContent, text } from "./content.ts";
import { Interfaces, portsOf } from "./interfaces.ts";
import { machineFacts, TAGS } from "./machine_facts.ts";
import { machineNames } from "./machine_names.ts";
import { statusOf } from "./resource_types.ts";
import { type NetBoxLeftOut, type NetBoxPlace, OWN, placeOf } from "./told.ts";

/** A device or virtual machine. */
export interface Machine {
  at: NetBoxPlace;
  /** What tells it from all others: `device 7`. */
  key: string;
  /** Its key where it runs on a device. */
  host: string | undefined;
  /** Without its host, which commands name as the log knows it by then. */
  data: RegisterCompute;
  status: ReturnType<typeof statusOf>;
}

/** What there is, and what was written from the log. */
export interface Machines {
  machines: Machine[];
  /** The ids in the log of what was written from there, by their keys. */
  own: ReadonlyMap<string, string>;
}

const KINDS = ["device", "virtual_machine"] as const;

/**
 * Devices before virtual machines. Passed over are those without a name, those without anything that could be reached
 * (patch panels), and those that are on their way out.
 *
 * @param url of the NetBox
 */
export function machinesOf(
  content: NetBoxContent,
  { url, inventory }: { url: string; inventory: Inventory },
  passedOver: NetBoxLeftOut[],
): Machines {
  const own = new Map<string, string>();
  const rows = KINDS.flatMap((kind) =>
    content[kind].flatMap((row) => {
      const at = placeOf(kind, row);
      const key = `${kind} ${row.id}`;
      const id = ownId(row, inventory);
      const why = id === undefined ? unfit(kind, row) : OWN;
      if (id !== undefined) own.set(key, id);
      if (why !== undefined) passedOver.push({ at, why });
      return why === undefined ? [{ kind, row, at, key }] : [];
    })
  );
  const names = machineNames(rows.map(({ row, key }) => ({
    key,
    name: text(row, "name")!,
    site: text(nested(row, "site"), "slug"),
  })));
  const interfaces = new Interfaces(content, passedOver);
  const types = new Map(content.cluster.map((row) => [row.id, nested(row, "type")]));
  const machines = rows.map(({ kind, row, at, key }): Machine => {
    const where = kind === "device" ? "dcim/devices" : "virtualization/virtual-machines";
    const cluster = idIn(row, "cluster");
    const facts = machineFacts(kind, row, {
      address: `${url}/${where}/${row.id}/`,
      clusterType: cluster === undefined ? undefined : types.get(cluster),
    });
    const hostname = names.get(key)!;
    const name = text(row, "name")!;
    if (hostname !== hostNameOf(name, key)) {
      passedOver.push({ at, why: "its name, which others have too: its site is behind it" });
    }
    const tags = { ...facts.tags, ...hostname === name ? {} : { [TAGS.name]: name } };
    const device = kind === "device" ? undefined : idIn(row, "device");
    return {
      at,
      key,
      host: device === undefined ? undefined : `device ${device}`,
      data: { hostname, ...facts, tags, interfaces: interfaces.of(key) },
      status: statusOf(row),
    };
  });
  leaveOutShared(machines, passedOver);
  return { machines, own };
}

/** The id in the log of what was written from there, if the log knows it. */
export function ownId(row: NetBoxRow, inventory: Inventory): string | undefined {
  const { isOurs, key } = markOf(row);
  if (!isOurs || key === undefined) return undefined;
  return inventory.find(key) || inventory.isDecommissioned(key) ? key : undefined;
}

function unfit(kind: "device" | "virtual_machine", row: Nested): string | undefined {
  if (text(row, "name") === undefined) return "it has no name";
  if (statusOf(row) === "decommissioned") return "it is being decommissioned";
  if (kind === "virtual_machine") return undefined;
  const { interfaces, passive } = portsOf(row);
  return passive > 0 && interfaces === 0 ? "it only leads cables through" : undefined;
}

/** What should be one machine's alone, and is several ones', tells none of them from another. */
function leaveOutShared(machines: readonly Machine[], passedOver: NetBoxLeftOut[]): void {
  const serials = new Map<string, number>();
  for (const { data: { evidence } } of machines) {
    const serial = evidence?.serial;
    if (serial !== undefined) serials.set(serial, (serials.get(serial) ?? 0) + 1);
  }
  const places = new Set<string>();
  for (const { at, data } of machines) {
    const serial = data.evidence?.serial;
    if (serial !== undefined && serials.get(serial)! > 1) {
      delete data.evidence;
      passedOver.push({ at, why: "its serial number, which others have too" });
    }
    const { site, rack, position } = data.location ?? {};
    if (position === undefined) continue;
    const place = JSON.stringify([site, rack, position]);
    if (places.size === places.add(place).size) {
      delete data.location!.position;
      passedOver.push({ at, why: "its place in the rack, where another one is as well" });
    }
  }
}
