/** Prefixes → networks. */
import type { DefineNetwork } from "../../domain/network.ts";
import { aggregateIdOf } from "../../domain/aggregate_id.ts";
import type { Inventory } from "../../domain/inventory.ts";
import { Refusal } from "../../domain/refusal.ts";
import { networkCidr, networkOf } from "../../domain/values.ts";
import { amount, choice, type Nested, nested, type NetBoxContent, text } from "./content.ts";
import { ownId } from "./machines.ts";
import { type NetBoxCommand, type NetBoxLeftOut, OWN, placeOf } from "./told.ts";

/**
 * A network for each prefix that is in use, the widest first. It is called as its VLAN, or else as its description says; a
 * known one keeps its name where NetBox has none. Its parent is the smallest container around it in its VRF.
 */
export function networkCommands(
  { prefix: rows }: Pick<NetBoxContent, "prefix">,
  inventory: Inventory,
  passedOver: NetBoxLeftOut[],
): NetBoxCommand[] {
  const vrfs = vrfNames(rows);
  const seen = new Set<string>();
  const containers = new Set<string>();
  const commands: (NetBoxCommand & { command: "DefineNetwork" })[] = [];
  for (const row of rows) {
    const at = placeOf("prefix", row);
    const leaveOut = (why: string) => passedOver.push({ at, why });
    const cidr = cidrOf(text(row, "prefix") ?? "");
    const vrf = vrfs.get(Number(nested(row, "vrf")?.["id"]));
    const status = choice(row, "status") ?? "active";
    const place = JSON.stringify([vrf, cidr]);
    if (cidr !== undefined && status === "container") containers.add(place);
    if (ownId(row, inventory) !== undefined) leaveOut(OWN);
    else if (cidr === undefined) leaveOut("it is no network");
    else if (status === "reserved" || status === "deprecated") {
      leaveOut(`it is ${status}, and not in use`);
    } else if (seen.size === seen.add(place).size) {
      leaveOut("it is there twice in one VRF");
    } else {
      const vlan = nested(row, "vlan");
      const data = { name: nameOf(row, vlan, cidr, vrf, inventory), cidr };
      const id = vlan && amount(vlan, "vid");
      const more = { ...vrf === undefined ? {} : { vrf }, ...id ? { vlan_id: id } : {} };
      commands.push({ command: "DefineNetwork", data: { ...data, ...more }, at });
    }
  }
  for (const { data } of commands) {
    const parent = parentOf(data, containers);
    if (parent !== undefined) data.parent = parent;
  }
  return commands.sort((a, b) => lengthOf(a.data.cidr) - lengthOf(b.data.cidr));
}

/** What a VRF is called; of several with one name its route distinguisher, or its number, tells which. */
function vrfNames(rows: readonly Nested[]): Map<number, string> {
  const vrfs = new Map<number, Nested>();
  for (const row of rows) {
    const vrf = nested(row, "vrf");
    if (vrf) vrfs.set(Number(vrf["id"]), vrf);
  }
  const counts = new Map<string, number>();
  for (const vrf of vrfs.values()) {
    const name = text(vrf, "name") ?? "";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map([...vrfs].map(([id, vrf]) => {
    const name = text(vrf, "name") ?? `VRF ${id}`;
    return [id, (counts.get(name) ?? 0) > 1 ? `${name} (${text(vrf, "rd") ?? id})` : name];
  }));
}

function nameOf(
  row: Nested,
  vlan: Nested | undefined,
  cidr: string,
  vrf: string | undefined,
  inventory: Inventory,
): string {
  const id = aggregateIdOf("network", vrf, cidr, undefined);
  return text(vlan, "name") ?? text(row, "description") ??
    inventory.get("network", id)?.state.name ?? cidr;
}

function parentOf({ cidr, vrf }: DefineNetwork, containers: ReadonlySet<string>) {
  if (containers.size === 0) return undefined;
  const address = cidr.replace(/\/.*/, "");
  for (let length = lengthOf(cidr) - 1; length >= 0; length--) {
    const around = networkOf(`${address}/${length}`);
    if (containers.has(JSON.stringify([vrf, around]))) return around;
  }
  return undefined;
}

function lengthOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf("/") + 1));
}

function cidrOf(prefix: string): string | undefined {
  try {
    return networkCidr(prefix, "prefix");
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
