/** How a fleet comes to be known: networks, policies and concepts, then every machine with its software and cables. */
import type { CommandData } from "../domain/command.ts";
import { OPERATOR, type World } from "./world.ts";
import { type Vlan, VLANS } from "./site.ts";
import { TIERS, type Workload } from "./tiers.ts";

/** A machine is discovered every ten seconds, and all of them within an hour. */
const EACH_MS = 10_000;
const ALL_MS = 3_600_000;
/** One machine in so many is labelled by hand. */
const LABELLED = 4;

/** What is taken back half-way through the history. */
export const RETIRED = { policy: "every-resource-has-an-owner", network: "laboratory" };

const POLICIES: CommandData["SetPolicy"][] = [
  {
    name: "servers-are-redundant",
    description: "A server hangs on two switches.",
    severity: "critical",
    selector: "resource.resource_type == 'physical_server'",
    rule: "size(resource.interfaces) >= 2",
    for: "15m",
  },
  {
    name: "memory-is-not-full",
    severity: "warning",
    selector: "resource.status == 'active'",
    rule: "resource.measurements.memory < 0.95",
    for: "30m",
  },
  {
    name: RETIRED.policy,
    severity: "info",
    selector: "true",
    rule: "has(resource.owner)",
  },
];

/** c of similarity = exp(−c · d): what is a quarter of a range away in one dimension is just at the threshold, 0.85. */
const sensitivity = 0.65;
const CONCEPTS: (CommandData["DefineConcept"] & { name: Workload })[] = [
  {
    space: "performance",
    name: "serving",
    // At night and by day.
    prototypes: [
      { "performance.cpu": 0.05, "performance.memory": 0.35 },
      { "performance.cpu": 0.4, "performance.memory": 0.5 },
    ],
    sensitivity,
  },
  {
    space: "performance",
    name: "memory-bound",
    prototypes: [{ "performance.cpu": 0.25, "performance.memory": 0.75 }],
    sensitivity,
  },
  {
    space: "performance",
    name: "compute-bound",
    prototypes: [{ "performance.cpu": 0.85, "performance.memory": 0.55 }],
    sensitivity,
  },
];

/**
 * Says the whole fleet, from the beginning of the history on.
 *
 * @returns where to go on from, a record's worth of work at a time
 */
export function* founded(world: World): Generator<void> {
  const { recorder, fleet: { sites, machines, cables }, course: { start } } = world;
  recorder.together(start, OPERATOR, (say) => {
    for (const policy of POLICIES) say("SetPolicy", policy);
    for (const concept of CONCEPTS) say("DefineConcept", concept);
    for (const site of sites) {
      const { vrf } = site;
      say("DefineNetwork", { name: `${site.name}`, cidr: site.prefix, vrf, kind: "lan" });
      for (const vlan of Object.keys(VLANS) as Vlan[]) {
        say("DefineNetwork", {
          name: `${site.name}-${vlan}`,
          cidr: site.cidr(vlan),
          vlan_id: VLANS[vlan],
          parent: site.prefix,
          vrf,
          kind: "lan",
          gateway: site.gateway(vlan),
        });
      }
      const laboratory = { name: `${site.name}-${RETIRED.network}`, cidr: site.laboratory, vrf };
      say("DefineNetwork", { ...laboratory, parent: site.prefix, kind: "lan" });
    }
  });
  yield;
  const each = Math.min(EACH_MS, ALL_MS / machines.length);
  for (const [index, machine] of machines.entries()) {
    const at = start + 1_000 + index * each;
    // What cannot look at itself is put into the inventory by hand, and then into service.
    const self = machine.role.tier !== undefined ||
      machine.data.resource_type === "physical_server";
    world.register(machine, at, self ? undefined : OPERATOR);
    if (!self) {
      recorder.say(at, OPERATOR, "ChangeComputeStatus", { compute: machine.id, status: "active" });
    }
    yield;
  }
  for (const cable of cables) {
    world.cable(cable, recorder.now);
    yield;
  }
  for (const machine of machines) {
    world.flows(machine, recorder.now);
    const { tier } = machine.role;
    if (tier !== undefined && world.random.whole(1, LABELLED) === 1) {
      recorder.say(recorder.now, OPERATOR, "LabelResource", {
        compute: machine.id,
        space: "performance",
        concept: TIERS[tier].workload,
      });
    }
    yield;
  }
}
