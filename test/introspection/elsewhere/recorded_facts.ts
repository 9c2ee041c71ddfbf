/**
 * What systeminformation answers elsewhere. Neither system is here: the shapes are those of its `lib/index.d.ts` (5.33.23)
 * and of its parsers in `lib/*.js` for each system, oddities included (Windows' sizes and mtu are texts, disksIO is null);
 * the values are of an ordinary laptop. What ps, ifconfig and PowerShell print is in the form of their manuals.
 */
import type { Answers } from "../../../src/introspection/elsewhere/answers.ts";

type Link = Awaited<ReturnType<Answers["networkInterfaces"]>>[number];
type Connection = Awaited<ReturnType<Answers["networkConnections"]>>[number];

/** An interface, of which most is as usual. */
export const link = (iface: string, facts: Partial<Link>): Link => ({
  iface,
  ifaceName: iface,
  default: false,
  ip4: "",
  ip4subnet: "",
  ip6: "",
  ip6subnet: "",
  mac: "",
  internal: false,
  virtual: false,
  operstate: "up",
  type: "wired",
  duplex: "full",
  mtu: 1500,
  speed: null,
  dhcp: false,
  dnsSuffix: "",
  ieee8021xAuth: "",
  ieee8021xState: "",
  carrierChanges: 0,
  ...facts,
});

/** A socket, with the process that systeminformation takes for its owner. */
export const connection = (
  protocol: string,
  [localAddress, localPort]: [string, string],
  [peerAddress, peerPort]: [string, string],
  state: string,
  pid: number,
): Connection => ({
  protocol,
  localAddress,
  localPort,
  peerAddress,
  peerPort,
  state,
  pid,
  process: "guessed from a command line",
});

/** What an interface has moved. */
export const stats = (iface: string, bytes: number) => ({
  iface,
  operstate: "up",
  rx_bytes: bytes,
  rx_dropped: 0,
  rx_errors: 0,
  tx_bytes: bytes * 2,
  tx_dropped: 0,
  tx_errors: 1,
  rx_sec: NaN,
  tx_sec: NaN,
  ms: 0,
});

/** An address of an interface. */
export const address = (cidr: string, mac: string, internal = false) => ({
  address: cidr.split("/")[0]!,
  cidr,
  mac,
  internal,
});
