/** A whole fleet before anything is said of it: its sites, machines, cables, and who calls whom. */
import type { Cable, Machine, System } from "./machine.ts";
import type { GearKind } from "./hardware.ts";
import { Maker } from "./maker.ts";
import { Random } from "./random.ts";
import { sharesOf } from "./shares.ts";
import { Site } from "./site.ts";
import { TIER_ORDER, TIERS } from "./tiers.ts";

const GBIT = 1e9;
/** What systems there are, and whose they are; then the same again with a number. */
const SYSTEMS: readonly [name: string, owner: string][] = [
  ["shop", "sales"],
  ["billing", "finance"],
  ["search", "discovery"],
  ["wiki", "it"],
  ["stock", "logistics"],
  ["video", "media"],
  ["mail", "it"],
  ["report", "finance"],
];
/** A system has about so many virtual machines: one of each tier, and more of the busy ones. */
const MACHINES_OF_A_SYSTEM = 10;
/** Above so many servers a pair of switches needs no more racks. */
const SPARE_PORTS = 6;
const CALLED = 2;

/** A place where servers are: a rack with its switches. */
export interface Rack {
  site: Site;
  name: string;
  switches: Machine[];
  /** Free ports of its switches. */
  spare: { machine: Machine; interface: string }[];
}

/** What there is. `machines` are in the order in which they are registered: hosts before their guests. */
export interface Fleet {
  maker: Maker;
  sites: Site[];
  racks: Rack[];
  systems: System[];
  machines: Machine[];
  cables: Cable[];
}

/** Thinks up a fleet of so many resources. */
export function fleetOf(resources: number, seed: number): Fleet {
  const random = new Random(seed, "fleet");
  const { kinds, sites: siteCount } = sharesOf(resources);
  const maker = new Maker(random);
  const sites = Array.from({ length: siteCount }, (_, index) => new Site(index));
  const fleet: Fleet = { maker, sites, racks: [], systems: [], machines: [], cables: [] };
  const siteOf = (index: number) => sites[index % siteCount]!;
  for (let index = 0; index < kinds.switch; index++) addSwitch(fleet, siteOf(index));
  const gear = (kind: GearKind) =>
    Array.from({ length: kinds[kind] }, (_, index) => {
      const site = siteOf(index);
      const rack = fleet.racks.find((one) => one.site === site)!;
      return maker.gear(kind, site, rack.name);
    });
  const [routers, firewalls, balancers] = [gear("router"), gear("firewall"), gear("load_balancer")];
  wire(fleet, routers, firewalls, balancers);
  fleet.machines.push(...routers, ...firewalls, ...balancers);
  const hosts = Array.from({ length: kinds.physical_server }, (_, index) => {
    const server = maker.server(siteOf(index), rackFor(fleet, siteOf(index), index).name);
    plugIn(fleet, server, index);
    return server;
  });
  const stores = Array.from({ length: kinds.storage }, (_, index) => {
    const store = maker.storage(siteOf(index), rackFor(fleet, siteOf(index), index).name);
    plugIn(fleet, store, index);
    return store;
  });
  fleet.machines.push(...hosts, ...stores);
  addSystems(fleet, hosts, kinds.virtual_machine, kinds.container);
  for (let index = 0; index < kinds.iot_device; index++) {
    const device = maker.device(siteOf(index));
    const { switches } = rackFor(fleet, device.site, index);
    cable(fleet, device, "eth0", switches[0]!, maker.port(switches[0]!, GBIT), GBIT);
    fleet.machines.push(device);
  }
  for (const { switches, spare } of fleet.racks) {
    for (let count = 0; count < SPARE_PORTS; count++) {
      const machine = switches[count % switches.length]!;
      spare.push({ machine, interface: maker.port(machine, 25 * GBIT) });
    }
  }
  for (const balancer of balancers) {
    const { site } = balancer;
    balancer.calls = fleet.machines.filter(({ role, site: at }) =>
      role.tier === "web" && at === site
    )
      .slice(0, 4);
  }
  return fleet;
}

/** Two switches of a site are one rack's; an odd one has a rack of its own. */
function addSwitch(fleet: Fleet, site: Site): void {
  let rack = fleet.racks.find((one) => one.site === site && one.switches.length === 1);
  if (!rack) fleet.racks.push(rack = { site, name: site.addRack(), switches: [], spare: [] });
  const machine = fleet.maker.gear("switch", site, rack.name);
  rack.switches.push(machine);
  fleet.machines.push(machine);
}

