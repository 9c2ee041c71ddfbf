import { describe, expect, test } from "vitest";
import type { Desired } from "../../src/projections/netbox/objects.ts";
import { address, device, nic, rack, role, site } from "./netbox_objects.ts";
import { done, told } from "./netbox_told.ts";
import { desiredState, World } from "./netbox_world.ts";

const to = (ref: string) => ({ ref });
const fra = site("fra1");
const at = { site: to(fra.key) };
const web = device("web", at, { later: { primary_ip4: to("10.0.0.1/24") } });
const webParts = [nic("web", "eth0"), address("10.0.0.1/24", "web", "eth0")];
const all = [fra, role, web, ...webParts];

function begun(...desired: Desired[]): World {
  const world = new World();
  world.apply(desiredState(...desired));
  return world;
}

describe("An empty NetBox", () => {
  test("gets all, what others point to first, and what points back at the end", () => {
    const world = new World();
    expect(done(world.apply(desiredState(...all.toReversed())))).toEqual([
      "create site fra1",
      "create device_role Server",
      "create device web",
      "create interface web eth0",
      "create ip_address 10.0.0.1/24",
      "link device web (primary_ip4)",
    ]);
    expect(world.own("web").fields.primary_ip4).toBe(world.own("10.0.0.1/24").id);
    expect(world.own("web").written?.fields.primary_ip4).toBe(world.own("10.0.0.1/24").id);
  });

  test("the same a second time changes nothing, and says so", () => {
    const plan = begun(...all).plan(desiredState(...all));
    expect(plan).toMatchObject({ changes: [], conflicts: [], unchanged: all.length });
  });
});

describe("Of a field that is ours", () => {
  const changed = [fra, role, device("web", { ...at, status: "offline" })];

  test.each([
    ["nobody touched", {}, ["update device web (status,primary_ip4)"], []],
    ["a person changed", { status: "planned" }, ["update device web (primary_ip4)"], [
      "status: planned, active, offline",
    ]],
    ["a person set to what is wanted", { status: "offline" }, [
      "update device web (primary_ip4)",
    ], []],
  ])("what %s", (_, edits, expected, conflicts) => {
    const world = begun(...all);
    world.edit("device", world.own("web").id, edits);
    const plan = world.apply(desiredState(...changed));
    expect(done(plan)).toEqual(expected);
    expect(
      plan.conflicts.map(({ field, observed, written, desired }) =>
        `${field}: ${observed}, ${written}, ${desired}`
      ),
    ).toEqual(conflicts);
  });

  test("what the log no longer knows is emptied, unless a person has changed it", () => {
    const [known, unknown] = [device("web", { ...at, serial: "S1" }), device("web", at)];
    const one = begun(fra, role, known);
    one.apply(desiredState(fra, role, unknown));
    expect(one.own("web").fields.serial).toBe("");
    const other = begun(fra, role, known);
    other.edit("device", other.own("web").id, { serial: "S2" });
    expect(other.apply(desiredState(fra, role, unknown)).changes).toEqual([]);
    expect(other.own("web").fields.serial).toBe("S2");
  });

  test("what a person has filled in before the log knew it is the person's", () => {
    const world = begun(fra, role, device("web", at));
    world.edit("device", world.own("web").id, { serial: "mine" });
    const plan = world.apply(desiredState(fra, role, device("web", { ...at, serial: "S1" })));
    expect(plan.conflicts).toMatchObject([{ field: "serial", observed: "mine", desired: "S1" }]);
  });

  test("what says one thing together is written together or not at all", () => {
    const racks = [rack("r1", "fra1"), rack("r2", "fra1")];
    const placed = (position: number) =>
      device("web", { ...at, rack: to("rack:fra1/r1"), position });
    const world = begun(fra, role, ...racks, placed(4));
    world.edit("device", world.own("web").id, { rack: world.own("rack:fra1/r2").id });
    const plan = world.apply(desiredState(fra, role, ...racks, placed(7)));
    expect(plan.conflicts.map(({ field }) => field)).toEqual(["rack", "position"]);
    expect(world.own("web").fields.position).toBe(4);
  });

  test("an address that a person has deleted is made again, and is primary again", () => {
    const world = begun(...all);
    world.delete("ip_address", world.own("10.0.0.1/24").id);
    const plan = world.apply(desiredState(...all));
    expect(done(plan)).toEqual([
      "create ip_address 10.0.0.1/24",
      "link device web (primary_ip4)",
    ]);
  });

  test("a primary address that a person has taken off stays off", () => {
    const world = begun(...all);
    world.edit("device", world.own("web").id, { primary_ip4: null });
    const plan = world.apply(desiredState(...all));
    expect(plan).toMatchObject({ changes: [], conflicts: [{ field: "primary_ip4" }] });
  });
});

