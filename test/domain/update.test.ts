import { describe, expect, test } from "vitest";
import type { RegisterCompute, UpdateCompute } from "../../src/domain/compute_schema.ts";
import { given, type Said } from "./given.ts";

const web: RegisterCompute = {
  hostname: "web-01",
  resource_type: "physical_server",
  evidence: { serial: "S1", dmi_uuid: "u1", machine_id: "m1" },
  memory_bytes: 8,
  owner: "ada",
  operating_system: { name: "Debian", version: "12" },
  tags: { env: "prod", tier: "1" },
  interfaces: [{ name: "eth0", addresses: ["10.0.0.7/24"] }],
};
const state = { ...web, status: "active" };
const register: Said = ["RegisterCompute", web];
const update = (patch: Omit<UpdateCompute, "compute">): Said => [
  "UpdateCompute",
  { compute: "web-01", ...patch },
];

describe("UpdateCompute", () => {
  test.each<[string, Omit<UpdateCompute, "compute">, object]>([
    ["what is absent stays", { owner: "grace" }, { ...state, owner: "grace" }],
    ["null removes", { owner: null }, { ...state, owner: undefined }],
    ["objects are merged", { tags: { tier: null, team: "x" } }, {
      ...state,
      tags: { env: "prod", team: "x" },
    }],
    ["an object of which nothing is left is gone", { tags: { env: null, tier: null } }, {
      ...state,
      tags: undefined,
    }],
    ["lists are replaced, in canonical form", {
      interfaces: [{ name: "eth1", addresses: ["FE80::1/64", "10.0.0.8/24"] }],
    }, { ...state, interfaces: [{ name: "eth1", addresses: ["10.0.0.8/24", "fe80::1/64"] }] }],
    ["a name is made canonical", { hostname: "WEB-02." }, { ...state, hostname: "web-02" }],
    ["a room is given", { location: { site: "Berlin", room: "2.17" } }, {
      ...state,
      location: { site: "Berlin", room: "2.17" },
    }],
    ["a rack is given and taken", { location: { site: "Berlin", rack: "A1", position: 3 } }, {
      ...state,
      location: { site: "Berlin", rack: "A1", position: 3 },
    }],
  ])("%s", (_, patch, data) => {
    given(register).when(...update(patch)).then({
      event_type: "ComputeUpdated",
      data: JSON.parse(JSON.stringify(data)),
    });
  });

  test("changes nothing where it says what is known", () => {
    given(register).when(...update({ owner: "ada", tags: { env: "prod" }, routes: null }))
      .thenNothing();
  });

  test.each<[string, Omit<UpdateCompute, "compute">]>([
    ["hostname", { hostname: "web 01" }],
    ["interfaces/0/addresses/0", { interfaces: [{ name: "eth0", addresses: ["10.0.0.7"] }] }],
    ["location/site", { location: { rack: "A1" } }],
    ["host", { host: "web-01" }],
  ])("refuses nonsense in %s", (field, patch) => {
    given(register).when(...update(patch)).thenRefused("invalid", field);
  });

  test("refuses a resource that is not known, and a host that is not", () => {
    given().when(...update({ owner: "x" })).thenRefused("unknown_compute", "compute");
    given(register).when(...update({ host: "nobody" })).thenRefused("unknown_compute", "host");
  });

  test("is the way out for a replaced board: the new one is taken off, and its evidence given to the old", () => {
    const board = { serial: "S2", dmi_uuid: "u2", machine_id: "m1" };
    const replaced: Said = ["RegisterCompute", { ...web, evidence: board }];
    const [old] = given(register).inventory.idsWith("dmi:u1");
    const two = given(register, replaced);
    const [fresh] = two.inventory.idsWith("dmi:u2");
    expect(fresh).not.toBe(old);
    const take: Said = ["UpdateCompute", { compute: old!, evidence: board }];
    two.when(...take).thenRefused("evidence_taken", "evidence");
    const mended = given(register, replaced, ["DecommissionCompute", { compute: fresh! }], take);
    mended.when(...replaced).thenNothing();
    expect(mended.when(...replaced).decision().aggregate_id).toBe(old);
  });
});

