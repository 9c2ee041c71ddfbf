/** Who answers on this machine's links: the tables of ARP (IPv4) and neighbour discovery (IPv6). */
import ipaddr from "ipaddr.js";
import type { EstablishConnection } from "../domain/connection.ts";
import { byCodeUnit, ipAddress, macAddress } from "../domain/values.ts";
import { accepted } from "./accepted.ts";
import type { MachineFiles } from "./files.ts";
import { listAt, parsed, textAt } from "./json.ts";
import { asName } from "./names.ts";
import type { Scan } from "./scan.ts";
import { ProgramFailed, type RunProgram } from "./system_programs.ts";

/** An address that answered on an interface. */
export interface Neighbour {
  interface: string;
  address: string;
  mac_address: string;
}

/** Those that did not answer, and what was written into the table by hand or by a protocol without answers. */
const UNANSWERED = ["FAILED", "INCOMPLETE", "NOARP", "NONE"];
/** ATF_COM of Linux's include/uapi/linux/if_arp.h: it answered. */
const ATF_COM = 0x2;

/**
 * The neighbours, sorted by interface and address, as functions of whose they are. Without `ip` they are those of IPv4
 * alone, for /proc has no table of the others.
 *
 * @param run asks ip; absent where we are not on the machine
 */
export async function neighbours(
  files: MachineFiles,
  run?: RunProgram,
): Promise<Scan<(computeId: string) => EstablishConnection[]>> {
  const told = run ? await ask(files, run) : undefined;
  const all = told ?? parseArp(files.text("/proc/net/arp") ?? "");
  const byKey = new Map(all.map((each) => [JSON.stringify([each.interface, each.address]), each]));
  const sorted = [...byKey].sort(([a], [b]) => byCodeUnit(a, b)).map(([, each]) => each);
  return {
    found: (compute) =>
      sorted.map(({ interface: name, ...to }) => ({
        from: { compute, interface: name },
        to,
        kind: "neighbour",
      })),
    complete: told ? ["connection/neighbour"] : [],
  };
}

async function ask(files: MachineFiles, run: RunProgram): Promise<Neighbour[] | undefined> {
  try {
    return parseNeighbours(await run("ip", ["-j", "neigh", "show"]));
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    files.gap("neighbours", `${error.message}; those of IPv4 are from /proc/net/arp`);
    return undefined;
  }
}

/**
 * What `ip -j neigh show` prints.
 *
 * @throws {ProgramFailed} when it is no list
 */
export function parseNeighbours(text: string): Neighbour[] {
  // Some versions print nothing where there is nothing.
  const entries = parsed(text.trim() || "[]");
  if (!Array.isArray(entries)) throw new ProgramFailed("ip printed no JSON");
  return entries.flatMap((entry) =>
    listAt(entry, "state").some((state) => UNANSWERED.includes(String(state)))
      ? []
      : neighbour(textAt(entry, "dev"), textAt(entry, "dst"), textAt(entry, "lladdr"))
  );
}

/** The text of /proc/net/arp. */
export function parseArp(text: string): Neighbour[] {
  return text.split("\n").slice(1).flatMap((line) => {
    const [address, , flags = "", mac, , device] = line.trim().split(/\s+/);
    return (Number(flags) & ATF_COM) === 0 ? [] : neighbour(device, address, mac);
  });
}

function neighbour(device?: string, address?: string, mac?: string): Neighbour[] {
  const name = asName(device);
  const to = accepted(() => ({
    address: ipAddress(address ?? "", "address"),
    mac_address: macAddress(mac ?? "", "mac_address"),
  }));
  if (name === undefined || to === undefined) return [];
  // A group of machines, ourselves, or no machine at all.
  const other = !["multicast", "broadcast", "loopback", "unspecified"]
    .includes(ipaddr.parse(to.address).range());
  const single = (parseInt(to.mac_address.slice(0, 2), 16) & 1) === 0 &&
    to.mac_address !== "00:00:00:00:00:00";
  return other && single ? [{ interface: name, ...to }] : [];
}
