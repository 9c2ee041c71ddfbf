/** What a resource could do: what it has of processors, memory, storage and network, and what of it is free. */
import type { Dimension } from "../dimension.ts";
import type { Domain } from "../space.ts";

const log = (
  name: string,
  unit: string,
  range: Dimension["range"],
  about: string,
  source: string,
): Dimension => ({ name: `capacity.${name}`, unit, scale: "log", range, about, source });

/** The domain `capacity`. What is free is so on average over the window that ends with the newest measurement. */
export const CAPACITY: Domain = {
  name: "capacity",
  dimensions: [
    log("cpu", "{cpu}", [1, 256], "its logical processors", "cpu_cores of the resource"),
    log(
      "cpu_available",
      "{cpu}",
      [0.1, 256],
      "those of its processors that are idle",
      "cpu_cores · (1 − performance.cpu)",
    ),
    log("memory", "By", [1e8, 1e12], "its memory", "memory_bytes of the resource"),
    log(
      "memory_available",
      "By",
      [1e7, 1e12],
      "what of its memory is not used",
      "memory_bytes · (1 − performance.memory)",
    ),
    log("storage", "By", [1e9, 1e14], "its disks", "storage_bytes of the resource"),
    log(
      "storage_available",
      "By",
      [1e9, 1e14],
      "what is free on its filesystems",
      "system.filesystem.usage, system.filesystem.state free: mean over the window, summed over " +
        "filesystems; where that is not measured storage_bytes · (1 − the mean of " +
        "system.filesystem.utilization, system.filesystem.state used)",
    ),
    log(
      "bandwidth",
      "bit/s",
      [1e7, 1e12],
      "how fast its physical interfaces are together",
      "speed_bps of its interfaces of the kinds ethernet and wireless, and of no kind",
    ),
    log(
      "connections",
      "{connection}",
      [1, 1e3],
      "how many connections it is part of",
      "connections from it and to it; of what has none it is not known",
    ),
  ],
};
