/** The main routing table. */
import ipaddr from "ipaddr.js";
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { byCodeUnit, networkOf } from "../domain/values.ts";
import type { MachineFiles } from "./files.ts";
import { hexadecimalIpv6, wordIpv4 } from "./kernel_hexadecimal.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";

/** A line of the routing table, as the wire has it. */
export type RoutingEntry = NonNullable<RegisterCompute["routes"]>[number];

// Flags of Linux's include/uapi/linux/route.h and ipv6_route.h.
const RTF_UP = 0x1;
const RTF_GATEWAY = 0x2;
const RTF_REJECT = 0x200;
const RTF_ANYCAST = 0x100000;
const RTF_CACHE = 0x1000000;
const RTF_LOCAL = 0x80000000;

/** More routes than this, as a router of the internet has, would not fit into an event. */
const MOST_ROUTES = 4_000;

/**
 * The routes of both families, sorted; a default route has the destination `0.0.0.0/0` or `::/0`. Undefined when they
 * cannot be read, or are too many to be told one by one: a list is all or nothing.
 */
export function routes(files: MachineFiles): RoutingEntry[] | undefined {
  const ipv4 = files.required("/proc/net/route");
  if (ipv4 === undefined) return undefined;
  const all = [
    ...parseIpv4Routes(ipv4),
    ...parseIpv6Routes(files.text("/proc/net/ipv6_route") ?? ""),
  ];
  const byText = new Map(all.map((route) => [sortKey(route), route]));
  if (byText.size > MOST_ROUTES) {
    files.gap(
      "/proc/net/route",
      `${byText.size} routes are more than the ${MOST_ROUTES} that are kept`,
    );
    return undefined;
  }
  return [...byText].sort(([a], [b]) => byCodeUnit(a, b)).map(([, route]) => route);
}

/** The text of /proc/net/route. Metric 0, the default, is left out. */
export function parseIpv4Routes(text: string): RoutingEntry[] {
  return text.split("\n").slice(1).flatMap((line) => {
    const [device, target = "", via = "", flags = "", , , metric, mask = ""] = line.split(/\s+/);
    const address = wordIpv4(target);
    const netmask = wordIpv4(mask);
    if (address === undefined || netmask === undefined) return [];
    const prefix = ipaddr.IPv4.parse(netmask).prefixLengthFromSubnetMask();
    return prefix === null
      ? []
      : entry(`${address}/${prefix}`, wordIpv4(via), parseInt(flags, 16), device, Number(metric));
  });
}

/**
 * The text of /proc/net/ipv6_route, without what every interface has: local addresses, link-local and multicast
 * destinations, and the rejecting entries of `lo`.
 */
export function parseIpv6Routes(text: string): RoutingEntry[] {
  return text.split("\n").flatMap((line) => {
    const [target = "", length = "", , , via = "", metric = "", , , flags = "", device] = line
      .split(/\s+/);
    const bits = parseInt(flags, 16);
    const address = hexadecimalIpv6(target);
    if (address === undefined || device === "lo" || /^f(e[89ab]|f)/.test(target)) return [];
    if ((bits & (RTF_ANYCAST | RTF_CACHE | RTF_LOCAL)) !== 0) return [];
    const destination = `${address}/${parseInt(length, 16)}`;
    return entry(destination, hexadecimalIpv6(via), bits, device, parseInt(metric, 16));
  });
}

function entry(
  destination: string,
  via: string | undefined,
  flags: number,
  device: string | undefined,
  metric: number,
): RoutingEntry[] {
  const name = asName(device);
  if (name === undefined || name === "*" || !(flags & RTF_UP) || flags & RTF_REJECT) return [];
  return [{
    destination: networkOf(destination),
    interface: name,
    ...known({
      gateway: flags & RTF_GATEWAY ? via : undefined,
      metric: metric > 0 ? metric : undefined,
    }),
  }];
}

function sortKey(
  { destination, interface: device, gateway = "", metric = 0 }: RoutingEntry,
): string {
  return JSON.stringify([destination, String(metric).padStart(10, "0"), device, gateway]);
}
