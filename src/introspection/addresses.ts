/** The addresses of interfaces. */
import { networkInterfaces } from "node:os";
import { hexadecimalIpv6 } from "./kernel_hexadecimal.ts";
import type { MachineFiles } from "./files.ts";
import type { LinkAddress } from "./links.ts";

const IFA_F_TEMPORARY = 0x01;
const IFA_F_DADFAILED = 0x08;

/**
 * The addresses of this machine: IPv6 from /proc/net/if_inet6, IPv4 from the system call behind `node:os`, because
 * /proc has no table that tells which interface an IPv4 address is on.
 *
 * @param ipv4 where IPv4 addresses come from; by default the system call, for the live machine only
 */
export function linkAddresses(files: MachineFiles, ipv4?: () => LinkAddress[]): LinkAddress[] {
  return [
    ...ipv4Addresses(files, ipv4),
    ...parseIpv6Addresses(files.text("/proc/net/if_inet6") ?? ""),
  ];
}

/**
 * The addresses in the text of /proc/net/if_inet6. Temporary ones (RFC 8981) are left out: they are made to say nothing
 * of the machine and change daily. So are those that turned out to be another machine's (duplicate).
 */
export function parseIpv6Addresses(text: string): LinkAddress[] {
  return text.split("\n").flatMap((line) => {
    const [digits = "", , prefix = "", , flags = "", ...name] = line.trim().split(/\s+/);
    const address = hexadecimalIpv6(digits);
    if (address === undefined || name.length === 0) return [];
    if (parseInt(flags, 16) & (IFA_F_TEMPORARY | IFA_F_DADFAILED)) return [];
    return [{ interface: name.join(" "), address: `${address}/${parseInt(prefix, 16)}` }];
  });
}

function ipv4Addresses(files: MachineFiles, source?: () => LinkAddress[]): LinkAddress[] {
  if (source === undefined && !files.live) {
    files.gap("IPv4 addresses", "only the running machine tells them");
    return [];
  }
  try {
    return (source ?? systemAddresses)();
  } catch (error) {
    files.gap("IPv4 addresses", (error as Error).message);
    return [];
  }
}

function systemAddresses(): LinkAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, cidr }) =>
      family === "IPv4" && cidr ? [{ interface: name, address: cidr }] : []
    )
  );
}
