import { describe, expect, test } from "vitest";
import type { Desired } from "../../src/projections/netbox/objects.ts";
import { address, cable, device, mac, machine, nic, rack, role, site } from "./netbox_objects.ts";
import { done, told } from "./netbox_told.ts";
import { desiredState, World } from "./netbox_world.ts";

const to = (ref: string) => ({ ref });
const fra = site("fra1");
const at = { site: to(fra.key) };

function begun(...desired: Desired[]): World {
  const world = new World();
  world.apply(desiredState(...desired));
  return world;
}

describe("What NetBox does not let go of by itself", () => {
  const pair = [fra, role, device("a", at), device("b", at), nic("a", "eth0"), nic("b", "eth0")];

  test("a primary address is unset before it moves to another device", () => {
    const first = { ...pair[2]!, later: { primary_ip4: to("10.0.0.1/24") } };
    const second = { ...pair[3]!, later: { primary_ip4: to("10.0.0.1/24") } };
    const rest = [fra, role, pair[4]!, pair[5]!];
    const world = begun(...rest, first, pair[3]!, address("10.0.0.1/24", "a", "eth0"));
    const plan = world.apply(
      desiredState(...rest, pair[2]!, second, address("10.0.0.1/24", "b", "eth0")),
    );
    expect(done(plan)).toEqual([
      "clear device a (primary_ip4)",
      "update ip_address 10.0.0.1/24 (assigned_object_id)",
      "link device b (primary_ip4)",
    ]);
  });

  test("a primary address that a person has chosen stays where it is", () => {
    const world = begun(...pair, address("10.0.0.1/24", "a", "eth0"));
    const { id } = world.own("10.0.0.1/24");
    world.edit("device", world.own("a").id, { primary_ip4: id });
    const plan = world.apply(desiredState(...pair, address("10.0.0.1/24", "b", "eth0")));
    expect(plan.changes).toEqual([]);
    expect(told(plan.waiting)).toEqual([
      "10.0.0.1/24: it cannot be assigned to another one: somebody has made it the primary_ip4 of a",
    ]);
  });

  test("a primary MAC is unset before it moves to another interface", () => {
    const key = "00:50:56:00:00:01";
    const primary = { primary_mac_address: to(key) };
    const base = [fra, role, pair[2]!, pair[3]!];
    const world = begun(
      ...base,
      nic("a", "eth0", {}, primary),
      nic("b", "eth0"),
      mac(key, "a", "eth0"),
    );
    const plan = world.apply(
      desiredState(...base, nic("a", "eth0"), nic("b", "eth0", {}, primary), mac(key, "b", "eth0")),
    );
    expect(done(plan)[0]).toBe("clear interface a eth0 (primary_mac_address)");
  });

  test("two devices change names, and three in a ring", () => {
    const named = (...names: string[]) =>
      names.map((name, index) => device(`d${index}`, { ...at, name }));
    const world = begun(fra, role, ...named("x", "y", "z"));
    world.apply(desiredState(fra, role, ...named("y", "x", "z")));
    world.apply(desiredState(fra, role, ...named("z", "y", "x")));
    expect(["d0", "d1", "d2"].map((key) => world.own(key).fields.name)).toEqual(["z", "y", "x"]);
  });

  test("two machines change names, and another one goes to another cluster", () => {
    const clusters = ["c1", "c2"].map((name): Desired => ({
      kind: "cluster",
      key: name,
      title: name,
      fields: { name },
    }));
    const named = (one: string, other: string, home: string) => [
      ...clusters,
      machine("m1", { name: one, cluster: to("c1") }),
      machine("m2", { name: other, cluster: to("c1") }),
      machine("m3", { name: "third", cluster: to(home) }),
    ];
    const world = begun(...named("x", "y", "c1"));
    const plan = world.apply(desiredState(...named("y", "X", "c2")));
    expect(plan.conflicts).toEqual([]);
    expect(world.own("m3").fields.cluster).toBe(world.own("c2").id);
  });

  test("two devices change their places in a rack, and a new one takes that of one that has ended", () => {
    const r1 = rack("r1", "fra1");
    const placed = (...positions: number[]) =>
      positions.map((position, index) =>
        device(`d${index}`, { ...at, rack: to(r1.key), position, face: "front" })
      );
    const world = begun(fra, role, r1, ...placed(1, 2));
    world.apply(desiredState(fra, role, r1, ...placed(2, 1)));
    const ending = device("d0", { status: "decommissioning" }, { ending: true });
    const next = device("d9", { ...at, rack: to(r1.key), position: 2, face: "front" });
    world.apply(desiredState(fra, role, r1, ending, placed(2, 1)[1]!, next));
    expect(world.own("d0").fields).toMatchObject({ position: null, status: "decommissioning" });
  });

  const end = (of: string) => `${of}/interface/eth0`;
  const hosts = ["a", "b", "c", "d"];
  const ports = [
    fra,
    role,
    ...hosts.map((name) => device(name, at)),
    ...hosts.map((name) => nic(name, "eth0")),
  ];

  test("a cable whose ends are others is taken away and made anew; from its other end it is the same", () => {
    const world = begun(...ports, cable("k1", end("a"), end("b")), cable("k2", end("c"), end("d")));
    const turned = [cable("k1", end("b"), end("a")), cable("k2", end("c"), end("d"))];
    expect(world.apply(desiredState(...ports, ...turned)).changes).toEqual([]);
    const crossed = [cable("k1", end("a"), end("c")), cable("k2", end("b"), end("d"))];
    expect(done(world.apply(desiredState(...ports, ...crossed)))).toEqual([
      "uncable cable k1",
      "uncable cable k2",
      "create cable k1",
      "create cable k2",
    ]);
  });

  test("where a cable is that the log no longer has, the new one takes its place; a person's stays", () => {
    const world = begun(...ports, cable("k1", end("a"), end("b")));
    expect(done(world.apply(desiredState(...ports, cable("k2", end("a"), end("c")))))).toEqual([
      "uncable cable k1",
      "create cable k2",
    ]);
    const theirs = world.own("k2");
    world.untag("cable", theirs.id);
    const plan = world.apply(desiredState(...ports, cable("k3", end("a"), end("d"))));
    expect(plan.changes).toEqual([]);
    expect(told(plan.waiting)).toEqual([
      `k3: at one of its ends is the cable ${theirs.display} already`,
    ]);
  });
});
