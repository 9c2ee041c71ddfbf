/** What a resource is doing: how hard its processors, memory, network and disks work. */
import type { Domain } from "../space.ts";

/** The domain `performance`. Means and growth are over the window that ends with the newest measurement. */
export const PERFORMANCE: Domain = {
  name: "performance",
  dimensions: [
    {
      name: "performance.cpu",
      unit: "1",
      scale: "linear",
      range: [0, 1],
      about: "the share of its processors that is busy",
      source: "1 − system.cpu.utilization, cpu.mode idle: mean over the window and the processors",
    },
    {
      name: "performance.memory",
      unit: "1",
      scale: "linear",
      range: [0, 1],
      about: "the share of its memory that is used",
      source: "system.memory.utilization, system.memory.state used: mean over the window",
    },
    {
      name: "performance.network",
      unit: "By/s",
      scale: "log",
      range: [1e3, 1e9],
      about: "what it receives and sends",
      source: "system.network.io: growth in the window, summed over interfaces but loopback",
    },
    {
      name: "performance.disk",
      unit: "1",
      scale: "log",
      range: [1e-3, 100],
      about: "how many operations wait for its disks at a time",
      source: "system.disk.operation_time: growth in the window, in s/s, summed over devices",
    },
  ],
};
