/** The machine we run on, as data of commands. */
import process from "node:process";
import type { RegisterCompute } from "../domain/compute_schema.ts";
import type { RecordMeasurements } from "../domain/measurement.ts";
import type { EstablishConnection } from "../domain/connection.ts";
import type { DefineNetwork } from "../domain/network.ts";
import type { ConfigureSoftware } from "../domain/software.ts";
import { byCodeUnit } from "../domain/values.ts";
import { linkAddresses } from "./addresses.ts";
import { compute } from "./compute.ts";
import { introspectElsewhere } from "./elsewhere/introspect_elsewhere.ts";
import { type Gap, MachineFiles } from "./files.ts";
import { flows } from "./flows.ts";
import { guests } from "./guests.ts";
import { type LinkAddress, links } from "./links.ts";
import { Meter } from "./meter.ts";
import { neighbours } from "./neighbours.ts";
import { networks } from "./networks.ts";
import { packages } from "./packages.ts";
import { processes } from "./processes.ts";
import { routes } from "./routes.ts";
import { services } from "./services.ts";
import { ephemeralPorts, runningPrograms } from "./software.ts";
import { sockets } from "./sockets.ts";
import { systemPrograms } from "./system_programs.ts";
import { virtualization } from "./virtualization.ts";

/** What a machine is, and what could not be read of it. */
export interface Introspection {
  /** The data of RegisterCompute. */
  compute: RegisterCompute;
  /** The sources that could not be read; the facts they hold are absent. */
  gaps: Gap[];
  /**
   * What else is known, in terms of the registered resource: its id is only known after registration.
   *
   * @param computeId the aggregate id, or the hostname, of the registered resource
   */
  about(computeId: string): Surroundings;
}

/** The data of the commands that follow RegisterCompute, each list sorted. */
export interface Surroundings {
  networks: DefineNetwork[];
  connections: EstablishConnection[];
  software: ConfigureSoftware[];
  /** The containers and virtual machines on this one; `host` is the registered resource. */
  guests: RegisterCompute[];
  measurements: RecordMeasurements[];
  /**
   * The scopes that were scanned whole: what is known of them and is not in these lists is no longer there. `network`
   * (those whose scope is the registered resource), `connection/flow`, `connection/neighbour`, `software/process`,
   * `software/KIND/SOURCE`, `guest/ENGINE` (`domain/scope.ts`).
   */
  complete: string[];
}

/** How to introspect. */
export interface IntrospectionOptions {
  /** The folder that holds the machine's `proc`, `sys` and `etc`; `/` unless it says otherwise. */
  root?: string;
  /** How long to watch the machine for its utilization: 1,000 ms unless it says otherwise; 0 takes one look only. */
  windowMilliseconds?: number;
  /** Tells the time of the measurements. */
  clock?: () => Date;
  /** Stops the introspection: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Where IPv4 addresses come from, for roots that are not the running machine. */
  ipv4Addresses?: () => LinkAddress[];
}

/**
 * Reads this machine. It fails for no single source: what cannot be read is in `gaps`. An unchanged machine gives the
 * same data every time, but for its measurements and for programs that come and go. Linux is read here from its files,
 * other systems are asked (`introspectElsewhere`), and tell less.
 *
 * @throws {UnsupportedPlatform} on a system that nothing is known of
 */
export async function introspect(options: IntrospectionOptions = {}): Promise<Introspection> {
  const { root = "/", windowMilliseconds = 1000, clock = () => new Date(), signal } = options;
  // The files of a Linux machine can be read on any.
  if (process.platform !== "linux" && options.root === undefined) {
    return await introspectElsewhere(options);
  }
  signal?.throwIfAborted();

  const files = new MachineFiles(root);
  const layers = virtualization(files);
  const { found: machineLinks, whole: allLinks } = files.whole(() =>
    links(files, linkAddresses(files, options.ipv4Addresses))
  );
  const machineRoutes = routes(files);
  const machine = compute(files, layers, machineLinks, machineRoutes);
  const { found: running, whole: allProcesses, socketsWhole } = processes(files);
  const { found: openSockets, whole: allSockets } = files.whole(() => sockets(files));
  const ephemeral = ephemeralPorts(files);
  const run = files.live ? systemPrograms(signal) : undefined;
  const [installed, serving, near, within] = await Promise.all([
    packages(files, run),
    services(files, running, run),
    neighbours(files, run),
    guests(files, { compute: machine, processes: running, allProcesses }, signal),
  ]);
  const complete = [
    ...(allLinks ? ["network"] : []),
    ...(allSockets && socketsWhole ? ["connection/flow"] : []),
    ...(allProcesses ? ["software/process"] : []),
    ...[installed, serving, near, within].flatMap((scan) => scan.complete),
  ].sort(byCodeUnit);

  // Watched last and in silence, so that the machine is seen without the work of looking at it.
  const meter = new Meter({ files, windowMilliseconds, clock, signal });
  const measured = await meter.look({ processes: true });

  const addresses = new Set(
    machineLinks.flatMap((link) => link.addresses.map((each) => each.replace(/\/.*$/, ""))),
  );
  return {
    compute: machine,
    gaps: files.gaps,
    about: (computeId) => ({
      networks: networks(machineLinks, machineRoutes ?? [], layers, computeId),
      connections: [
        ...flows(openSockets, running, addresses, computeId),
        ...near.found(computeId),
      ],
      software: [
        ...installed.found(computeId),
        ...runningPrograms(running, openSockets, ephemeral, computeId),
        ...serving.found(computeId),
      ],
      guests: within.found.map((guest) => ({ ...guest, host: computeId })),
      measurements: measured.map((each) => ({ compute: computeId, ...each })),
      complete: [...complete],
    }),
  };
}
