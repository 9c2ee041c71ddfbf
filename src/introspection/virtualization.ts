/** Physical, virtual or container: both layers are told, the innermost names the resource's type. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { containerLayer } from "./container_layer.ts";
import type { MachineFiles } from "./files.ts";
import { machineLayer } from "./machine_layer.ts";
import { known } from "./known.ts";

/** What a machine is, and the layers that it runs in. */
export interface Virtualization {
  resourceType: RegisterCompute["resource_type"];
  /** The hypervisor under us (under the container, if there is one). */
  machine?: string;
  /** The container manager. */
  container?: string;
}

/** Tells physical, virtual and container apart. */
export function virtualization(files: MachineFiles): Virtualization {
  const container = containerLayer(files);
  // WSL 1 has no machine of its own, WSL 2 runs in Hyper-V: both call themselves Microsoft, and both are on a PC.
  const machine = machineLayer(files);
  return {
    resourceType: container ? "container" : machine ? "virtual_machine" : "physical_server",
    ...known({ machine, container }),
  };
}