describe("What is declared twice is refused, and what is seen twice is a finding", () => {
  const mac = (name: string, mac_address: string): RegisterCompute => ({
    hostname: name,
    resource_type: "switch",
    interfaces: [{ name: "p1", kind: "ethernet", mac_address, addresses: [] }],
  });
  const place = (hostname: string): RegisterCompute => ({
    hostname,
    resource_type: "switch",
    location: { site: "Berlin", rack: "A1", position: 3 },
    interfaces: [],
  });
  const host = (hostname: string, evidence: RegisterCompute["evidence"]): RegisterCompute => ({
    hostname,
    resource_type: "switch",
    ...(evidence ? { evidence } : {}),
    interfaces: [],
  });

  test.each(
    [
      [
        "hostname_taken",
        "shared_hostname",
        "hostname",
        host("a", { dmi_uuid: "1" }),
        host("a", { dmi_uuid: "2" }),
      ],
      ["position_taken", "shared_position", "location/position", place("a"), place("b")],
      [
        "mac_address_taken",
        "shared_mac_address",
        "interfaces",
        { ...mac("a", "00:50:56:aa:bb:cc"), evidence: { dmi_uuid: "1" } },
        { ...mac("b", "00:50:56:aa:bb:cc"), evidence: { dmi_uuid: "2" } },
      ],
    ] as const,
  )("%s", (refused, finding, field, first, second) => {
    const past = given(["RegisterCompute", first]);
    past.when("RegisterCompute", second, "declared").thenRefused(refused, field);
    const { facts, findings } = past.when("RegisterCompute", second).decision();
    expect(findings).toContainEqual(expect.objectContaining({ code: finding, field }));
    expect(facts).toMatchObject([{
      event_type: "ComputeRegistered",
      data: { findings: expect.arrayContaining([expect.objectContaining({ code: finding })]) },
    }]);
    given(["RegisterCompute", first], ["RegisterCompute", second])
      .when("RegisterCompute", second).thenNothing();
  });

  test("an address of two hosts is a finding only: it may be meant so", () => {
    const at = (hostname: string, address: string): RegisterCompute => ({
      hostname,
      resource_type: "switch",
      interfaces: [{ name: "p1", kind: "ethernet", addresses: [address] }],
    });
    const past = given(["RegisterCompute", at("a", "10.0.0.1/24")]);
    expect(past.when("RegisterCompute", at("b", "10.0.0.1/25"), "declared").decision().findings)
      .toMatchObject([{ code: "shared_address", field: "interfaces" }]);
    const local = given(["RegisterCompute", at("a", "169.254.0.1/16")]);
    expect(local.when("RegisterCompute", at("b", "169.254.0.1/16")).decision().findings)
      .toEqual([]);
  });

  test("racks of one name are told apart by their rooms, where both are known", () => {
    const at = (hostname: string, room?: string) => ({
      ...place(hostname),
      location: { ...place(hostname).location!, ...room === undefined ? {} : { room } },
    });
    const known = given(["RegisterCompute", at("a", "1")]);
    const declared = (state: typeof known, data: ReturnType<typeof at>) =>
      state.when("RegisterCompute", data, "declared");
    expect(declared(known, at("b", "2")).decision().findings).toEqual([]);
    declared(known, at("b", "1")).thenRefused("position_taken", "location/position");
    declared(known, at("b")).thenRefused("position_taken", "location/position");
    declared(given(["RegisterCompute", at("a")]), at("b", "1"))
      .thenRefused("position_taken", "location/position");
  });

  test("many findings of one resource are kept up to twenty, the first ones, and do not flap", () => {
    const other = (at: number): Said => [
      "DefineNetwork",
      { name: "lan", cidr: "192.168.1.0/24", gateway: `192.168.1.${at}` },
    ];
    const said = Array.from({ length: 40 }, (_, at) => other(at + 1));
    const past = given(...said);
    for (const one of said) past.when(...one).thenNothing();
  });

  test("a container is told from others of its name by where it runs", () => {
    const box = (host: string, id: string): RegisterCompute => ({
      hostname: "redis",
      resource_type: "container",
      evidence: { container_id: id.repeat(64) },
      host,
      interfaces: [],
    });
    const hosts = [host("a", { dmi_uuid: "1" }), host("b", { dmi_uuid: "2" })];
    const past = given(
      ...hosts.map((one): Said => ["RegisterCompute", one]),
      ["RegisterCompute", box("a", "a")],
    );
    expect(past.when("RegisterCompute", box("b", "b"), "declared").decision().findings).toEqual([]);
  });

  test("evidence that is shared stays a finding when something else is said of the resource", () => {
    const clone = (name: string, dmi_uuid: string) => host(name, { dmi_uuid, machine_id: "m" });
    const past = given(
      ["RegisterCompute", clone("a", "1")],
      ["RegisterCompute", clone("b", "2")],
      ["UpdateCompute", { compute: "b", owner: "ada" }],
    );
    past.when("RegisterCompute", clone("b", "2")).thenNothing();
    // And the way out of a replaced board is open for clones too: only new evidence is looked at.
    past.when("UpdateCompute", { compute: "b", evidence: { serial: "S2", dmi_uuid: "3" } }).then({
      event_type: "ComputeUpdated",
      data: expect.objectContaining({
        evidence: { dmi_uuid: "3", serial: "S2", machine_id: "m" },
      }),
    });
  });

  test("a finding of a change stays until somebody declares how it is", () => {
    const image = (machine_id: string): Said => [
      "RegisterCompute",
      host("a", { dmi_uuid: "1", machine_id }),
    ];
    const past = given(image("m1"), image("m2"));
    const [id] = past.inventory.idsWith("hostname:a");
    const codes = (inventory: typeof past.inventory) =>
      inventory.get("compute", id!)!.state.findings?.map(({ code }) => code);
    expect(codes(past.inventory)).toEqual(["changed_evidence"]);
    past.when(...image("m2")).thenNothing();
    past.whenApplied("RegisterCompute", host("a", { dmi_uuid: "1", machine_id: "m2" }), "declared");
    expect(codes(past.inventory)).toBeUndefined();
  });
});