describe("What was there before us", () => {
  test("a site is used as it is, and gets no mark", () => {
    const world = new World();
    const id = world.make("site", { name: "FRA1", slug: "fra-1", status: "planned" });
    const plan = world.apply(desiredState(...all));
    expect(plan.changes.map(({ kind }) => kind)).not.toContain("site");
    expect(world.own("web").fields.site).toBe(id);
    expect(world.get("site", id)).toMatchObject({ tagged: false, fields: { status: "planned" } });
  });

  test("a device is left alone, and what belongs to it waits", () => {
    const world = new World();
    const id = world.make("site", { name: "fra1", slug: "fra1" });
    world.make("device", { name: "WEB", site: id });
    const plan = world.apply(desiredState(...all));
    expect(done(plan)).toEqual(["create device_role Server"]);
    expect(told(plan.existing)).toEqual(["web: it is there already, and is not ours"]);
    expect(told(plan.waiting)).toEqual([
      "web eth0: it waits for the device web",
      "10.0.0.1/24: it waits for the interface web eth0",
    ]);
  });

  test("adopted it keeps what a person has entered, gets what it has not, and is released and never removed", () => {
    const world = new World();
    const id = world.make("site", { name: "fra1", slug: "fra1" });
    const theirs = world.make("device", { name: "web", site: id, status: "planned", serial: "" });
    const known = [fra, role, device("web", { ...at, serial: "S1" })];
    const plan = world.apply(desiredState(...known), { adopt: true });
    expect(done(plan)).toEqual([
      "create device_role Server",
      "adopt device web (role,serial)",
    ]);
    expect(plan.conflicts).toMatchObject([{ field: "status", observed: "planned" }]);
    world.edit("device", theirs, { serial: "S1" });
    const { changes, blocked } = world.apply(desiredState(), { remove: true });
    expect(blocked).toMatchObject([{ title: "Server" }]);
    expect(changes.map(({ action }) => action)).toEqual(["release"]);
    expect(world.get("device", theirs)).toMatchObject({
      tagged: false,
      fields: { name: "web", status: "planned", serial: "" },
    });
  });

  test("two alike are nobody's to choose from", () => {
    const world = new World();
    const id = world.make("site", { name: "fra1", slug: "fra1" });
    const one = world.make("device", { name: "web", site: id });
    const other = world.make("device", { name: "Web", site: id });
    const plan = world.apply(desiredState(...all), { adopt: true });
    expect(told(plan.existing)).toEqual([`web: there are 2 like it (#${one}, #${other})`]);
  });

  test("what a person has taken our tag off is the person's, with all that would come to it", () => {
    const world = begun(...all);
    const { id } = world.own("web");
    world.untag("device", id);
    const more = [fra, role, device("web", { ...at, status: "offline" }), ...webParts];
    const plan = world.apply(desiredState(...more, nic("web", "eth1")), {
      adopt: true,
      remove: true,
    });
    expect(plan.changes).toEqual([]);
    expect(told(plan.existing)).toEqual([
      "web: somebody has taken our tag off: it is left alone until that is put on again",
    ]);
  });
});

