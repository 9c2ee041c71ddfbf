/** What NetBox says of a device or virtual machine, in the log's words. */
import type { RegisterCompute } from "../../domain/compute_schema.ts";
import { unlessPlaceholder } from "../../introspection/evidence.ts";
import { ENGINES } from "../../projections/netbox/desired/clusters.ts";
import { NETBOX_TAGS } from "../../projections/netbox/desired/tags.ts";
import type { NetBoxRow } from "../../projections/netbox/client.ts";
import { amount, type Nested, nested, text } from "./content.ts";
import { tagsOf } from "./interfaces.ts";
import { deviceType, machineType } from "./resource_types.ts";

/** Memory in the MB that hypervisors and people say (2^20 bytes), disks in those of their makers (10^6), as we write them. */
const MEMORY_UNIT = 2 ** 20;
const DISK_UNIT = 1_000_000;
/** The highest unit of a rack that the log knows. */
const HIGHEST = 100;

/** Tags of what NetBox says; people's tags there are `netbox:SLUG`, each with its name. */
export const TAGS = { ...NETBOX_TAGS, asset: "asset_tag", people: "netbox:" } as const;

/** What is said of a machine, but its names and interfaces. */
export type MachineFacts = Omit<RegisterCompute, "hostname" | "interfaces">;

/**
 * The facts of a device or virtual machine.
 *
 * @param address where it is in NetBox
 * @param clusterType of the cluster that a virtual machine is in
 */
export function machineFacts(
  kind: "device" | "virtual_machine",
  row: NetBoxRow,
  { address, clusterType }: { address: string; clusterType: Nested | undefined },
): MachineFacts {
  const owner = text(nested(row, "tenant"), "name");
  const system = systemOf(text(nested(row, "platform"), "name"));
  return {
    ...kind === "device"
      ? { resource_type: deviceType(row), ...hardwareOf(row) }
      : { ...guestOf(row, clusterType), ...sizeOf(row) },
    ...system === undefined ? {} : { operating_system: system },
    ...locationOf(row),
    ...owner === undefined ? {} : { owner },
    tags: machineTags(row, address),
  };
}

function machineTags(row: Nested, address: string): Record<string, string> {
  const said = {
    [TAGS.role]: text(nested(row, "role"), "name"),
    [TAGS.cluster]: text(nested(row, "cluster"), "name"),
    [TAGS.asset]: text(row, "asset_tag"),
    [TAGS.address]: address,
  };
  return Object.fromEntries([
    ...tagsOf(row).map(([slug, name]) => [TAGS.people + slug, name]),
    ...Object.entries(said).filter(([, value]) => value !== undefined),
  ]);
}

function hardwareOf(row: Nested): Partial<MachineFacts> {
  const type = nested(row, "device_type");
  const manufacturer = type && text(nested(type, "manufacturer"), "name");
  const model = text(type, "model");
  const serial = unlessPlaceholder(text(row, "serial"));
  return {
    ...isSaid(manufacturer) ? { manufacturer } : {},
    ...isSaid(model) ? { model } : {},
    ...serial === undefined ? {} : { evidence: { serial } },
  };
}

/** What is called Unknown, or Unknown server, nobody knows. */
function isSaid(name: string | undefined): name is string {
  return name !== undefined && !/^(unknown|generic)\b/i.test(name);
}

/** A virtual machine or container, and what runs it: as facts call that where they do, else as its cluster's type does. */
function guestOf(row: Nested, clusterType: Nested | undefined) {
  const type = machineType(row, clusterType);
  const name = text(clusterType, "name");
  const engine = Object.entries(ENGINES).find(([, other]) => other === name)?.[0] ?? name;
  return {
    resource_type: type,
    ...engine === undefined
      ? {}
      : { virtualization: type === "container" ? { container: engine } : { machine: engine } },
  };
}

function sizeOf(row: Nested): Partial<MachineFacts> {
  const [vcpus, memory, disk] = [
    amount(row, "vcpus"),
    amount(row, "memory"),
    amount(row, "disk"),
  ];
  return {
    // A part of a processor is not one.
    ...vcpus !== undefined && vcpus >= 1 ? { cpu_cores: Math.floor(vcpus) } : {},
    ...memory === undefined ? {} : { memory_bytes: memory * MEMORY_UNIT },
    ...disk === undefined ? {} : { storage_bytes: disk * DISK_UNIT },
  };
}

/** A platform's name is a system's, with its version at the end where there is one: `Cisco IOS-XE 17.3`. */
function systemOf(platform: string | undefined): MachineFacts["operating_system"] | undefined {
  if (platform === undefined) return undefined;
  const [, name, version] = /^(.*\S) (v?\d\S*)$/.exec(platform) ?? [];
  return name === undefined || version === undefined ? { name: platform } : { name, version };
}

function locationOf(row: Nested): Pick<MachineFacts, "location"> {
  const site = text(nested(row, "site"), "name");
  if (site === undefined) return {};
  const [room, rack] = [
    text(nested(row, "location"), "name"),
    text(nested(row, "rack"), "name"),
  ];
  const position = amount(row, "position");
  const isUnit = rack !== undefined && position !== undefined && Number.isInteger(position) &&
    position >= 1 && position <= HIGHEST;
  return {
    location: {
      site,
      ...room === undefined ? {} : { room },
      ...rack === undefined ? {} : { rack },
      ...isUnit ? { position } : {},
    },
  };
}
