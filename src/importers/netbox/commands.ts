/** A NetBox → commands. Pure. */
import type { Inventory } from "../../domain/inventory.ts";
import { cableCommands } from "./cables.ts";
import type { NetBoxContent } from "./content.ts";
import { isLookedInto, knownMachines, machineUpdate } from "./known_machines.ts";
import { type Machine, machinesOf } from "./machines.ts";
import { networkCommands } from "./networks.ts";
import { serviceCommands } from "./services.ts";
import type { ImportedNetBox, NetBoxCommand, NetBoxLeftOut } from "./told.ts";

/** What is needed besides what NetBox has. */
export interface NetBoxCommandsOptions {
  /** Of the NetBox, without a slash at its end: what is imported keeps its address there as a tag. */
  url: string;
  /** What the log knows. */
  inventory: Inventory;
}

/**
 * The commands that say what a NetBox has: the desired state of a projection the other way round.
 *
 * | NetBox | the log |
 * | --- | --- |
 * | prefix, active or container | network, called as its VLAN, its description, or itself; VRF, VLAN, the container around it |
 * | device | resource; its type is what the words in its role's name say (`Core Switch`, `fw`, `Hypervisor`), else `unknown` |
 * | virtual machine | `virtual_machine`; `container` where its role or its cluster's type says so (Docker, Podman, LXC); on the device that it is on |
 * | status planned, staged, inventory; active; offline, failed, paused | provisioning; active; maintenance. Decommissioning is passed over |
 * | site, location, rack, position | location: site, room, rack, position |
 * | manufacturer, device type, platform, serial number, tenant | manufacturer, model, operating system with version, evidence, owner |
 * | vcpus, memory, disk of a virtual machine | cores, memory (MB of 2^20 bytes), storage (MB of 10^6) |
 * | tags, asset tag, role, cluster | tags `netbox:SLUG`, `asset_tag`, `netbox_role`, `netbox_cluster`; `netbox` is its address there |
 * | interface | interface: kind by type, speed or else that of its type, MTU, primary MAC address, VLAN where it is an access port |
 * | IP address in use at an interface | address of that interface |
 * | interfaces that are connected | cable, whatever patch panels are between them |
 * | service | software of the kind `service` that listens |
 *
 * A host name is the name in small letters, digits and hyphens, with the site where there are several; the name as it was is
 * the tag `netbox_name`. What was written there from this log is passed over, as are things without a name, patch panels,
 * addresses that move, and cables that are planned or not between interfaces. A resource that a discovery has looked into
 * stays as it was seen, and gets its place, owner and tags. Nothing is removed that NetBox no longer has, but a cable
 * that was moved. An address says no VRF here: it lies in the network of its prefix.
 *
 * Cost: O(objects and aggregates).
 */
export function netBoxCommands(
  content: NetBoxContent,
  { url, inventory }: NetBoxCommandsOptions,
): ImportedNetBox {
  const passedOver: NetBoxLeftOut[] = [];
  const refused: NetBoxLeftOut[] = [];
  const found = machinesOf(content, { url, inventory }, passedOver);
  const unclear = new Set<Machine>();
  const known = knownMachines(found.machines, inventory, (machine, why) => {
    unclear.add(machine);
    refused.push({ at: machine.at, why });
  });
  const machines = found.machines.filter((machine) => !unclear.has(machine));
  const idOf = (key: string) => known.get(key) ?? found.own.get(key);
  const names = new Map(machines.map(({ key, data }) => [key, data.hostname]));
  const referenceOf = (key: string) => idOf(key) ?? names.get(key);
  const commandsOf = (machine: Machine) =>
    machineCommands(machine, { inventory, idOf, referenceOf });
  const [devices, guests] = ["device", "virtual_machine"].map((kind) =>
    machines.filter(({ at }) => at.kind === kind)
  );
  // One that is called otherwise now makes room for another one.
  const knownFirst = (some: readonly Machine[]) => [
    ...some.filter(({ key }) => known.has(key)),
    ...some.filter(({ key }) => !known.has(key)),
  ];
  return {
    commands: [
      ...networkCommands(content, inventory, passedOver),
      ...[...knownFirst(devices!), ...knownFirst(guests!)].flatMap(commandsOf),
      ...cableCommands(content, { referenceOf, idOf, inventory, url }, passedOver),
      ...serviceCommands(content, referenceOf, inventory, passedOver),
    ],
    refused,
    passedOver,
  };
}

interface Lookup {
  inventory: Inventory;
  idOf: (key: string) => string | undefined;
  referenceOf: (key: string) => string | undefined;
}

/** Says what a machine is, and then where it is in its life: declared, it begins as one that is provisioned. */
function machineCommands(machine: Machine, { inventory, idOf, referenceOf }: Lookup) {
  const { at, key, status } = machine;
  const host = machine.host === undefined ? undefined : referenceOf(machine.host);
  const data = { ...machine.data, ...host === undefined ? {} : { host } };
  const id = idOf(key);
  const known = id === undefined ? undefined : inventory.get("compute", id)!.state;
  const commands: NetBoxCommand[] = [
    id === undefined || known === undefined
      ? { command: "RegisterCompute", data, at }
      : { command: "UpdateCompute", data: machineUpdate({ ...machine, data }, id, known), at },
  ];
  if (known && isLookedInto(known)) return commands;
  const now = known?.status ?? "provisioning";
  const steps = status === "maintenance" && now === "provisioning"
    ? ["active" as const, "maintenance" as const]
    : status === "active" || status === "maintenance"
    ? [status]
    : [];
  for (const step of steps) {
    if (step === now) continue;
    const data = { compute: id ?? machine.data.hostname, status: step };
    commands.push({ command: "ChangeComputeStatus", data, at });
  }
  return commands;
}
