/** Network interfaces and their addresses. */
import type { Systeminformation as Told } from "systeminformation";
import { byCodeUnit, interfaceAddress, ipAddress, macAddress } from "../../domain/values.ts";
import { accepted } from "../accepted.ts";
import { known } from "../known.ts";
import type { Link } from "../links.ts";
import { asName } from "../names.ts";
import type { RoutingEntry } from "../routes.ts";
import type { Asker } from "./answers.ts";

/** What systems derived from BSD name their interfaces: the driver and a number. */
const DRIVERS: [pattern: RegExp, kind: Link["kind"]][] = [
  [/^bridge\d/, "bridge"],
  [/^(bond|lagg)\d/, "bond"],
  [/^vlan\d/, "vlan"],
  [/^(utun|tun|ipsec|gif|gre|stf|ppp|wg)\d/, "tunnel"],
  [/^(awdl|llw|ap|anpi|feth|vmnet|vmenet|vnic|tap|epair|vboxnet|pktap|XHC)\d/, "virtual"],
];

/** The interfaces, sorted by name, and the one that the default route leaves by. */
export async function links(asker: Asker): Promise<{ links: Link[]; leaving?: string }> {
  const { answers } = asker;
  const told = await asker.ask("interfaces", () => answers.networkInterfaces()) ?? [];
  const addresses = await asker.ask("addresses", () => answers.addresses()) ?? {};
  const temporary = await temporaryAddresses(asker);
  const names = new Set([...told.map(({ iface }) => iface), ...Object.keys(addresses)]);
  const all = [...names].flatMap((device) => {
    const name = asName(device);
    if (name === undefined) return [];
    const own = addresses[device] ?? [];
    const link = told.find(({ iface }) => iface === device);
    const internal = link?.internal ?? own[0]?.internal ?? false;
    const kind = internal ? "loopback" : kindOf(name, link);
    const mac = link?.mac || own[0]?.mac;
    const mtu = Number(link?.mtu);
    const valid = own.flatMap(({ address, cidr }) =>
      cidr === null || temporary.has(address)
        ? []
        : accepted(() => interfaceAddress(cidr.replace(/%[^/]*/, ""), "addresses")) ?? []
    );
    return [{
      name,
      ...known({
        kind,
        mac_address: internal || mac === undefined || /^[0:-]*$/.test(mac)
          ? undefined
          : accepted(() => macAddress(mac, "mac_address")),
        mtu: mtu >= 68 && mtu <= 65_536 ? mtu : undefined,
        // A wireless link's speed changes with every step. Told in megabits; 0 and -1 are "unknown".
        speed_bps: kind === "ethernet" && link?.speed && link.speed > 0
          ? Math.round(link.speed * 1_000_000)
          : undefined,
      }),
      addresses: [...new Set(valid)].sort(byCodeUnit),
      reachesOut: false,
    }];
  });
  return {
    links: all.sort((a, b) => byCodeUnit(a.name, b.name))
      .filter(({ name }, index, sorted) => sorted[index - 1]?.name !== name),
    ...known({ leaving: asName(told.find((link) => link.default)?.iface) }),
  };
}

/**
 * The default route, as far as it is told.
 *
 * @param leaving the interface that it leaves by
 */
export async function defaultRoute(
  asker: Asker,
  leaving: string | undefined,
): Promise<RoutingEntry | undefined> {
  const told = await asker.ask("default route", () => asker.answers.networkGatewayDefault());
  const gateway = told ? accepted(() => ipAddress(told.trim(), "gateway")) : undefined;
  if (gateway === undefined || leaving === undefined) return undefined;
  const destination = gateway.includes(":") ? "::/0" : "0.0.0.0/0";
  return { destination, interface: leaving, gateway };
}

function kindOf(name: string, link: Told.NetworkInterfacesData | undefined): Link["kind"] {
  const driver = DRIVERS.find(([pattern]) => pattern.test(name))?.[1];
  if (driver !== undefined) return driver;
  if (link?.type === "wireless") return "wireless";
  if (link?.virtual) return "virtual";
  return link?.type === "wired" ? "ethernet" : undefined;
}

/**
 * Temporary addresses (RFC 8981) say nothing of the machine and change daily. BSD's ifconfig marks them; elsewhere they
 * are not told from others.
 */
async function temporaryAddresses(asker: Asker): Promise<Set<string>> {
  const { answers } = asker;
  if (!/^(darwin|.*bsd)$/.test(answers.platform)) return new Set();
  return parseTemporary(await asker.ask("ifconfig", () => answers.run("ifconfig", ["-a"])) ?? "");
}

/** The temporary addresses in what ifconfig prints. */
export function parseTemporary(text: string): Set<string> {
  const lines = text.matchAll(/^\s*inet6 ([^\s%]+)\S*(.*)$/gm);
  return new Set(
    [...lines].flatMap(([, address = "", rest = ""]) =>
      /\btemporary\b/.test(rest) ? [address] : []
    ),
  );
}
