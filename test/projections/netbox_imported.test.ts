/** What was imported from a NetBox, on its way back. */
import { expect, test } from "vitest";
import { desiredState as desiredOf } from "../../src/projections/netbox/desired/desired_state.ts";
import { estate, idOf } from "./netbox_estate.ts";
import { device, machine, nic, role, site } from "./netbox_objects.ts";
import { done } from "./netbox_told.ts";
import { desiredState, World } from "./netbox_world.ts";

test("A machine, its role and its cluster are called in NetBox as they were when they came from there", () => {
  const { objects } = desiredOf(estate({
    computes: {
      "switch-1-2": {
        resource_type: "switch",
        tags: { netbox_name: "Switch 1/2", netbox_role: "Core Switch" },
      },
      "vm-01": {
        resource_type: "virtual_machine",
        virtualization: { machine: "VMware vSphere" },
        tags: { netbox_cluster: "prod" },
      },
    },
  }));
  const named = (kind: string) =>
    objects.filter((one) => one.kind === kind).map(({ fields }) => fields.name);
  expect(named("device")).toEqual(["Switch 1/2"]);
  expect(named("device_role").sort()).toEqual(["Core Switch", "Virtual machine"]);
  expect(named("cluster")).toEqual(["prod"]);
  expect(named("cluster_type")).toEqual(["VMware vSphere"]);
});

test("A virtual machine that came from there without a cluster is in none, until it is known what it runs on", () => {
  const tags = { netbox: "https://netbox/virtualization/virtual-machines/9/" };
  const guest = { resource_type: "virtual_machine", location: { site: "fra1" }, tags } as const;
  const kinds = (objects: readonly { kind: string }[]) => objects.map(({ kind }) => kind);
  const { objects } = desiredOf(estate({ computes: { "vm-01": guest } }));
  const vm = objects.find(({ kind }) => kind === "virtual_machine");
  expect(vm?.fields).toMatchObject({ name: "vm-01", site: { ref: "site:fra1" } });
  expect(vm?.fields).not.toHaveProperty("cluster");
  expect(kinds(objects)).not.toContain("cluster_type");
  const hosted = { ...guest, host: "server-01" };
  const known = desiredOf(estate({ computes: { "server-01": {}, "vm-01": hosted } }));
  expect(kinds(known.objects)).toContain("cluster");
});

test("A virtual machine in no cluster is told from one of the same name in another site", () => {
  const world = new World();
  const [here, there] = ["fra1", "ber1"].map((name) => world.make("site", { name, slug: name }));
  world.make("virtual_machine", { name: "app", site: there! });
  const id = world.make("virtual_machine", { name: "App", site: here! });
  const plan = world.apply(
    desiredState(site("fra1"), machine("app", { site: { ref: "site:fra1" } })),
    { adopt: true },
  );
  expect(done(plan)).toHaveLength(1);
  expect(world.own("app").id).toBe(id);
});

test("Of two machines that NetBox would call alike in one site the second is told", () => {
  const tags = { netbox_name: "web" };
  const { objects, findings } = desiredOf(estate({
    computes: { "web-a": { tags }, "web-b": { tags: { netbox_name: "WEB" } } },
  }));
  expect(objects.filter(({ kind }) => kind === "device")).toHaveLength(1);
  expect(findings.map(({ kind }) => kind)).toEqual(["device"]);
  expect([idOf("web-a"), idOf("web-b")]).toContain(findings[0]?.key);
});

test("What the log only assumes stands as a person has it, and is brought up to date where we wrote it", () => {
  const all = (type: string, name: string) => {
    const assumed = { ...nic("web", name, { type }), assumed: ["type"] };
    return [site("fra1"), role, device("web", { site: { ref: "site:fra1" } }), assumed];
  };
  const world = new World();
  world.apply(desiredState(...all("1000base-t", "eth0")));
  expect(done(world.apply(desiredState(...all("10gbase-t", "eth0")))))
    .toEqual(["update interface web eth0 (type)"]);
  const { id } = world.own("web");
  world.make("interface", { device: id, name: "eth1", type: "1000base-x-sfp" });
  const plan = world.apply(
    desiredState(...all("1000base-t", "eth0"), ...all("1000base-t", "eth1").slice(3)),
    { adopt: true },
  );
  expect(plan.conflicts).toEqual([]);
  expect(done(plan)).toEqual(["update interface web eth0 (type)", "adopt interface web eth1 ()"]);
});
