/** What was imported from a NetBox, on its way back. */
import { expect, test } from "vitest";
import { desiredState as desiredOf } from "../../src/projections/netbox/desired.ts";
import { estate, idOf } from "./netbox_estate.ts";
import { device, nic, role, site } from "./netbox_objects.ts";
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
