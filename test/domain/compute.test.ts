import { describe, expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import { given } from "./given.ts";

const web: RegisterCompute = {
  hostname: "web-01",
  resource_type: "virtual_machine",
  evidence: { dmi_uuid: "4c4c4544-0042", serial: "S1", machine_id: "m1" },
  interfaces: [{
    name: "eth0",
    kind: "ethernet",
    mac_address: "00:1b:21:00:00:01",
    addresses: ["10.0.0.7/24"],
  }],
};
const register = (data: Partial<RegisterCompute>, source?: "declared") =>
  ["RegisterCompute", { ...web, ...data }, source] as [
    "RegisterCompute",
    RegisterCompute,
    "declared",
  ];

describe("RegisterCompute", () => {
  test("registers a machine that was not known, active when it was observed", () => {
    given().when(...register({})).then({
      event_type: "ComputeRegistered",
      data: { ...web, status: "active" },
    });
  });

  test("registers a declared machine as provisioning", () => {
    given().when(...register({}, "declared")).then({
      event_type: "ComputeRegistered",
      data: { ...web, status: "provisioning" },
    });
  });

  test("changes nothing when nothing has changed, in whatever order and form it is said", () => {
    given(register({
      interfaces: [{ name: "b", addresses: ["FE80::1/64", "10.0.0.7/24"] }, {
        name: "a",
        addresses: [],
      }],
    })).when(...register({
      hostname: "WEB-01.",
      interfaces: [{ name: "a", addresses: [] }, {
        name: "b",
        addresses: ["10.0.0.7/24", "fe80::1/64"],
      }],
    })).thenNothing();
  });

  test("updates what is different and keeps what is not said", () => {
    const { evidence: _, ...unsaid } = web;
    given(register({ memory_bytes: 8e9, owner: "ada" })).when("RegisterCompute", {
      ...unsaid,
      memory_bytes: 16e9,
    }).then({
      event_type: "ComputeUpdated",
      data: { ...web, memory_bytes: 16e9, owner: "ada", status: "active" },
    });
  });

  test("keeps evidence that cannot be read this time", () => {
    given(register({})).when(...register({ evidence: { machine_id: "m1" } })).thenNothing();
  });

  test.each([
    ["hostname", { hostname: "web 01" }],
    ["hostname", { hostname: "-web" }],
    ["hostname", { hostname: "a".repeat(64) }],
    ["interfaces/0/mac_address", {
      interfaces: [{ name: "x", mac_address: "0:1", addresses: [] }],
    }],
    ["interfaces/0/addresses/1", {
      interfaces: [{ name: "x", addresses: ["10.0.0.1/8", "10.0.0.1"] }],
    }],
    ["interfaces/0/addresses/0", { interfaces: [{ name: "x", addresses: ["10.0.0.1/33"] }] }],
    ["interfaces", { interfaces: [{ name: "x", addresses: [] }, { name: "x", addresses: [] }] }],
    ["routes/0/destination", { routes: [{ destination: "10.0.0.1/8", interface: "x" }] }],
    ["routes/0/gateway", {
      routes: [{ destination: "10.0.0.0/8", gateway: "here", interface: "x" }],
    }],
  ])("refuses nonsense in %s", (field, data) => {
    given().when(...register(data)).thenRefused("invalid", field);
  });
});

describe("A machine is told from others by its strongest evidence", () => {
  test("so a renamed one is the same", () => {
    given(register({})).when(...register({ hostname: "web-02" })).then({
      event_type: "ComputeUpdated",
      data: { ...web, hostname: "web-02", status: "active" },
    });
  });

  test("so a re-imaged one is the same, with a finding", () => {
    const { decision } = given(register({})).when(
      ...register({ evidence: { ...web.evidence, machine_id: "m2" } }),
    );
    expect(decision().facts[0]?.event_type).toBe("ComputeUpdated");
    expect(decision().findings).toMatchObject([{ code: "changed_evidence", field: "machine_id" }]);
  });

  test("so a clone with the same machine id is another one, with a finding, never a silent merge", () => {
    const { decision } = given(register({})).when(...register({
      hostname: "web-01-clone",
      evidence: { ...web.evidence, dmi_uuid: "4c4c4544-0099" },
      interfaces: [],
    }));
    expect(decision().facts[0]?.event_type).toBe("ComputeRegistered");
    expect(decision().findings).toMatchObject([{ code: "shared_evidence", field: "machine_id" }]);
  });

  test("so two machines without evidence in common are two, even with the same name", () => {
    const { decision } = given(register({})).when(...register({
      evidence: { dmi_uuid: "other", serial: "S2" },
      interfaces: [],
    }));
    expect(decision().facts[0]?.event_type).toBe("ComputeRegistered");
    expect(decision().findings).toMatchObject([{ code: "shared_hostname", field: "hostname" }]);
  });

  test("so one whose serial cannot be read this time is the same", () => {
    const { serial: _, ...rest } = web.evidence!;
    given(register({})).when(...register({ evidence: rest })).thenNothing();
    given(register({ evidence: rest })).when(...register({})).then({
      event_type: "ComputeUpdated",
      data: { ...web, status: "active" },
    });
  });

  test("so one with the same UUID and another serial is another one", () => {
    const { decision } = given(register({})).when(
      ...register({ evidence: { ...web.evidence, serial: "S2" } }),
    );
    expect(decision().facts[0]?.event_type).toBe("ComputeRegistered");
  });

  test("and a UUID is the same in upper case", () => {
    given(register({ evidence: { dmi_uuid: "ABCD" } }))
      .when(...register({ evidence: { dmi_uuid: "abcd" } })).then({
        event_type: "ComputeUpdated",
        data: { ...web, evidence: { dmi_uuid: "abcd" }, status: "active" },
      });
  });

  test("and a cloud's instance id is weaker than a UUID, and stronger than a machine id", () => {
    const evidence = { cloud_instance_id: "i-1", machine_id: "m1" };
    const clone = given(register({ evidence, interfaces: [] }))
      .when(...register({ evidence: { ...evidence, cloud_instance_id: "i-2" }, interfaces: [] }));
    expect(clone.decision().facts[0]?.event_type).toBe("ComputeRegistered");
    const moved = given(register({ evidence: { ...evidence, dmi_uuid: "u" }, interfaces: [] }))
      .when(...register({ evidence: { cloud_instance_id: "i-2", dmi_uuid: "u" }, interfaces: [] }));
    expect(moved.decision().facts[0]?.event_type).toBe("ComputeUpdated");
  });

  test("and a description that fits two clones is of the one with its name, or refused", () => {
    const past = given(
      register({ interfaces: [] }),
      register({
        hostname: "clone",
        evidence: { ...web.evidence, dmi_uuid: "other", serial: "S2" },
        interfaces: [],
      }),
    );
    const weak = (hostname: string) =>
      register({ hostname, evidence: { machine_id: "m1" }, interfaces: [], owner: "ada" });
    const [original, clone] = ["web-01", "clone"].map((name) =>
      past.inventory.idsWith(`hostname:${name}`)[0]
    );
    expect(past.when(...weak("clone")).decision().aggregate_id).toBe(clone);
    expect(past.when(...weak("web-01")).decision().aggregate_id).toBe(original);
    past.when(...weak("third")).thenRefused("ambiguous_identity", "evidence");
  });

  test("and a container that sees its host's hardware is not its host, by name or by MAC address", () => {
    const past = given(register({}));
    const container = register({ resource_type: "container", evidence: {} });
    expect(past.when(...container).decision().facts[0]?.event_type).toBe("ComputeRegistered");
    const both = given(register({}), container);
    both.when(...container).thenNothing();
    expect(both.when(...container).decision().findings.map(({ code }) => code)).toContain(
      "name_only",
    );
  });

  test("and containers of the same name under different engines are different", () => {
    const box = (engine: string) =>
      register({
        hostname: "localhost",
        resource_type: "container",
        virtualization: { container: engine },
        evidence: {},
        interfaces: [],
      });
    expect(given(box("docker")).when(...box("lxc")).decision().facts[0]?.event_type)
      .toBe("ComputeRegistered");
  });

  test("and a MAC address that its maker gave out once, on two machines, is a finding", () => {
    const { decision } = given(register({})).when(
      ...register({ hostname: "web-02", evidence: { dmi_uuid: "other" } }),
    );
    expect(decision().findings.map(({ code }) => code).sort())
      .toEqual(["shared_address", "shared_evidence", "shared_mac_address"]);
  });

  test("and a new one never gets an id that is taken", () => {
    const { evidence: _, ...byName } = { ...web, interfaces: [] };
    const past = given(["RegisterCompute", byName, "declared"], register({}));
    const { decision } = past.when(...register({ resource_type: "container", evidence: {} }));
    expect(decision().facts[0]?.event_type).toBe("ComputeRegistered");
    expect(past.inventory.version(decision().aggregate_id)).toBe(0);
  });

  test("and a declared one is refused a name that is taken", () => {
    given(register({})).when(
      ...register({ evidence: { dmi_uuid: "other" }, interfaces: [] }, "declared"),
    ).thenRefused("hostname_taken", "hostname");
  });

  test("and one that was declared by name alone is recognised by its name", () => {
    const { evidence: _, ...declared } = { ...web, interfaces: [] };
    given(["RegisterCompute", declared, "declared"]).when(...register({})).then({
      event_type: "ComputeUpdated",
      data: { ...web, status: "provisioning" },
    });
  });

  test("and a name that several have does not say which is meant", () => {
    const past = given(register({}), register({ evidence: { dmi_uuid: "other" }, interfaces: [] }));
    const { evidence: _, ...nameOnly } = { ...web, interfaces: [] };
    past.when("RegisterCompute", nameOnly).thenRefused("ambiguous_hostname", "hostname");
    past.when("ConfigureSoftware", { compute: "web-01", name: "nginx", kind: "process" })
      .thenRefused("ambiguous_hostname", "compute");
  });

  test("and locally administered or virtual MAC addresses are no evidence", () => {
    const container = (hostname: string) =>
      register({
        hostname,
        evidence: {},
        interfaces: [
          { name: "eth0", kind: "veth", mac_address: "00:1b:21:00:00:01", addresses: [] },
          { name: "eth1", kind: "ethernet", mac_address: "02:42:ac:11:00:02", addresses: [] },
        ],
      });
    const { decision } = given(container("a")).when(...container("b"));
    expect(decision()).toMatchObject({
      facts: [{ event_type: "ComputeRegistered" }],
      findings: [],
    });
  });
});

describe("RecordMeasurements", () => {
  const points = [{ name: "system.cpu.utilization", unit: "1" as const, value: 0.5 }];

  test("records each one, even with the values of the last", () => {
    const measure = ["RecordMeasurements", {
      compute: "web-01",
      observed_at: "2026-11-23T12:00:00Z",
      points,
    }] as const;
    const past = given(register({}), [...measure]);
    const id = past.inventory.idsWith("hostname:web-01")[0]!;
    past.when(...measure).then({
      event_type: "MeasurementsRecorded",
      data: { ...measure[1], compute: id },
    });
    expect(past.inventory.version(id)).toBe(2);
    expect(past.inventory.get("compute", id)?.state.hostname).toBe("web-01");
  });

  test("is refused for a resource that is not registered", () => {
    given().when("RecordMeasurements", {
      compute: "web-01",
      observed_at: "2026-11-23T12:00:00Z",
      points,
    }).thenRefused("unknown_compute", "compute");
  });
});
