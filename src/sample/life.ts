/** What happens in every fleet: deployments, updates, maintenance, machines that come and go, cables that are moved. */
import type { Machine, System } from "./machine.ts";
import { adopt, calledBy } from "./fleet.ts";
import { RETIRED } from "./founding.ts";
import { programOf } from "./maker.ts";
import type { Random } from "./random.ts";
import { DEPLOYER, OPERATOR, type World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How often each happens, in days: to one system, server, site or cable. */
const DEPLOYMENT = 5;
const MAINTENANCE = 45;
const UPDATE = 14;
const MOVED_CABLE = 400;
/** In so many days there are as many new servers as one in a hundred of all machines. */
const NEW_SERVERS = 60;
/** In one day one machine of so many comes or goes. */
const CHURN = 250;

/** Puts the everyday life of the fleet into the agenda, each thing again and again until the end. */
export function live(world: World, from: number): void {
  const { fleet, random } = world;
  for (const system of fleet.systems) {
    every(world, from, DEPLOYMENT, (now) => deploy(world, system, now));
  }
  const servers = () =>
    fleet.machines.filter(({ data }) => data.resource_type === "physical_server");
  every(world, from, MAINTENANCE / servers().length, (now) => {
    const server = random.pick(servers());
    if (world.isQuiet(server)) world.restart(server, now, "kernel update", random.whole(8, 20));
  });
  let patch = 14;
  every(world, from, UPDATE, (now) => update(world, ++patch, now));
  every(world, from, CHURN / fleet.machines.length, (now) => {
    if (random.chance(0.5)) create(world, now);
    else destroy(world, now);
  });
  every(world, from, NEW_SERVERS * 100 / fleet.machines.length, (now) => addServer(world, now));
  every(world, from, MOVED_CABLE / fleet.cables.length, (now) => moveCable(world, now));
  world.agenda.at(from + (world.course.end - from) / 2, (now) => retire(world, now));
}

/** What is not wanted any more: a policy, a network of each site, a package on one machine in ten, and a guest. */
function retire(world: World, now: number): void {
  world.recorder.together(now, OPERATOR, (say) => {
    say("RevokePolicy", { name: RETIRED.policy, reason: "owners are told by tags" });
    for (const { laboratory, vrf } of world.fleet.sites) {
      say("RemoveNetwork", { cidr: laboratory, vrf, reason: "nobody uses it" });
    }
    for (const machine of world.fleet.machines) {
      const program = machine.software.find(({ name }) => name === "openssh-server");
      if (!program || !world.random.chance(0.1)) continue;
      machine.software = machine.software.filter((one) => one !== program);
      const { name, kind, source } = program;
      say("RemoveSoftware", { compute: machine.id, name, kind, source: source! });
    }
  });
  destroy(world, world.recorder.now);
}

/** Does something again and again, on average once in so many days. */
function every(world: World, from: number, days: number, what: (now: number) => void): void {
  const wait = (random: Random) => random.between(0.4, 1.6) * days * DAY;
  const step = (now: number) => {
    what(now);
    world.agenda.at(now + wait(world.random), step);
  };
  world.agenda.at(from + wait(world.random), step);
}

/** A new version of a system's program, one machine after the other. */
function deploy(world: World, system: System, now: number): void {
  const { version } = system;
  if (world.random.chance(0.25)) [version[1], version[2]] = [version[1] + 1, 0];
  else version[2]++;
  const targets = system.machines.filter(({ role, data }) =>
    role.tier === "app" || data.resource_type === "container"
  );
  for (const [index, machine] of targets.entries()) {
    world.agenda.at(now + index * 4 * MINUTE, (at) => {
      if (!machine.isGone) world.configure(machine, programOf(system), at, DEPLOYER);
    });
  }
}

/** A security update, one machine after the other; some are started anew for it. */
function update(world: World, patch: number, now: number): void {
  const targets = world.fleet.machines.filter(({ software }) =>
    software.some(({ name }) => name === "openssl")
  );
  for (const [index, machine] of targets.entries()) {
    world.agenda.at(now + index * MINUTE, (at) => {
      if (!world.isQuiet(machine)) return;
      const software = {
        name: "openssl",
        version: `3.0.${patch}-1`,
        kind: "package",
        source: "dpkg",
      };
      world.configure(machine, { ...software, kind: "package" }, at, DEPLOYER);
      const isGuest = machine.data.resource_type === "virtual_machine";
      if (isGuest && world.random.chance(0.1)) {
        world.restart(machine, at + 1_000, "openssl update", 3);
      }
    });
  }
}

/** One more virtual machine for a system. */
function create(world: World, now: number): void {
  const { random, fleet: { systems, maker, machines } } = world;
  const system = random.pick(systems);
  const hosts = machines.filter((one) =>
    one.data.resource_type === "physical_server" && world.isQuiet(one)
  );
  if (hosts.length === 0) return;
  const host = random.pick(hosts);
  const tier = random.pick(["web", "app", "app", "batch"] as const);
  const machine = adopt(system, host, maker.guest(host, system, tier));
  machine.calls = calledBy(machine);
  machine.quantities.restart();
  machines.push(machine);
  world.register(machine, now);
  world.flows(machine, world.recorder.now);
  world.measure(machine, world.recorder.now);
}

/** One virtual machine less: of a tier that has more of them, and that nobody runs on. */
function destroy(world: World, now: number): void {
  const { fleet } = world;
  const spare = fleet.machines.filter((one) =>
    one.data.resource_type === "virtual_machine" && world.isQuiet(one) && one.guests.length === 0 &&
    one.role.system!.machines.filter(({ role }) => role.tier === one.role.tier).length > 1
  );
  if (spare.length === 0) return;
  const machine = world.random.pick(spare);
  world.decommission(machine, now, "not needed any more");
  fleet.machines = fleet.machines.filter((one) => one !== machine);
}

/** A new server: declared, cabled, and an hour later in service. */
function addServer(world: World, now: number): void {
  const { fleet, random } = world;
  const racks = fleet.racks.filter(({ spare, site, name }) =>
    spare.length >= 2 && site.hasRoom(name)
  );
  if (racks.length === 0) return;
  const rack = random.pick(racks);
  const server: Machine = fleet.maker.server(rack.site, rack.name);
  world.register(server, now, OPERATOR);
  for (const name of ["eth0", "eth1"]) {
    const to = rack.spare.shift()!;
    const cable = { from: { machine: server, interface: name }, to, speed_bps: 25e9 };
    fleet.cables.push(cable);
    world.cable(cable, world.recorder.now);
  }
  world.agenda.at(now + 60 * MINUTE, (at) => {
    world.recorder.say(at, OPERATOR, "ChangeComputeStatus", {
      compute: server.id,
      status: "active",
    });
    server.quantities.restart();
    fleet.machines.push(server);
    world.measure(server, at);
  });
}

/** A cable that is moved to another port of the same switch's rack. */
function moveCable(world: World, now: number): void {
  const { fleet, random } = world;
  const cables = fleet.cables.filter(({ from }) =>
    from.machine.data.resource_type === "physical_server" && world.isQuiet(from.machine)
  );
  if (cables.length === 0) return;
  const cable = random.pick(cables);
  const rack = fleet.racks.find(({ spare }) =>
    spare.some(({ machine }) => machine === cable.to.machine)
  );
  if (!rack) return;
  const [port] = rack.spare.splice(
    rack.spare.findIndex(({ machine }) => machine === cable.to.machine),
    1,
  );
  world.cable(cable, now, "moved to another port");
  rack.spare.push(cable.to);
  cable.to = port!;
  fleet.cables.splice(fleet.cables.indexOf(cable), 1);
  world.agenda.at(now + 5 * MINUTE, (at) => {
    fleet.cables.push(cable);
    world.cable(cable, at);
  });
}
