/** What a network interface is made of. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import type { MachineFiles } from "./files.ts";

type Kind = NonNullable<RegisterCompute["interfaces"][number]["kind"]>;

/** What drivers call their links in `uevent` (the kernel's `SET_NETDEV_DEVTYPE`). */
const DEVICE_TYPES: Record<string, Kind> = {
  wlan: "wireless",
  wwan: "wireless",
  bridge: "bridge",
  bond: "bond",
  team: "bond",
  vlan: "vlan",
  vxlan: "tunnel",
  geneve: "tunnel",
  gre: "tunnel",
  wireguard: "tunnel",
  ppp: "tunnel",
  macvlan: "virtual",
  ipvlan: "virtual",
};

// Hardware types of Linux's include/uapi/linux/if_arp.h.
const ETHERNET = 1;
const LOOPBACK = 772;
/** PPP, IPIP, IP6IP6, SIT, GRE, GRE over IPv6, and links without a header (tun, WireGuard). */
const TUNNELS = [512, 768, 769, 776, 778, 823, 65_534];

/** The kind of a link of /sys/class/net; undefined for hardware that is neither Ethernet nor wireless. */
export function linkKind(files: MachineFiles, device: string): Kind | undefined {
  const folder = `/sys/class/net/${device}`;
  const entries = files.list(folder);
  const has = (entry: string) => entries.includes(entry);
  const type = Number(files.line(`${folder}/type`));
  if (type === LOOPBACK) return "loopback";
  const declared = files.text(`${folder}/uevent`)?.match(/^DEVTYPE=(.*)$/m)?.[1] ?? "";
  if (Object.hasOwn(DEVICE_TYPES, declared)) return DEVICE_TYPES[declared];
  if (has("wireless") || has("phy80211")) return "wireless";
  if (has("bridge")) return "bridge";
  if (has("bonding")) return "bond";
  // A tap has Ethernet frames, for a virtual machine; a tun has packets, for a VPN.
  if (has("tun_flags")) return type === ETHERNET ? "virtual" : "tunnel";
  if (TUNNELS.includes(type)) return "tunnel";
  if (type !== ETHERNET) return undefined;
  if (has("device")) return "ethernet";
  // The other end of a veth is a link of its own, often in another namespace; a VLAN or macvlan shows its lower link.
  const peer = files.line(`${folder}/iflink`);
  const paired = peer !== undefined && peer !== files.line(`${folder}/ifindex`);
  return paired && !entries.some((entry) => entry.startsWith("lower_")) ? "veth" : "virtual";
}
