/** Which targets are on which machine. */
import { validHostname } from "../../introspection/host_names.ts";
import { unlessPlaceholder } from "../../introspection/evidence.ts";
import { byCodeUnit, isGloballyAdministered } from "../../domain/values.ts";
import type { Target } from "./targets.ts";

/** Two machines were not started within so many seconds of each other; clocks are set while one runs. */
const SAME_START_SECONDS = 5;

/** A machine, and the targets that tell of it, those that know most first. */
export interface Machine {
  /** What it is called. */
  hostname: string;
  targets: Target[];
}

/** The machines, and what is to be told of how they were found. */
export interface FoundMachines {
  machines: Machine[];
  /** Targets of which it cannot be told where they are, and why. */
  leftOut: { target: Target; why: string }[];
  /** What is odd, for people. */
  odd: string[];
}

/**
 * Joins the targets of each machine:
 *
 * 1. Targets that say what their machine is called (`nodename`, `host.name`, a label `node`) are of one machine where
 *    they say the same in the same `cluster`, unless what both know says otherwise: a machine id, a DMI UUID, MAC
 *    addresses, or when it was started.
 * 2. One that does not say it (cAdvisor) is of the machine that has the same machine id or DMI UUID; else of the one
 *    where another target has the same `instance` but for the port, if that is one only.
 * 3. Else it is of a machine of its own, which is called as its `instance` says; of `localhost` nothing can be told.
 *
 * Cost: O(targets · log targets), and for targets of one name O(their number²).
 */
export function machinesOf(targets: readonly Target[]): FoundMachines {
  const found: FoundMachines = { machines: [], leftOut: [], odd: [] };
  const byName = new Map<string, Machine[]>();
  const named = targets.filter((target) => nameOf(target) !== undefined).sort(byKnowledge);
  for (const target of named) {
    const hostname = nameOf(target)!;
    const key = `${target.labels.cluster ?? ""} ${hostname}`;
    const namesakes = byName.get(key) ?? [];
    const machine = namesakes.find(({ targets }) => targets.every((one) => !differ(one, target)));
    if (machine) machine.targets.push(target);
    else namesakes.push({ hostname, targets: [target] });
    byName.set(key, namesakes);
  }
  found.machines.push(...[...byName.values()].flat());
  const places = new Places(found.machines);
  for (const target of targets.filter((one) => nameOf(one) === undefined)) {
    const [machine, ...others] = places.of(target);
    if (others.length > 0) {
      const why = `it could be on ${
        [machine!, ...others].map(({ hostname }) => hostname).join(" or ")
      }`;
      found.leftOut.push({ target, why });
    } else if (machine) {
      machine.targets.push(target);
      places.add(machine, target);
    } else {
      const hostname = placeOf(target) && validHostname(placeOf(target)!);
      if (hostname === undefined || isLoopback(placeOf(target)!)) {
        found.leftOut.push({ target, why: "nothing says on which machine it is" });
        continue;
      }
      const own = { hostname, targets: [target] };
      found.machines.push(own);
      places.add(own, target);
    }
  }
  for (const machine of found.machines) tellTwice(machine, found.odd);
  tellApart(found);
  return found;
}

/** Machines by what their targets say of them, strongest first. */
class Places {
  readonly #byKey = new Map<string, Set<Machine>>();

  constructor(machines: readonly Machine[]) {
    for (const machine of machines) {
      for (const target of machine.targets) this.add(machine, target);
    }
  }

  add(machine: Machine, target: Target): void {
    for (const key of keysOf(target)) {
      this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(machine));
    }
  }

  of(target: Target): Machine[] {
    for (const key of keysOf(target)) {
      const machines = this.#byKey.get(key);
      if (machines) return [...machines];
    }
    return [];
  }
}

function keysOf(target: Target): string[] {
  const { machine_id, dmi_uuid } = evidenceOf(target);
  const place = placeOf(target);
  return [
    ...dmi_uuid ? [`dmi:${dmi_uuid}`] : [],
    ...machine_id ? [`machine:${machine_id}`] : [],
    ...place ? [`at:${target.labels.cluster ?? ""} ${place.toLowerCase()}`] : [],
  ];
}

