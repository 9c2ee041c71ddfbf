/** The incidents that are done to a fleet, each as one function: it begins at a moment and ends by itself. */
import type { InfrastructureEvent } from "../domain/event.ts";
import { Trace } from "./ground_truth.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";
import { observer, OPERATOR, type World } from "./world.ts";

const HOUR = 3_600_000;

/**
 * Begins an incident.
 *
 * @param length how long it lasts, in milliseconds
 * @returns what keeps track of it; undefined where no machine is fit for it at the moment
 */
export type Begin = (
  world: World,
  random: Random,
  now: number,
  length: number,
) => Trace | undefined;

/** The machines of these kinds that nothing else is going on with. */
function quiet(world: World, ...kinds: Machine["data"]["resource_type"][]): Machine[] {
  return world.measured.filter((one) =>
    kinds.includes(one.data.resource_type) && world.isQuiet(one) && one.watcher === undefined
  );
}

function oneOf<T>(random: Random, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : random.pick(from);
}

/** A program that never gives memory back: it fills up over days, until the machine has to be started anew. */
export const slowLeak: Begin = (world, random, now, length) => {
  const guests = quiet(world, "virtual_machine");
  const apps = guests.filter(({ role }) => role.tier === "app");
  const machine = oneOf(random, apps.length > 0 ? apps : guests);
  if (!machine) return;
  const { strain, memory } = machine.quantities;
  strain.leak = Math.max(0.1, 0.97 - memory) / (length / 1_000);
  const trace = new Trace(world, [machine], {
    kind: "slow_leak",
    description: `${machine.hostname} loses memory until it has none left, and is started anew`,
    moves: ["performance.memory", "capacity.memory_available"],
  }, now);
  world.agenda.at(now + length, (at) => {
    strain.leak = 0;
    trace.said(world.restart(machine, at, "out of memory", 4, (events) => {
      trace.said(events);
      trace.end(world.recorder.now);
    }));
  });
  return trace;
};

/** A guest that takes all it can get: the others on its host wait for the processor, the disk and the network. */
export const noisyNeighbour: Begin = (world, random, now, length) => {
  const machine = oneOf(
    random,
    quiet(world, "virtual_machine").filter(({ role: { host } }) =>
      world.isQuiet(host!) && neighboursOf(world, host!).length > 1
    ),
  );
  if (!machine) return;
  const host = machine.role.host!;
  const victims = neighboursOf(world, host).filter((one) => one !== machine);
  const strains = victims.map(({ quantities }) => quantities.strain);
  const [{ strain }, { strain: below }] = [machine.quantities, host.quantities];
  strain.cpu = 0.65;
  below.cpu = 0.3;
  for (const one of strains) Object.assign(one, { cpu: 0.22, disk: 6, network: 1.6 });
  const trace = new Trace(world, [machine, ...victims, host], {
    kind: "noisy_neighbour",
    description: `${machine.hostname} takes the processors of its host ${host.hostname}: ${
      victims.map(({ hostname }) => hostname).join(", ")
    } wait`,
    moves: [
      "performance.cpu",
      "performance.disk",
      "performance.network",
      "reliability.latency_variance",
    ],
  }, now);
  world.agenda.at(now + length, (at) => {
    for (const one of [strain, below, ...strains]) {
      Object.assign(one, { cpu: 0, disk: 1, network: 1 });
    }
    trace.end(at);
  });
  return trace;
};

function neighboursOf(world: World, host: Machine): Machine[] {
  return host.guests.filter((one) => one.meter && world.isQuiet(one));
}

