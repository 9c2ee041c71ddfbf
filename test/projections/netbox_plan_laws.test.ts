import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Desired,
  type DesiredState,
  type Fields,
  resolved,
} from "../../src/projections/netbox/objects.ts";
import { planChanges } from "../../src/projections/netbox/plan_changes.ts";
import { isEmpty, isSame } from "../../src/projections/netbox/values.ts";
import {
  address,
  cable,
  cluster,
  device,
  mac,
  machine,
  nic,
  rack,
  role,
  site,
} from "./netbox_objects.ts";
import { desiredState, World } from "./netbox_world.ts";

const to = (ref: string) => ({ ref });
const HOSTS = ["d0", "d1", "d2", "d3"];
/** Of which two may have been devices, or become some. */
const MACHINES = ["m0", "d0", "d1"];
const MACS = ["00:50:56:00:00:01", "00:50:56:00:00:02"];
const ADDRESSES = ["10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/24"];

function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

/** A log's worth of objects: names, places, addresses and cables are never given twice at once. */
const anyDesired: fc.Arbitrary<DesiredState> = fc.record({
  hosts: fc.subarray(HOSTS),
  names: shuffled(["w", "x", "y", "z"]),
  places: shuffled([1, 2, 3, 4]),
  homes: fc.array(fc.constantFrom("s1", "s2"), { minLength: 4, maxLength: 4 }),
  serials: fc.array(fc.constantFrom("", "S1", "S2"), { minLength: 4, maxLength: 4 }),
  sequences: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
  isEnding: fc.array(fc.constantFrom(false, false, false, true), { minLength: 4, maxLength: 4 }),
  owners: fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }),
  ends: shuffled(HOSTS),
  machines: fc.subarray(MACHINES),
  machineNames: shuffled(["v0", "v1", "v2"]),
  clusters: fc.array(fc.constantFrom("c1", "c2"), { minLength: 3, maxLength: 3 }),
}).map((made) => {
  const live = made.hosts.filter((_, at) => !made.isEnding[at]);
  const objects: Desired[] = [role, site("s1"), site("s2"), rack("r", "s1"), rack("r", "s2")];
  const primaries = new Map<string, Record<string, Desired["fields"][string]>>();
  const macs = new Map<string, Record<string, Desired["fields"][string]>>();
  ADDRESSES.forEach((one, at) => {
    const owner = live[made.owners[at]!];
    if (owner === undefined) return;
    objects.push(address(one, owner, "eth0"));
    primaries.set(owner, { primary_ip4: to(one) });
  });
  MACS.forEach((one, at) => {
    const owner = live[made.owners[at + 3]!];
    if (owner === undefined) return;
    objects.push(mac(one, owner, "eth0"));
    macs.set(owner, { primary_mac_address: to(one) });
  });
  made.hosts.forEach((host, at) => {
    if (!live.includes(host)) {
      const { kind, key, title } = device(host);
      objects.push({ kind, key, title, fields: { status: "decommissioning" }, ending: true });
      return;
    }
    const home = made.homes[at]!;
    const fields: Fields = {
      name: made.names[at]!,
      site: to(`site:${home}`),
      rack: to(`rack:${home}/r`),
      position: made.places[at]!,
      face: "front",
      ...(made.serials[at] === "" ? {} : { serial: made.serials[at]! }),
    };
    const [sequence, later] = [made.sequences[at]!, primaries.get(host) ?? {}];
    objects.push(device(host, fields, { sequence, later }));
    objects.push(nic(host, "eth0", {}, macs.get(host)));
  });
  const ends = made.ends.filter((host) => live.includes(host)).map((host) =>
    `${host}/interface/eth0`
  );
  if (ends.length > 1) objects.push(cable("k1", ends[0]!, ends[1]!));
  if (ends.length > 3) objects.push(cable("k2", ends[2]!, ends[3]!));
  made.machines.forEach((key, at) => {
    if (made.hosts.includes(key)) return;
    const home = made.clusters[at]!;
    objects.push(machine(key, { name: made.machineNames[at]!, cluster: to(`cluster:${home}`) }));
  });
  return desiredState(...objects, cluster("c1"), cluster("c2"));
});

/** What a person may do; `at` picks one of what there is. */
const anyDeed = fc.record({
  deed: fc.constantFrom("edit", "edit", "edit", "untag", "delete", "make", "hang"),
  at: fc.nat(1_000),
  fields: fc.constantFrom<Fields>(
    { status: "planned" },
    { serial: "mine" },
    { serial: "" },
    { position: 9 },
    { name: "theirs" },
    { primary_ip4: null },
    { description: "a note" },
  ),
});
const anyRound = fc.record({
  desired: anyDesired,
  deeds: fc.array(anyDeed, { maxLength: 4 }),
  adopt: fc.boolean(),
  remove: fc.boolean(),
});

function does(
  world: World,
  { deed, at, fields }: typeof anyDeed extends fc.Arbitrary<infer T> ? T : never,
): void {
  const all = [...world.objects.values()];
  const one = all[at % all.length];
  if (!one) return;
  const known = Object.fromEntries(
    Object.entries(fields).filter(([field]) => field === "description" || field in one.fields),
  );
  switch (deed) {
    case "edit":
      return world.edit(one.kind, one.id, known);
    case "untag":
      return world.untag(one.kind, one.id);
    case "delete":
      if (one.kind === "ip_address" || one.kind === "cable") world.delete(one.kind, one.id);
      return;
    case "make":
      if (one.kind === "site") world.make("device", { name: "x", site: one.id });
      return;
    default:
      if (one.kind !== "interface") return;
      world.make("ip_address", {
        address: "10.0.0.99/24",
        assigned_object_type: "dcim.interface",
        assigned_object_id: one.id,
      });
  }
}