/** What a target knows that tells its machine from others; what makers leave as it came is left out. */
export function evidenceOf({ facts, labels }: Target): {
  machine_id?: string;
  dmi_uuid?: string;
  serial?: string;
  cloud_instance_id?: string;
} {
  const host = facts.host_id ?? labels.host_id;
  const machine = [facts.machine_id, host].map((id) => id?.replaceAll("-", "").toLowerCase())
    .find((id) => id !== undefined && /^[0-9a-f]{32}$/.test(id) && !/^(.)\1*$/.test(id));
  const uuid = unlessPlaceholder(facts.dmi_uuid)?.toLowerCase();
  const serial = unlessPlaceholder(facts.serial);
  return {
    ...machine ? { machine_id: machine } : {},
    ...uuid ? { dmi_uuid: uuid } : {},
    ...serial ? { serial } : {},
    ...host && /^i-[0-9a-f]{8,}$/.test(host) ? { cloud_instance_id: host } : {},
  };
}

/** What its machine is called, where a target says it. */
function nameOf({ facts, labels }: Target): string | undefined {
  const said = facts.name ?? labels.host_name ?? labels.node;
  return said === undefined ? undefined : validHostname(said);
}

/** The host in `instance`: `10.0.0.7` of `10.0.0.7:9100`, `fe80::1` of `[fe80::1]:9100`. */
function placeOf({ labels: { instance } }: Target): string | undefined {
  const host = instance?.replace(/^\w+:\/\//, "").replace(/\/.*$/, "");
  return host?.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^([^:]*):\d+$/, "$1") || undefined;
}

function isLoopback(host: string): boolean {
  return /^(localhost(\..*)?|127(\.\d+){3}|::1)$/i.test(host);
}

function macsOf({ interfaces }: Target): Set<string> {
  const all = [...interfaces.values()].flatMap(({ mac_address }) => mac_address ?? []);
  return new Set(all.filter((mac) => /^[0-9a-f:]{17}$/.test(mac) && isGloballyAdministered(mac)));
}

/** Whether two targets of one name are on two machines, by the strongest that both know. */
function differ(a: Target, b: Target): boolean {
  const [one, other] = [evidenceOf(a), evidenceOf(b)];
  for (const kind of ["dmi_uuid", "machine_id"] as const) {
    if (one[kind] && other[kind]) return one[kind] !== other[kind];
  }
  const [mine, others] = [macsOf(a), macsOf(b)];
  if (mine.size > 0 && others.size > 0) return mine.isDisjointFrom(others);
  const starts = [a, b].map(({ facts }) => Number(facts.boot_seconds ?? NaN));
  return Math.abs(starts[0]! - starts[1]!) > SAME_START_SECONDS;
}

function byKnowledge(a: Target, b: Target): number {
  const known = ({ facts }: Target) => Object.keys(facts).length;
  return known(b) - known(a) || byCodeUnit(a.key, b.key);
}

/** Two targets that tell the same are one machine that is scraped twice. */
function tellTwice({ hostname, targets }: Machine, odd: string[]): void {
  const same = targets.filter(({ facts }) => facts.boot_seconds !== undefined);
  if (same.length < 2) return;
  const [first, ...others] = same.map(targetName);
  odd.push(
    `${hostname} is scraped ${same.length} times: ${first} counts, and ${
      others.join(", ")
    } where that is silent`,
  );
}

/** Machines of one name without evidence would be taken for one: they are called as they are reached, or counted. */
function tellApart({ machines, odd }: FoundMachines): void {
  const taken = new Set(machines.map(({ hostname }) => hostname));
  const seen = new Set<string>();
  for (const machine of machines) {
    const { hostname, targets } = machine;
    if (seen.size < seen.add(hostname).size) continue;
    const place = placeOf(targets[0]!);
    const reached = place && !isLoopback(place) ? validHostname(place) : undefined;
    let name = reached !== undefined && !taken.has(reached) ? reached : `${hostname}-2`;
    for (let count = 3; taken.has(name); count++) name = `${hostname}-${count}`;
    taken.add(name);
    machine.hostname = name;
    odd.push(
      `there is more than one ${hostname}: that of ${targetName(targets[0]!)} is called ${name}`,
    );
  }
}

/** A target as people know it. */
export function targetName({ labels: { job, instance, host_name } }: Target): string {
  return `${instance ?? host_name ?? "?"}${job === undefined ? "" : ` (${job})`}`;
}
