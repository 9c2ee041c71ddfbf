/** What machines are for: the tiers of a system, the programs that they run, and what that asks of a machine. */
import type { Character } from "./quantities.ts";
import type { Installed } from "./machine.ts";

/** What a machine does in its system. */
export type Tier = "web" | "app" | "database" | "cache" | "queue" | "batch";

/** What machines of a tier are like: a concept of the space `performance` that the sample defines by hand. */
export type Workload = "serving" | "memory-bound" | "compute-bound";

/** A tier: its programs, where it listens, which tiers it calls, and what it is like. */
export interface TierKind {
  packages: readonly Installed[];
  port: number;
  calls: readonly Tier[];
  character: Partial<Character>;
  workload: Workload;
}

const MB = 1e6;

const listening = (name: string, port: number): Installed => ({
  name,
  kind: "service",
  source: "systemd",
  listening: [{ transport: "tcp", address: "0.0.0.0", port }],
});
const dpkg = (name: string, version: string): Installed => ({
  name,
  kind: "package",
  source: "dpkg",
  version,
});

/** The tiers of every system. */
export const TIERS: Record<Tier, TierKind> = {
  web: {
    packages: [dpkg("nginx", "1.26.2-1"), listening("nginx", 443)],
    port: 443,
    calls: ["app"],
    character: { cpu_base: 0.03, cpu_peak: 0.35, receive_peak: 8 * MB, transmit_peak: 22 * MB },
    workload: "serving",
  },
  app: {
    packages: [dpkg("nodejs", "22.11.0-1")],
    port: 8080,
    calls: ["database", "cache", "queue"],
    character: { cpu_base: 0.05, cpu_peak: 0.55, memory_base: 0.42, memory_peak: 0.16 },
    workload: "serving",
  },
  database: {
    packages: [dpkg("postgresql-17", "17.2-1"), listening("postgresql", 5432)],
    port: 5432,
    calls: [],
    character: {
      cpu_base: 0.08,
      cpu_peak: 0.4,
      memory_base: 0.68,
      memory_peak: 0.06,
      read_peak: 60 * MB,
      write_peak: 28 * MB,
      filesystem_used: 0.52,
      filesystem_daily: 0.0035,
    },
    workload: "memory-bound",
  },
  cache: {
    packages: [dpkg("valkey", "8.0.1-1"), listening("valkey", 6379)],
    port: 6379,
    calls: [],
    character: { cpu_base: 0.02, cpu_peak: 0.18, memory_base: 0.74, memory_peak: 0.04 },
    workload: "memory-bound",
  },
  queue: {
    packages: [dpkg("nats-server", "2.14.4-1"), listening("nats-server", 4222)],
    port: 4222,
    calls: [],
    character: { cpu_base: 0.04, cpu_peak: 0.22, memory_base: 0.3, write_peak: 12 * MB },
    workload: "serving",
  },
  batch: {
    packages: [dpkg("python3.12", "3.12.7-1")],
    port: 0,
    calls: ["database", "queue"],
    character: {
      demand: "night",
      cpu_base: 0.02,
      cpu_peak: 0.85,
      memory_base: 0.2,
      memory_peak: 0.4,
      read_peak: 40 * MB,
    },
    workload: "compute-bound",
  },
};

/** Which tier the machines of a system have, one after the other. */
export const TIER_ORDER: readonly Tier[] = [
  "web",
  "app",
  "database",
  "app",
  "cache",
  "web",
  "app",
  "queue",
  "batch",
  "app",
];

/** What is installed on every machine with an operating system, at the beginning. */
export const BASE: readonly Installed[] = [
  dpkg("openssl", "3.0.14-1"),
  dpkg("openssh-server", "9.2p1-2"),
  listening("ssh", 22),
];

/** A machine that has nothing special about it. */
export const PLAIN: Character = {
  demand: "office",
  cpu_base: 0.04,
  cpu_peak: 0.3,
  memory_base: 0.35,
  memory_peak: 0.08,
  receive_peak: 4 * MB,
  transmit_peak: 5 * MB,
  read_peak: 3 * MB,
  write_peak: 4 * MB,
  disk_latency: 0.0006,
  filesystem_used: 0.4,
  filesystem_daily: 0.0015,
  growth_daily: 0.0012,
  temperature: 31,
};
