/** How far a resource can be relied on. */
import type { Domain } from "../space.ts";

/** The domain `reliability`. Growth and variance are over the window that ends with the newest measurement. */
export const RELIABILITY: Domain = {
  name: "reliability",
  dimensions: [
    {
      name: "reliability.uptime",
      unit: "s",
      scale: "log",
      range: [3_600, 31_536_000],
      about: "how long it has been running",
      source: "system.uptime: the newest value in the window",
    },
    {
      name: "reliability.errors",
      unit: "{error}/h",
      scale: "log",
      range: [0.1, 1e3],
      about: "errors of its network and its hardware in an hour",
      source: "system.network.errors and hw.errors: growth in the window, summed over both",
    },
    {
      name: "reliability.latency_variance",
      unit: "1",
      scale: "log",
      range: [1e-4, 1],
      about: "how unevenly its disks answer: the squared coefficient of variation of their time",
      source: "system.disk.operation_time by byte of system.disk.io, from one measurement to the " +
        "next: variance over squared mean in the window, mean over devices and directions",
    },
    {
      name: "reliability.redundancy",
      unit: "{resource}",
      scale: "log",
      range: [1, 16],
      about: "with how many others it is connected by cable",
      source: "connections of the kind cable, from it and to it; of what has none it is not known",
    },
  ],
};
