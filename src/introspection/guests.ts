/** The containers and virtual machines on this host. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { isContainerId, numberedContainer } from "./container_guest.ts";
import { type ContainerReference, containersOf } from "./control_groups.ts";
import { type Engine, ENGINES } from "./engine.ts";
import { engineContainers } from "./engine_containers.ts";
import type { MachineFiles } from "./files.ts";
import { distinct, type Guest } from "./guest.ts";
import { libvirtGuests } from "./libvirt.ts";
import { machinedGuests } from "./machined.ts";
import type { Process } from "./processes.ts";
import type { Scan } from "./scan.ts";

/** What is known of the host already. */
export interface Host {
  compute: RegisterCompute;
  processes: Process[];
  /** Whether those are all that run. */
  allProcesses: boolean;
  /** The container engines to ask; those of the whole machine unless it says otherwise. */
  engines?: readonly Engine[];
}

/**
 * The guests, sorted by name. Engines are asked only on the machine itself; containers that no engine tells of are known
 * by their numbers, while they run.
 *
 * @param signal stops the questions
 */
export async function guests(
  files: MachineFiles,
  host: Host,
  signal?: AbortSignal,
): Promise<Scan<Guest[]>> {
  const complete: string[] = [];
  const found: Guest[] = [];
  const running = runningContainers(host);
  for (const engine of files.live ? host.engines ?? ENGINES : []) {
    const told = await engineContainers(files, engine, host.processes, signal);
    if (told === undefined) continue;
    found.push(...told.guests);
    // Users have engines of their own, whose containers this one does not know.
    const ids = new Set(told.guests.map(({ evidence }) => evidence?.container_id));
    const others = [...running.values()]
      .some(({ manager, id }) => manager === engine.name && !ids.has(id));
    if (told.whole && host.allProcesses && !others) complete.push(`guest/${engine.name}`);
  }
  const libvirt = libvirtGuests(files);
  const machined = machinedGuests(files);
  if (libvirt.whole) complete.push("guest/libvirt");
  if (machined.whole) complete.push("guest/systemd-nspawn");
  const numbered = [...running.values()].map(({ manager, id }) => numberedContainer(manager, id));
  const all = [...found, ...libvirt.guests, ...machined.guests, ...numbered];
  return { found: distinct(all.filter((guest) => !isSelf(guest, host.compute))), complete };
}

/** The outermost containers that processes are in; where we are in one, below our own. */
function runningContainers({ compute, processes }: Host): Map<string, ContainerReference> {
  const own = compute.evidence?.container_id ?? "";
  // Whoever is in a container and does not know in which cannot tell what is in it from what is beside it.
  if (compute.virtualization?.container && !isContainerId(own)) return new Map();
  return new Map(
    processes.flatMap(({ name, cgroups = "" }) => {
      const path = containersOf(cgroups);
      const below = path.slice(path.findIndex(({ id }) => id === own) + 1);
      // What keeps a pod's namespaces is no container of anybody's.
      return below[0] && name !== "pause" ? [[below[0].id, below[0]] as const] : [];
    }),
  );
}

/** A guest with its host's machine id (made from its disk) or UUID would be taken for the host. */
function isSelf(guest: Guest, host: RegisterCompute): boolean {
  return (["container_id", "machine_id", "dmi_uuid"] as const).some((kind) =>
    guest.evidence?.[kind] !== undefined && guest.evidence[kind] === host.evidence?.[kind]
  );
}
