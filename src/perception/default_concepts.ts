/**
 * Concepts that come with the project, so that a fresh machine has an answer: what such things are like as a rule. They
 * are nobody's measurements, and count in a space only until somebody defines a concept there.
 */
import type { Concept } from "../spaces/concept.ts";

const GB = 1e9;
const TB = 1e12;
const GBIT = 1e9;
const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Of the kinds of resources, which vary in many ways: what is a third of each dimension's range away is still alike. */
const SENSITIVITY = 0.3;

/** What resources are: by what they could do, and how they are connected; not by what they do at the moment. */
const resource = (name: string, ...prototypes: number[][]): Concept => ({
  name,
  prototypes: prototypes.map(([cpu, memory, storage, bandwidth, connections, redundancy]) => ({
    "capacity.cpu": cpu,
    "capacity.memory": memory,
    "capacity.storage": storage,
    "capacity.bandwidth": bandwidth,
    "capacity.connections": connections,
    "reliability.redundancy": redundancy,
  })),
  sensitivity: SENSITIVITY,
});

/** All know every dimension: one that knew less than the others would be near to more. */
const COMPUTE: Concept[] = [
  // cores, memory, storage, bandwidth, connections, redundancy
  resource(
    "physical_server",
    [16, 64 * GB, 2 * TB, 20 * GBIT, 2, 2],
    [64, 512 * GB, 8 * TB, 50 * GBIT, 2, 2],
  ),
  resource(
    "virtual_machine",
    [2, 8 * GB, 60 * GB, 10 * GBIT, 4, 1],
    [4, 16 * GB, 100 * GB, 10 * GBIT, 4, 1],
    [8, 32 * GB, 100 * GB, 10 * GBIT, 4, 1],
  ),
  resource("container", [1, 0.5 * GB, 10 * GB, GBIT, 2, 1], [2, 2 * GB, 20 * GB, 10 * GBIT, 3, 1]),
  resource("switch", [4, 8 * GB, 16 * GB, 500 * GBIT, 16, 12]),
  resource("router", [8, 32 * GB, 16 * GB, 400 * GBIT, 6, 6]),
  resource("firewall", [8, 32 * GB, 250 * GB, 80 * GBIT, 2, 2]),
  resource("load_balancer", [16, 64 * GB, 250 * GB, 80 * GBIT, 8, 2]),
  resource("storage", [16, 128 * GB, 200 * TB, 50 * GBIT, 2, 2]),
  resource(
    "iot_device",
    [1, 0.5 * GB, 8 * GB, 0.1 * GBIT, 1, 1],
    [4, 0.5 * GB, 16 * GB, GBIT, 1, 1],
  ),
];

const PERFORMANCE: Concept[] = [
  {
    name: "idle",
    prototypes: [
      { "performance.cpu": 0.02, "performance.memory": 0.15 },
      { "performance.cpu": 0.05, "performance.memory": 0.35 },
    ],
  },
  { name: "working", prototypes: [{ "performance.cpu": 0.4, "performance.memory": 0.5 }] },
  {
    name: "compute-bound",
    prototypes: [
      { "performance.cpu": 0.9, "performance.memory": 0.15 },
      { "performance.cpu": 0.9, "performance.memory": 0.6 },
    ],
  },
  { name: "memory-bound", prototypes: [{ "performance.cpu": 0.25, "performance.memory": 0.9 }] },
];

const CAPACITY: Concept[] = [
  size("small", 1, GB, 20 * GB),
  size("medium", 8, 32 * GB, 300 * GB),
  size("large", 64, 512 * GB, 8 * TB),
];

function size(name: string, cpu: number, memory: number, storage: number): Concept {
  return {
    name,
    prototypes: [{
      "capacity.cpu": cpu,
      "capacity.memory": memory,
      "capacity.storage": storage,
    }],
  };
}

const RELIABILITY: Concept[] = [
  {
    name: "steady",
    prototypes: [
      { "reliability.uptime": 60 * DAY, "reliability.errors": 0 },
      { "reliability.uptime": 7 * DAY, "reliability.errors": 0 },
    ],
  },
  { name: "fresh", prototypes: [{ "reliability.uptime": HOUR, "reliability.errors": 0 }] },
  { name: "failing", prototypes: [{ "reliability.errors": 300 }] }, // whatever its uptime
];

const SOFTWARE: Concept[] = [
  {
    name: "resting",
    prototypes: [{ "software.cpu": 0.001, "software.memory": 0.02 * GB, "software.threads": 4 }],
  },
  {
    name: "serving",
    prototypes: [{ "software.cpu": 0.05, "software.memory": 0.5 * GB, "software.threads": 32 }],
  },
  {
    name: "working hard",
    prototypes: [{ "software.cpu": 0.6, "software.memory": 2 * GB, "software.threads": 32 }],
  },
];

const NETWORK: Concept[] = [
  { name: "link", prototypes: [{ "network.size": 2 }] },
  { name: "segment", prototypes: [{ "network.size": 256 }, { "network.size": 4_096 }] },
  { name: "ipv6-segment", prototypes: [{ "network.size": 2 ** 64 }] }, // of whatever many hosts
  { name: "site", prototypes: [65_536, 2 ** 24].map((size) => ({ "network.size": size })) },
];

const CONNECTION: Concept[] = [
  { name: "access", prototypes: [{ "connection.speed": GBIT }] },
  { name: "trunk", prototypes: [{ "connection.speed": 40 * GBIT }] },
];

const POLICY: Concept[] = [
  { name: "advice", prototypes: [{ "policy.severity": 1 }] },
  { name: "caution", prototypes: [{ "policy.severity": 2 }] },
  { name: "alarm", prototypes: [{ "policy.severity": 3 }] },
];

/** By space. */
export const DEFAULT_CONCEPTS: Readonly<Record<string, readonly Concept[]>> = {
  compute: COMPUTE,
  performance: PERFORMANCE,
  capacity: CAPACITY,
  reliability: RELIABILITY,
  software: SOFTWARE,
  network: NETWORK,
  connection: CONNECTION,
  policy: POLICY,
};
