import { describe, expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import type { ComputeStatus } from "../../src/domain/compute_schema.ts";
import type Type from "typebox";
import { given, type Said } from "./given.ts";

type Status = Type.Static<typeof ComputeStatus>;

const web: RegisterCompute = {
  hostname: "web-01",
  resource_type: "virtual_machine",
  evidence: { machine_id: "m1" },
  interfaces: [{
    name: "eth0",
    kind: "ethernet",
    mac_address: "00:50:56:aa:bb:cc",
    addresses: ["10.0.0.7/24"],
  }],
};
const register: Said = ["RegisterCompute", web];
const to = (status: Exclude<Status, "decommissioned">, reason?: string): Said => [
  "ChangeComputeStatus",
  { compute: "web-01", status, ...(reason ? { reason } : {}) },
];

describe("A resource's life", () => {
  test("begins active where it is seen, and provisioning where it is declared", () => {
    given().when(...register).then({
      event_type: "ComputeRegistered",
      data: { ...web, status: "active" },
    });
    given().when("RegisterCompute", web, "declared").then({
      event_type: "ComputeRegistered",
      data: { ...web, status: "provisioning" },
    });
  });

  const declared: Said = ["RegisterCompute", web, "declared"];
  const ways: Record<string, Said[]> = {
    provisioning: [declared],
    active: [register],
    maintenance: [register, to("maintenance")],
  };
  const allowed = ["provisioning active", "active maintenance", "maintenance active"];
  const all = Object.keys(ways).flatMap((from) =>
    (["provisioning", "active", "maintenance"] as const).map((status) => [from, status] as const)
  );
  test.each(all)("from %s to %s", (from, status) => {
    const { then, thenNothing, thenRefused } = given(...ways[from]!).when(...to(status));
    if (from === status) thenNothing();
    else if (allowed.includes(`${from} ${status}`)) {
      then({ event_type: "ComputeStatusChanged", data: { ...web, status } });
    } else thenRefused("illegal_transition", "status");
  });

  test("says why it is in a status, until that is another one", () => {
    const past = given(register, to("maintenance", "new disks"));
    past.when(...to("maintenance")).thenNothing();
    past.when(...to("active")).then({
      event_type: "ComputeStatusChanged",
      data: { ...web, status: "active" },
    });
    past.when(...to("maintenance", "new fans")).then({
      event_type: "ComputeStatusChanged",
      data: { ...web, status: "maintenance", status_reason: "new fans" },
    });
  });

  test("keeps its status when it is seen again", () => {
    given(register, to("maintenance")).when(...register).thenNothing();
  });

  test("ends once, from wherever it is, and never begins again", () => {
    const past = given(register);
    const [id] = past.inventory.idsWith("hostname:web-01");
    const end: Said = ["DecommissionCompute", { compute: id!, reason: "sold" }];
    past.when(...end).then({
      event_type: "ComputeDecommissioned",
      data: { ...web, status: "decommissioned", status_reason: "sold" },
    });
    const ended = given(register, end);
    ended.when(...end).thenNothing();
    for (const status of ["active", "maintenance", "provisioning"] as const) {
      ended.when("ChangeComputeStatus", { compute: id!, status })
        .thenRefused("decommissioned", "compute");
    }
    ended.when("ChangeComputeStatus", { compute: "web-01", status: "active" })
      .thenRefused("unknown_compute", "compute");
  });

  test("and a machine that is put to use again is a new resource", () => {
    const end: Said = ["DecommissionCompute", { compute: "web-01" }];
    const past = given(register, end, register, end);
    const { aggregate_id, facts } = past.when(...register).decision();
    expect(facts[0]?.event_type).toBe("ComputeRegistered");
    expect(past.inventory.isDecommissioned(aggregate_id)).toBe(false);
    expect(facts[0]?.data).toEqual({ ...web, status: "active" });
  });

  test("takes along what belongs to it, and nothing else", () => {
    const past = given(
      register,
      ["RegisterCompute", { hostname: "db-01", resource_type: "physical_server", interfaces: [] }],
      ["RegisterCompute", {
        hostname: "box",
        resource_type: "container",
        host: "web-01",
        interfaces: [],
      }],
      ["ConfigureSoftware", { compute: "web-01", name: "nginx", kind: "package" }],
      ["ConfigureSoftware", { compute: "db-01", name: "postgres", kind: "package" }],
      ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "web-01" }],
      ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }],
      ["EstablishConnection", {
        from: { compute: "db-01" },
        to: { compute: "web-01" },
        kind: "virtual",
      }],
      ["LabelResource", { compute: "web-01", space: "compute", concept: "web server" }],
    );
    const id = past.inventory.idsWith("hostname:web-01")[0]!;
    expect(past.inventory.idsWith(`of:${id}`)).toHaveLength(4);
    expect(past.inventory.size).toBe(9);
    past.whenApplied("DecommissionCompute", { compute: "web-01" });
    expect(past.inventory.idsWith(`of:${id}`)).toEqual([]);
    expect(past.inventory.size).toBe(4); // db-01 with postgres, the container, and the lan
  });
});