/** What is ours, with keys in place of ids; without cables, of which either end may be the first. */
function content(world: World): unknown {
  const keys = new Map([...world.objects.values()].map((one) => [one.id, one.key]));
  const plain = (value: unknown): unknown =>
    typeof value === "number" && keys.has(value)
      ? keys.get(value)
      : typeof value === "object" && value !== null
      ? Object.fromEntries(
        Object.entries(value).filter(([, item]) => !isEmpty(item)).map((
          [name, item],
        ) => [name, plain(item)]),
      )
      : value;
  const all = [...world.objects.values()].filter(({ kind }) => kind !== "cable");
  return all.map(({ kind, key, sequence, fields, written }) =>
    JSON.stringify(
      [kind, key, sequence, plain(fields), plain(written)],
      (_, value) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort())
          : value,
    )
  ).sort();
}

describe("Whatever the log has had", () => {
  test("NetBox takes each plan whole, and has then what the log has", () => {
    fc.assert(
      fc.property(fc.array(anyDesired, { minLength: 1, maxLength: 5 }), (states) => {
        const world = new World();
        for (const state of states) {
          const kinds = new Map(state.objects.map(({ kind, key }) => [key, kind]));
          const held = new Set(world.apply(state).waiting.map(({ key }) => key));
          for (const { kind, key, sequence, fields, later, ending } of state.objects) {
            if (ending || held.has(key)) continue; // a name that one has which is gone and kept
            const one = world.own(key, kind);
            if (one.sequence !== sequence) throw new Error(`${key} sequence`);
            for (const [field, value] of Object.entries({ ...fields, ...later })) {
              if (field.endsWith("_terminations")) continue; // either end may be the first
              const id = resolved(value, (ref) => world.own(ref, kinds.get(ref)).id);
              if (!isSame(one.fields[field], id)) throw new Error(`${key} ${field}`);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("what is left of what the log no longer has is removed when that is asked for: it is as if it had never been", () => {
    fc.assert(
      fc.property(fc.array(anyDesired, { minLength: 2, maxLength: 4 }), (states) => {
        const [world, following, fresh] = [new World(), new World(), new World()];
        for (const state of states) {
          world.apply(state);
          following.apply(state, { remove: true });
        }
        const last = states.at(-1)!;
        world.apply(last, { remove: true });
        fresh.apply(last, { remove: true });
        expect(content(world)).toEqual(content(fresh));
        expect(content(following)).toEqual(content(fresh));
        world.apply(desiredState(), { remove: true });
        expect(world.objects.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("the plan is the same in whatever order anything is read", () => {
    fc.assert(
      fc.property(
        fc.tuple(anyDesired, anyDesired),
        fc.infiniteStream(fc.nat()),
        ([one, next], picks) => {
          const world = new World();
          world.apply(one);
          const mixed = <T>(items: readonly T[]) =>
            items.map((item) => [picks.next().value, item] as const).sort(([a], [b]) => a - b)
              .map(([, item]) => item);
          const { objects, hanging } = world.observed();
          const plan = planChanges(next, { objects, hanging }, { remove: true });
          const again = planChanges(
            { ...next, objects: mixed(next.objects) },
            { objects: mixed(objects), hanging: mixed(hanging) },
            { remove: true },
          );
          expect(again).toEqual(plan);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("Whatever people do in NetBox", () => {
  test("what they have entered is in no update, and what they have made is never removed", () => {
    fc.assert(
      fc.property(fc.array(anyRound, { minLength: 1, maxLength: 5 }), (rounds) => {
        const world = new World();
        const theirs = new Map<string, Fields>();
        for (const { desired, deeds, adopt, remove } of rounds) {
          for (const deed of deeds) does(world, deed);
          for (const name of theirs.keys()) if (!world.objects.has(name)) theirs.delete(name);
          for (const [name, one] of world.objects) {
            if (one.key === undefined) theirs.set(name, one.fields);
          }
          const before = new Map(world.objects);
          const plan = world.plan(desired, { adopt, remove });
          const cleared = new Set<string>();
          for (const { action, kind, id, fields } of plan.changes) {
            if (id === undefined) continue;
            const { fields: have, written, key } = before.get(`${kind} ${id}`)!;
            if (action === "remove" || action === "uncable") {
              if (key === undefined || written?.adopted !== false) throw new Error(`${kind} ${id}`);
            }
            for (const field of Object.keys(fields)) {
              const isOurs = isEmpty(have[field]) || isSame(have[field], written?.fields[field]);
              if (!isOurs && !cleared.has(`${kind} ${id} ${field}`)) {
                throw new Error(`${action} ${kind} ${id} ${field}`);
              }
              cleared.add(`${kind} ${id} ${field}`);
            }
          }
          world.carryOut(plan);
          for (const [name, fields] of theirs) {
            const now = world.objects.get(name);
            if (!now) throw new Error(`${name} is gone`);
            if (now.key !== undefined) theirs.delete(name); // it is adopted
            else expect(now.fields).toEqual(fields);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