/** Every switch has an uplink to its site's router; the routers of all sites are in a ring. */
function wire(fleet: Fleet, routers: Machine[], firewalls: Machine[], balancers: Machine[]): void {
  const { maker, racks, sites } = fleet;
  const join = (one: Machine, other: Machine, speed: number) =>
    cable(fleet, one, maker.port(one, speed), other, maker.port(other, speed), speed);
  const at = (of: Machine[], site: Site) => of.filter((one) => one.site === site);
  for (const { site, switches } of racks) {
    const [first, second] = at(routers, site);
    for (const one of switches) {
      join(one, first!, 100 * GBIT);
      join(one, second ?? first!, 100 * GBIT);
    }
    if (switches[1]) join(switches[0]!, switches[1], 100 * GBIT);
  }
  for (const site of sites) {
    const [router] = at(routers, site);
    for (const one of [...at(firewalls, site), ...at(balancers, site)]) {
      join(one, router!, 40 * GBIT);
      join(one, router!, 40 * GBIT);
    }
  }
  for (const [index, site] of sites.entries()) {
    const next = sites[(index + 1) % sites.length]!;
    if (next === site || (sites.length === 2 && index === 1)) continue;
    join(at(routers, site)[0]!, at(routers, next)[0]!, 100 * GBIT);
  }
}

/** A rack of a site that still has room, or a new one that hangs on the switches of another. */
function rackFor(fleet: Fleet, site: Site, index: number): Rack {
  const racks = fleet.racks.filter((one) => one.site === site);
  const rack = racks[Math.floor(index / fleet.sites.length) % racks.length]!;
  if (site.hasRoom(rack.name)) return rack;
  const free = racks.find(({ name }) => site.hasRoom(name));
  if (free) return free;
  const more = { ...rack, name: site.addRack(), spare: [] };
  fleet.racks.push(more);
  return more;
}

/** Two links of a machine, to two switches where its rack has them. */
function plugIn(fleet: Fleet, machine: Machine, index: number): void {
  const rack =
    fleet.racks.find(({ site, name }) =>
      site === machine.site && name === machine.data.location?.rack
    ) ?? rackFor(fleet, machine.site, index);
  for (const [link, name] of ["eth0", "eth1"].entries()) {
    const to = rack.switches[link % rack.switches.length]!;
    cable(fleet, machine, name, to, fleet.maker.port(to, 25 * GBIT), 25 * GBIT);
  }
}

function cable(
  fleet: Fleet,
  one: Machine,
  name: string,
  other: Machine,
  port: string,
  speed_bps: number,
): void {
  fleet.cables.push({
    from: { machine: one, interface: name },
    to: { machine: other, interface: port },
    speed_bps,
  });
}

/** The systems, spread over the hosts; each machine calls up to two of each tier that its own calls. */
function addSystems(fleet: Fleet, hosts: Machine[], guests: number, containers: number): void {
  const { maker, systems, machines } = fleet;
  const count = Math.max(1, Math.round(guests / MACHINES_OF_A_SYSTEM));
  for (let index = 0; index < count; index++) {
    const [name, owner] = SYSTEMS[index % SYSTEMS.length]!;
    const round = Math.floor(index / SYSTEMS.length);
    systems.push({
      name: round === 0 ? name : `${name}${round + 1}`,
      owner,
      version: [1 + index % 4, 2, 0],
      machines: [],
    });
  }
  const made: Machine[] = [];
  for (let index = 0; index < guests; index++) {
    const system = systems[index % count]!;
    const tier = TIER_ORDER[system.machines.length % TIER_ORDER.length]!;
    const host = hosts[index % hosts.length]!;
    made.push(adopt(system, host, maker.guest(host, system, tier)));
  }
  const boxes = made.filter(({ role }) => role.tier === "app" || role.tier === "web");
  const on = boxes.length > 0 ? boxes : made;
  for (let index = 0; index < containers; index++) {
    const host = on[index % on.length]!;
    const system = host.role.system!;
    made.push(adopt(system, host, maker.container(host, system, host.role.tier!)));
  }
  for (const machine of made) machine.calls = calledBy(machine);
  machines.push(...made);
}

/** Puts a machine into its system and onto its host. */
export function adopt(system: System, host: Machine, machine: Machine): Machine {
  system.machines.push(machine);
  host.guests.push(machine);
  return machine;
}

/** Whom a machine's service calls: of each tier that its own calls, up to two machines of its system. */
export function calledBy({ role: { tier, system } }: Machine): Machine[] {
  if (tier === undefined || system === undefined) return [];
  return TIERS[tier].calls.flatMap((one) =>
    system.machines.filter(({ role, isGone, data }) =>
      role.tier === one && !isGone && data.resource_type === "virtual_machine"
    ).slice(0, CALLED)
  );
}
