/** The hardware that a fleet is made of. */

/** Makers' address blocks (IEEE MA-L): of network cards, of network gear, of small devices. */
export const MAKERS = { card: "00:1b:21", gear: "00:1c:73", device: "00:40:8c" };
/** Physical servers; memory in GiB. */
export const SERVERS = [
  {
    manufacturer: "Dell Inc.",
    model: "PowerEdge R660",
    cpu_model: "Intel Xeon Gold 6430",
    cores: 64,
    gib: 512,
  },
  {
    manufacturer: "HPE",
    model: "ProLiant DL385 Gen11",
    cpu_model: "AMD EPYC 9354",
    cores: 64,
    gib: 768,
  },
  {
    manufacturer: "Supermicro",
    model: "SYS-621P",
    cpu_model: "Intel Xeon Silver 4410Y",
    cores: 48,
    gib: 256,
  },
] as const;
/** The network gear: what it is called, how much memory it has, and what a busy hour is to it. */
export const GEAR = {
  switch: { name: "switch", manufacturer: "Arista", model: "DCS-7050SX3", gib: 8, busy: 0.12 },
  router: { name: "router", manufacturer: "Juniper", model: "MX204", gib: 32, busy: 0.3 },
  firewall: {
    name: "firewall",
    manufacturer: "Fortinet",
    model: "FortiGate 600F",
    gib: 16,
    busy: 0.45,
  },
  load_balancer: { name: "balancer", manufacturer: "F5", model: "r2800", gib: 64, busy: 0.4 },
} as const;
/** The operating system of every server and guest. */
export const DEBIAN = { name: "Debian GNU/Linux", version: "12.7", kernel: "6.1.0-26-amd64" };

/** The kinds of network gear. */
export type GearKind = keyof typeof GEAR;
