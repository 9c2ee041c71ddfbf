/** What this machine runs: its programs and where they accept connections. */
import { type ConfigureSoftware, UNKNOWN_PROGRAM } from "../domain/software.ts";
import { byCodeUnit } from "../domain/values.ts";
import type { MachineFiles } from "./files.ts";
import type { Process } from "./processes.ts";
import type { Socket } from "./sockets.ts";

type Listening = NonNullable<ConfigureSoftware["listening"]>[number];

/** Ports from which the kernel gives any to who asks for none: `first` and `last` belong to them. */
export interface PortRange {
  first: number;
  last: number;
}

/** The ephemeral ports of this machine; Linux's default when they cannot be read. */
export function ephemeralPorts(files: MachineFiles): PortRange {
  const [first, last] = (files.line("/proc/sys/net/ipv4/ip_local_port_range") ?? "")
    .split(/\s+/).map(Number);
  return first && last ? { first, last } : { first: 32_768, last: 60_999 };
}

/** A program younger than this that accepts no connections may be a command that is over in a moment, as we are. */
const SETTLED_SECONDS = 30;

/**
 * One piece of software of kind `process` for each executable that runs, sorted by name, with the listening sockets of
 * all its processes: none is `[]`, and when one of them hides its sockets the list is absent, for it would not be
 * whole. Process ids, counts and ephemeral ports of UDP clients are left out: they change while the machine
 * does not. So are programs none of whose processes listens or is older than 30 seconds: they are no facts of the
 * machine, but somebody's commands, and this one among them.
 */
export function runningPrograms(
  processes: Process[],
  sockets: Socket[],
  ephemeral: PortRange,
  computeId: string,
): ConfigureSoftware[] {
  const accepting = new Map(
    sockets.filter((socket) => accepts(socket, ephemeral)).map((socket) => [socket.inode, socket]),
  );
  const programs = new Map<string, Program>();
  for (const { name, sockets: inodes, ageSeconds = Infinity } of processes) {
    const program = programs.get(name) ?? { listening: new Map(), whole: true, settled: false };
    programs.set(name, program);
    program.settled ||= ageSeconds >= SETTLED_SECONDS;
    program.whole &&= inodes !== undefined;
    for (const inode of inodes ?? []) {
      const socket = accepting.get(inode);
      if (!socket) continue;
      program.listening.set(...entry(socket));
    }
  }
  // A door is open whoever holds it: those that nobody was seen to hold belong to a program that is not known.
  const held = new Set(processes.flatMap(({ sockets: inodes }) => inodes ?? []));
  const ownerless = [...accepting.values()].filter(({ inode }) => !held.has(inode));
  if (ownerless.length > 0) {
    const listening = new Map(ownerless.map((socket) => entry(socket)));
    programs.set(UNKNOWN_PROGRAM, { listening, whole: true, settled: true });
  }
  return [...programs]
    .filter(([, { settled, listening }]) => settled || listening.size > 0)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, { listening, whole }]) => ({
      compute: computeId,
      name,
      kind: "process",
      ...(whole ? { listening: sorted(listening) } : {}),
    }));
}

interface Program {
  listening: Map<string, Listening>;
  /** Whether none of its processes hides its sockets. */
  whole: boolean;
  settled: boolean;
}

function entry({ transport, local: { address, port } }: Socket): [string, Listening] {
  return [`${transport} ${String(port).padStart(5, "0")} ${address}`, { transport, address, port }];
}

/** TCP says that it listens. A bound UDP socket is a server's, or that of a client that awaits an answer. */
function accepts({ transport, state, local }: Socket, ephemeral: PortRange): boolean {
  if (state !== "listen" || local.port === 0) return false;
  return transport === "tcp" || local.port < ephemeral.first || local.port > ephemeral.last;
}

function sorted(listening: Map<string, Listening>): Listening[] {
  return [...listening].sort(([a], [b]) => byCodeUnit(a, b)).map(([, each]) => each);
}