describe("What the log no longer has", () => {
  test("is kept and told, and removed when that is asked for, what depends on others first", () => {
    const world = begun(...all);
    expect(told(world.apply(desiredState(fra, role)).gone)).toEqual([
      "web: the log no longer has it",
      "web eth0: the log no longer has it",
      "10.0.0.1/24: the log no longer has it",
    ]);
    expect(done(world.apply(desiredState(fra, role), { remove: true }))).toEqual([
      "remove ip_address 10.0.0.1/24",
      "remove interface web eth0",
      "remove device web",
    ]);
  });

  test("is not removed where something hangs on it that a person has made", () => {
    const world = begun(...all);
    const theirs = world.make("ip_address", {
      address: "10.0.0.9/24",
      assigned_object_type: "dcim.interface",
      assigned_object_id: world.own("web/interface/eth0").id,
    });
    const plan = world.apply(desiredState(), { remove: true });
    expect(done(plan)).toEqual([]);
    expect(told(plan.blocked)).toEqual([
      "fra1: web stays, and needs it",
      "Server: web stays, and needs it",
      "web: web eth0 stays, and needs it",
      `web eth0: 10.0.0.9/24 (ipam/ip-addresses ${theirs}) would be deleted or changed with it`,
      "10.0.0.1/24: web stays, and needs it",
    ]);
  });

  test("a decommissioned resource is said to be that, is never made for it, and is removed when that is asked for", () => {
    const ending = device("web", { status: "decommissioning" }, { ending: true });
    delete (ending.fields as Record<string, unknown>).role;
    expect(new World().apply(desiredState(ending)).changes).toEqual([]);
    const world = begun(...all);
    const plan = world.apply(desiredState(fra, role, ending));
    expect(done(plan)).toEqual(["update device web (status)"]);
    expect(told(plan.gone)).toContain("web: it is decommissioned");
    world.apply(desiredState(fra, role, ending), { remove: true });
    expect([...world.objects.values()].map(({ kind }) => kind)).toEqual(["site", "device_role"]);
  });

  test("a decommissioned resource that cannot be removed is said to be decommissioned", () => {
    const world = begun(...all);
    const ending = device("web", { status: "decommissioning" }, { ending: true });
    delete (ending.fields as Record<string, unknown>).role;
    world.make("ip_address", {
      address: "10.0.0.9/24",
      assigned_object_type: "dcim.interface",
      assigned_object_id: world.own("web/interface/eth0").id,
    });
    const plan = world.apply(desiredState(fra, role, ending), { remove: true });
    expect(done(plan)).toEqual(["update device web (status)"]);
    expect(told(plan.blocked)).toContain("web: web eth0 stays, and needs it");
    expect(world.own("web").fields.status).toBe("decommissioning");
    const again = world.apply(desiredState(fra, role, ending), { remove: true });
    expect(done(again)).toEqual([]);
    expect(again.blocked).toEqual(plan.blocked);
  });

  test("a device that is a virtual machine now is held, and the virtual machine of its key is not for that", () => {
    const world = begun(...all);
    world.make("ip_address", {
      address: "10.0.0.9/24",
      assigned_object_type: "dcim.interface",
      assigned_object_id: world.own("web/interface/eth0").id,
    });
    const cluster: Desired = {
      kind: "virtual_machine",
      key: "web",
      title: "web",
      fields: { name: "web", site: { ref: "site:fra1" }, status: "active" },
    };
    world.apply(desiredState(fra, role, cluster), { remove: true });
    const ending = { ...cluster, fields: { status: "decommissioning" }, ending: true };
    const plan = world.apply(desiredState(fra, role, ending), { remove: true });
    expect(done(plan)).toEqual(["remove virtual_machine web"]);
    expect(plan.blocked.filter(({ key }) => key === "web").map(({ kind }) => kind))
      .toEqual(["device"]);
  });

  test("one that comes in its place takes it over", () => {
    const world = begun(...all);
    const { id } = world.own("web");
    const next = [fra, role, device("web2", { ...at, name: "web" }), nic("web2", "eth0")];
    const plan = world.apply(desiredState(...next));
    expect(done(plan)).toEqual([
      "update device web (primary_ip4)",
      "update interface web2 eth0 ()",
    ]);
    expect(world.own("web2").id).toBe(id);
  });

  test("an interface that is part of another one does not hold that up", () => {
    const world = begun(fra, role, device("web", at), nic("web", "eth0"), {
      ...nic("web", "eth0.5"),
      later: { parent: to("web/interface/eth0") },
    });
    const plan = world.apply(desiredState(), { remove: true });
    expect(plan.blocked).toEqual([]);
    expect(world.objects.size).toBe(0);
  });
});