/** A disk on its way out: more and more errors, and each operation takes longer; it is replaced in the end. */
export const failingDisk: Begin = (world, random, now, length) => {
  const machine = oneOf(random, quiet(world, "physical_server"));
  if (!machine) return;
  const { strain } = machine.quantities;
  const steps = 12;
  for (let step = 0; step < steps; step++) {
    world.agenda.at(now + step * length / steps, () => {
      strain.disk_errors = 6 * 1.6 ** step;
      strain.disk = 1.5 + step * step / 6;
    });
  }
  const trace = new Trace(world, [machine], {
    kind: "failing_disk",
    description:
      `the disk of ${machine.hostname} fails: errors, and operations that take ever longer`,
    moves: ["reliability.errors", "performance.disk", "reliability.latency_variance"],
  }, now);
  world.agenda.at(now + length, (at) => {
    Object.assign(strain, { disk: 1, disk_errors: 0 });
    trace.said(world.restart(machine, at, "disk replaced", 45, (events) => {
      trace.said(events);
      trace.end(world.recorder.now);
    }));
  });
  return trace;
};

/** One of the two links of a server is gone: all goes over the other, and nothing would stand in for it. */
export const lostRedundancy: Begin = (world, random, now, length) => {
  const cable = oneOf(
    random,
    world.fleet.cables.filter(({ from: { machine } }) =>
      machine.data.resource_type === "physical_server" && machine.meter && world.isQuiet(machine)
    ),
  );
  if (!cable) return;
  const { machine } = cable.from;
  const link = cable.from.interface === "eth0" ? 0 : 1;
  machine.quantities.links[link] = false;
  const trace = new Trace(world, [machine], {
    kind: "lost_redundancy",
    description:
      `${machine.hostname} has lost its link ${cable.from.interface} to ${cable.to.machine.hostname}`,
    moves: ["reliability.redundancy", "capacity.connections"],
  }, now);
  trace.said(world.cable(cable, now, "link down"));
  world.agenda.at(now + length, (at) => {
    machine.quantities.links[link] = true;
    trace.said(world.cable(cable, at));
    trace.end(at);
  });
  return trace;
};

/** A guest that was cloned with its machine id, and taken for a physical server; somebody corrects that later. */
export const misclassifiedClone: Begin = (world, random, now, length) => {
  const original = oneOf(random, quiet(world, "virtual_machine"));
  if (!original) return;
  const { fleet } = world;
  const clone = fleet.maker.clone(original);
  if (fleet.machines.some(({ hostname }) => hostname === clone.hostname)) return;
  original.role.host!.guests.push(clone);
  original.role.system!.machines.push(clone);
  const first = world.recorder.sequence + 1;
  const events = world.register(clone, now);
  world.measure(clone, world.recorder.now);
  fleet.machines.push(clone);
  const trace = new Trace(world, [clone, original], {
    kind: "misclassified_clone",
    description:
      `${clone.hostname} is a clone of ${original.hostname}: registered as a physical server, ` +
      `with the same machine id, and behaves as the virtual machine that it is`,
    moves: [],
  }, now);
  trace.incident.first_sequence = first;
  trace.shown(events[0]!.event_id, first);
  world.agenda.at(now + length, (at) => {
    const corrected: InfrastructureEvent[] = world.recorder.say(at, OPERATOR, "UpdateCompute", {
      compute: clone.id,
      resource_type: "virtual_machine",
      virtualization: { machine: "kvm" },
    });
    clone.data.resource_type = "virtual_machine";
    trace.said(corrected);
    trace.end(world.recorder.now);
  });
  return trace;
};

/** A machine of which nothing is heard: no measurement comes, and nobody said that it is out of service. */
export const silentHost: Begin = (world, random, now, length) => {
  const machine = oneOf(random, quiet(world, "virtual_machine", "physical_server", "container"));
  if (!machine?.meter) return;
  const meter = machine.meter;
  const trace = new Trace(world, [machine], {
    kind: "silent_host",
    description: `nothing is heard of ${machine.hostname}; it is ${
      observer(machine).actor
    } that has stopped`,
    moves: ["reliability.uptime"],
  }, now);
  trace.shown(meter.lastEvent, 0);
  machine.silent_until = now + length;
  world.agenda.at(now + length, () => {
    machine.silent_until = 0;
    // Its next measurement shows that it is back, and is the last of the incident.
    world.agenda.at(now + length + 2 * world.course.interval + HOUR / 60, (at) => trace.end(at));
  });
  return trace;
};
