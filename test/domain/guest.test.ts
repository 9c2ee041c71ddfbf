import { describe, expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import { given, type Said } from "./given.ts";

const web: RegisterCompute = {
  hostname: "web-01",
  resource_type: "physical_server",
  evidence: { serial: "S1", dmi_uuid: "u1", machine_id: "m1" },
  interfaces: [{ name: "eth0", addresses: ["10.0.0.7/24"] }],
};
const register: Said = ["RegisterCompute", web];

describe("A guest is one resource, whether its host tells of it or it does itself", () => {
  const id = "f".repeat(64);
  const outside: RegisterCompute = {
    hostname: "shop-1",
    resource_type: "container",
    evidence: { container_id: id },
    host: "web-01",
    memory_bytes: 512,
    interfaces: [],
  };
  const inside: RegisterCompute = {
    hostname: "shop",
    resource_type: "container",
    evidence: { container_id: id },
    operating_system: { name: "Alpine", kernel: "6.1" },
    interfaces: [{ name: "lo", addresses: ["127.0.0.1/8"] }],
  };

  test("and what it says of itself is not overruled from outside", () => {
    const past = given(register, ["RegisterCompute", outside], ["RegisterCompute", inside]);
    past.when("RegisterCompute", outside).thenNothing();
    past.when("RegisterCompute", inside).thenNothing();
    const [guest] = past.inventory.idsWith(`container:${id}`);
    expect(past.inventory.get("compute", guest!)!.state).toMatchObject({
      hostname: "shop",
      memory_bytes: 512,
      host: past.inventory.idsWith("hostname:web-01")[0],
    });
  });

  test("and a host that may ask for nothing but its id takes nothing away", () => {
    const thin: RegisterCompute = { ...outside, hostname: "f".repeat(12), memory_bytes: 1 };
    given(register, ["RegisterCompute", outside]).when("RegisterCompute", thin).thenNothing();
    expect(given(register).when("RegisterCompute", thin).decision().facts)
      .toMatchObject([{ event_type: "ComputeRegistered", data: { hostname: "f".repeat(12) } }]);
  });

  test("can be updated when its host is gone, and cannot run on itself", () => {
    const past = given(
      register,
      ["RegisterCompute", outside],
      ["DecommissionCompute", { compute: "web-01" }],
    );
    expect(past.when("UpdateCompute", { compute: "shop-1", owner: "ada" }).decision().facts)
      .toHaveLength(1);
    given(register, ["RegisterCompute", outside])
      .when("RegisterCompute", { ...outside, host: "shop-1" }).thenRefused("invalid", "host");
  });

  test("and whoever looks, nothing is said again and again, also where names clash", () => {
    const named: RegisterCompute = { ...web, evidence: { dmi_uuid: "u9" }, interfaces: [] };
    const vm: RegisterCompute = {
      ...outside,
      hostname: "web-01",
      resource_type: "virtual_machine",
      evidence: { dmi_uuid: "vm" },
      host: "hv",
    };
    const hv: RegisterCompute = {
      hostname: "hv",
      resource_type: "physical_server",
      interfaces: [],
    };
    const own: RegisterCompute = {
      ...inside,
      resource_type: "virtual_machine",
      evidence: { dmi_uuid: "vm" },
    };
    const past = given(
      ["RegisterCompute", hv],
      ["RegisterCompute", named],
      ["RegisterCompute", vm],
      ["RegisterCompute", own],
      ["RegisterCompute", vm],
    );
    past.when("RegisterCompute", own).thenNothing();
    past.when("RegisterCompute", vm).thenNothing();
  });

  test("and people's tags stay when a scan says its own", () => {
    const tagged: RegisterCompute = { ...outside, tags: { "guest.state": "running" } };
    const own: Said = [
      "UpdateCompute",
      { compute: "shop-1", tags: { team: "shop", "guest.state": "x" } },
      "declared",
    ];
    const past = given(register, ["RegisterCompute", tagged], own);
    expect(past.when("RegisterCompute", tagged).decision().facts)
      .toMatchObject([{ data: { tags: { team: "shop", "guest.state": "running" } } }]);
    expect(past.when("RegisterCompute", tagged, "declared").decision().facts)
      .toMatchObject([{ data: { tags: { "guest.state": "running" } } }]);
  });

  test("and while only its host tells of it, what has changed is taken from there", () => {
    given(register, ["RegisterCompute", outside])
      .when("RegisterCompute", { ...outside, memory_bytes: 1024 })
      .then({
        event_type: "ComputeUpdated",
        data: {
          ...outside,
          memory_bytes: 1024,
          host: given(register).inventory.idsWith("hostname:web-01")[0],
          status: "active",
        },
      });
  });
});
