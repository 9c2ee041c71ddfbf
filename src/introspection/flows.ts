/** Who this machine talks to. */
import ipaddr from "ipaddr.js";
import type { EstablishConnection } from "../domain/connection.ts";
import { byCodeUnit } from "../domain/values.ts";
import { known } from "./known.ts";
import type { Process } from "./processes.ts";
import { isLoopback, isWildcard, type Socket } from "./sockets.ts";

/**
 * The flows that this machine opened, one for each peer, port and program, sorted: however many connections a client
 * has, and whatever ephemeral ports they use, an unchanged machine gives the same flows.
 *
 * Left out: connections that the peer opened (they come to a port we listen at; the peer is no resource we know, and
 * its own introspection tells of them), and those between programs of this machine (they join no two resources, and
 * come and go).
 *
 * @param ownAddresses of this machine's interfaces, without prefix
 * @param computeId where the flows are from
 */
export function flows(
  sockets: Socket[],
  processes: Process[],
  ownAddresses: ReadonlySet<string>,
  computeId: string,
): EstablishConnection[] {
  const owners = ownersByInode(processes);
  const listeners = sockets.filter(({ state }) => state === "listen");
  const found = new Map<string, EstablishConnection>();
  for (const socket of sockets) {
    const { transport, remote: { address, port } } = socket;
    if (socket.state !== "established" || port === 0) continue;
    if (ownAddresses.has(address) || isLoopback(address) || isWildcard(address)) continue;
    if (isMulticast(address) || listeners.some((listener) => accepted(socket, listener))) continue;
    const process = owners.get(socket.inode);
    found.set(JSON.stringify([transport, address, port, process ?? ""]), {
      from: { compute: computeId },
      to: { address, port },
      kind: "flow",
      transport,
      port,
      ...known({ process }),
    });
  }
  return [...found].sort(([a], [b]) => byCodeUnit(a, b)).map(([, flow]) => flow);
}

/** The program that holds each socket; of several (a server's workers) the first by name. */
function ownersByInode(processes: Process[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { name, sockets = [] } of processes) {
    for (const inode of sockets) {
      const other = owners.get(inode);
      if (other === undefined || byCodeUnit(name, other) < 0) owners.set(inode, name);
    }
  }
  return owners;
}

function accepted(socket: Socket, listener: Socket): boolean {
  return listener.transport === socket.transport && listener.local.port === socket.local.port &&
    (isWildcard(listener.local.address) || listener.local.address === socket.local.address);
}

function isMulticast(address: string): boolean {
  return ["multicast", "broadcast"].includes(ipaddr.parse(address).range());
}
