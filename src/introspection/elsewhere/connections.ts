/** The TCP and UDP sockets, and the processes that hold them. */
import type { Systeminformation as Told } from "systeminformation";
import { ipAddress } from "../../domain/values.ts";
import { accepted } from "../accepted.ts";
import { known } from "../known.ts";
import type { Process } from "../processes.ts";
import type { Socket, SocketEnd } from "../sockets.ts";
import type { Asker } from "./answers.ts";
import type { RunningProcess } from "./programs.ts";

/** systeminformation's states of connections, as OpenTelemetry's `network.connection.state` where they differ. */
const STATES: Record<string, string> = {
  syn_recv: "syn_received",
  fin_wait1: "fin_wait_1",
  fin_wait2: "fin_wait_2",
  close: "closed",
};

/** From here on a system gives ports to who asks for none (RFC 6335, section 6). */
export const EPHEMERAL = { first: 49_152, last: 65_535 };

/** The open sockets; `inode` stands for what tells them apart. Undefined when nobody tells. */
export async function connections(
  asker: Asker,
): Promise<{ sockets: Socket[]; owners: Map<number, string[]> } | undefined> {
  const told = await asker.ask("connections", () => asker.answers.networkConnections());
  // A machine without any socket is one that could not be asked.
  if (told === undefined || told.length === 0) return undefined;
  const owners = new Map<number, string[]>();
  const sockets = told.flatMap((each, index) => {
    const inode = String(index);
    const socket = socketOf(each, inode);
    if (socket === undefined) return [];
    if (each.pid > 0) owners.set(each.pid, [...owners.get(each.pid) ?? [], inode]);
    return [socket];
  });
  return { sockets, owners };
}

/** The processes as those of Linux are, each with its sockets, where they are known. */
export function withSockets(
  processes: RunningProcess[],
  owners: Map<number, string[]> | undefined,
): Process[] {
  return processes.map(({ pid, name, ageSeconds }) => ({
    name,
    ...known({ ageSeconds, sockets: owners === undefined ? undefined : owners.get(pid) ?? [] }),
  }));
}

/** A socket as the tables of Linux have it; undefined for what is none. */
export function socketOf(told: Told.NetworkConnectionsData, inode: string): Socket | undefined {
  const transport = /^(tcp|udp)/.exec(told.protocol)?.[1] as Socket["transport"] | undefined;
  if (transport === undefined) return undefined;
  // macOS writes tcp4, tcp6 and tcp46, Windows and ss(8) leave it to the address.
  const ipv6 = /6$/.test(told.protocol) || told.localAddress.includes(":");
  const local = end(told.localAddress, told.localPort, ipv6);
  const remote = end(told.peerAddress, told.peerPort, ipv6);
  if (local === undefined || remote === undefined) return undefined;
  const state = told.state.toLowerCase();
  return {
    transport,
    state: transport === "udp"
      ? remote.port === 0 ? "listen" : "established"
      : STATES[state] ?? state,
    local,
    remote,
    inode,
  };
}

function end(address: string, port: string, ipv6: boolean): SocketEnd | undefined {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  const plain = address.replace(/%.*$/, "").replace(/^\[|\]$/g, "");
  const text = plain === "*" || plain === "" ? ipv6 ? "::" : "0.0.0.0" : plain;
  const valid = accepted(() => ipAddress(text, "address"));
  return valid === undefined || number > 65_535 ? undefined : { address: valid, port: number };
}
