/** Network interfaces: the kernel's links, as /sys/class/net has them, and the addresses they carry. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { byCodeUnit, interfaceAddress, macAddress } from "../domain/values.ts";
import type { MachineFiles } from "./files.ts";
import { linkKind } from "./link_kind.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";

type Interface = RegisterCompute["interfaces"][number];

/** An interface with what the wire does not carry. */
export interface Link extends Interface {
  /** For a bridge: whether one of its ports leads out of this machine. */
  reachesOut: boolean;
}

/** An address of an interface, before it is known to be valid. */
export interface LinkAddress {
  interface: string;
  /** With its prefix: `10.0.0.7/24`. */
  address: string;
}

/** The interfaces, sorted by name, with those of the given addresses that are theirs. */
export function links(files: MachineFiles, addresses: LinkAddress[]): Link[] {
  return files.list("/sys/class/net")
    .filter((name) => name !== "bonding_masters")
    .flatMap((name) => {
      const link = readLink(files, name, addresses);
      return link ? [link] : [];
    })
    .sort((a, b) => byCodeUnit(a.name, b.name))
    // Two names that are not UTF-8 may read the same, and a resource has each name once.
    .filter(({ name }, index, all) => all[index - 1]?.name !== name);
}

/** A link as the wire has it. */
export function interfaceOf({ reachesOut: _, ...onTheWire }: Link): Interface {
  return onTheWire;
}

function readLink(files: MachineFiles, device: string, all: LinkAddress[]): Link | undefined {
  const name = asName(device);
  if (name === undefined) return undefined;
  const folder = `/sys/class/net/${device}`;
  const kind = linkKind(files, device);
  const mtu = Number(files.line(`${folder}/mtu`));
  return {
    name,
    ...known({
      kind,
      mac_address: kind === "loopback" ? undefined : mac(files.line(`${folder}/address`)),
      mtu: mtu >= 68 && mtu <= 65_536 ? mtu : undefined, // others are the domain's invalid: dummies without a limit
      speed_bps: speed(files, device, kind),
      vlan_id: kind === "vlan" ? vlan(files, device) : undefined,
    }),
    // An alias as ifconfig made it, eth0:1, is a label on an address of eth0.
    addresses: addressesOf(
      files,
      all.filter((each) => each.interface.replace(/:.*$/s, "") === device),
    ),
    reachesOut: files.list(`${folder}/brif`).some((port) =>
      ["ethernet", "wireless", "bond", "vlan"].includes(linkKind(files, port) ?? "")
    ),
  };
}

function addressesOf(files: MachineFiles, addresses: LinkAddress[]): string[] {
  const valid = addresses.flatMap(({ interface: name, address }) => {
    try {
      return [interfaceAddress(address, "addresses")];
    } catch (error) {
      files.gap(`/sys/class/net/${name}`, (error as Error).message);
      return [];
    }
  });
  return [...new Set(valid)].sort(byCodeUnit);
}

/** Six bytes other than zero; InfiniBand's twenty have no place in the domain. */
function mac(text: string | undefined): string | undefined {
  if (text === undefined || /^[0:]+$/.test(text)) return undefined;
  try {
    return macAddress(text, "mac_address");
  } catch {
    return undefined;
  }
}

/** Bits per second. What virtual links say is made up; −1, or its unsigned twin, is "unknown". */
function speed(files: MachineFiles, device: string, kind: Link["kind"]): number | undefined {
  if (!["ethernet", "wireless", "bond", "vlan"].includes(kind ?? "")) return undefined;
  const megabits = Number(files.line(`/sys/class/net/${device}/speed`));
  return megabits > 0 && megabits < 0xffff_ffff ? megabits * 1_000_000 : undefined;
}

function vlan(files: MachineFiles, device: string): number | undefined {
  const id = Number(files.text(`/proc/net/vlan/${device}`)?.match(/\bVID:\s*(\d+)/)?.[1]);
  return id >= 1 && id <= 4094 ? id : undefined;
}
