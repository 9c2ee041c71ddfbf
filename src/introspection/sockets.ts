/** The TCP and UDP sockets of this network namespace, from /proc/net. */
import ipaddr from "ipaddr.js";
import type { MachineFiles } from "./files.ts";
import { wordIpv4, wordsIpv6 } from "./kernel_hexadecimal.ts";

/** One end of a socket. */
export interface SocketEnd {
  /** In canonical form; IPv4 also when it was mapped into IPv6. */
  address: string;
  port: number;
}

/** A socket. */
export interface Socket {
  transport: "tcp" | "udp";
  /** OpenTelemetry's `network.connection.state`; UDP has `listen` (bound) and `established` (connected) only. */
  state: string;
  local: SocketEnd;
  remote: SocketEnd;
  inode: string;
}

/** Linux's include/net/tcp_states.h, from 1. */
const TCP_STATES = [
  "established",
  "syn_sent",
  "syn_received",
  "fin_wait_1",
  "fin_wait_2",
  "time_wait",
  "closed",
  "close_wait",
  "last_ack",
  "listen",
  "closing",
  "syn_received",
];

/** All sockets of the four tables. */
export function sockets(files: MachineFiles): Socket[] {
  return (["tcp", "udp"] as const).flatMap((transport) => [
    ...parseSockets(files.required(`/proc/net/${transport}`) ?? "", transport),
    ...parseSockets(files.text(`/proc/net/${transport}6`) ?? "", transport),
  ]);
}

/** The sockets in the text of /proc/net/tcp, tcp6, udp or udp6; lines that are no socket are passed over. */
export function parseSockets(text: string, transport: "tcp" | "udp"): Socket[] {
  return text.split("\n").slice(1).flatMap((line) => {
    const [, here = "", there = "", code = "", , , , , , inode = ""] = line.trim().split(/\s+/);
    const local = end(here);
    const remote = end(there);
    const state = transport === "tcp"
      ? TCP_STATES[parseInt(code, 16) - 1]
      : code === "01"
      ? "established"
      : "listen";
    return local && remote && state ? [{ transport, state, local, remote, inode }] : [];
  });
}

/** Whether an address means every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Whether an address is this machine's own for itself: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return ipaddr.parse(address).range() === "loopback";
}

function end(text: string): SocketEnd | undefined {
  const [digits = "", port = ""] = text.split(":");
  const address = digits.length === 8 ? wordIpv4(digits) : wordsIpv6(digits);
  return address === undefined || !/^[0-9A-Fa-f]{4}$/.test(port)
    ? undefined
    : { address, port: parseInt(port, 16) };
}
