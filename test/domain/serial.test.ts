import { describe, expect, test } from "vitest";
import type { RegisterCompute } from "../../src/domain/compute_schema.ts";
import { given, type Said } from "./given.ts";

/** Switches and inventory lists often have nothing but a serial. */
const box = (hostname: string, serial: string, more: Partial<RegisterCompute> = {}): Said => [
  "RegisterCompute",
  { hostname, resource_type: "switch", evidence: { serial }, interfaces: [], ...more },
];
const declared = (said: Said): Said => [said[0], said[1], "declared"] as Said;

describe("A serial is evidence where there is nothing stronger", () => {
  test("and two that differ are two machines, also of one name", () => {
    const past = given(declared(box("sw-01", "A")));
    past.when(...declared(box("sw-01", "B"))).thenRefused("hostname_taken", "hostname");
    const { facts, findings } = past.when(...box("sw-01", "B")).decision();
    expect(facts[0]?.event_type).toBe("ComputeRegistered");
    expect(findings).toMatchObject([{ code: "shared_hostname" }]);
  });

  test("and the same one is the same machine, also under another name", () => {
    const past = given(box("sw-01", "A"));
    const { aggregate_id, facts } = past.when(...box("renamed", "A")).decision();
    expect(aggregate_id).toBe(past.inventory.idsWith("hostname:sw-01")[0]);
    expect(facts).toMatchObject([{ event_type: "ComputeUpdated", data: { hostname: "renamed" } }]);
  });

  test("but not against what is stronger: makers ship the same one many times", () => {
    const clone = (hostname: string, machine_id: string) =>
      box(hostname, "0000", { evidence: { serial: "0000", machine_id } });
    const past = given(clone("a", "m1"));
    expect(past.when(...clone("b", "m2")).decision()).toMatchObject({
      facts: [{ event_type: "ComputeRegistered" }],
      findings: [{ code: "shared_evidence" }],
    });
  });
});

test("An interface of no kind is taken for hardware: its MAC address and its addresses are its own", () => {
  const at = (hostname: string, mac_address: string): Said =>
    box(hostname, hostname, {
      interfaces: [{ name: "p1", mac_address, addresses: ["10.0.0.1/24"] }],
    });
  const past = given(at("a", "00:1b:54:00:00:99"));
  past.when(...declared(at("b", "00:1b:54:00:00:99"))).thenRefused(
    "mac_address_taken",
    "interfaces",
  );
  expect(past.when(...at("b", "52:54:00:00:00:21")).decision().findings)
    .toMatchObject([{ code: "shared_address" }]);
});

describe("What cannot be is refused", () => {
  test("a resource that runs on what runs on it", () => {
    const on = (hostname: string, host?: string): Said => [
      "RegisterCompute",
      { hostname, resource_type: "virtual_machine", ...(host ? { host } : {}), interfaces: [] },
    ];
    const past = given(on("a"), on("b", "a"), on("c", "b"));
    past.when("UpdateCompute", { compute: "a", host: "c" }).thenRefused("invalid", "host");
    past.when(...on("a", "c")).thenRefused("invalid", "host");
  });

  test("a place in a rack without a rack", () => {
    given().when(...box("a", "A", { location: { site: "Berlin", position: 3 } }))
      .thenRefused("invalid", "location/rack");
  });

  test.each([undefined, 0])("a flow to port %s", (port) => {
    const to = port === undefined ? { address: "10.0.0.9" } : { address: "10.0.0.9", port };
    const flow = { from: { compute: "a" }, to, kind: "flow", transport: "tcp" } as const;
    const { thenRefused, decision } = given(box("a", "A")).when("EstablishConnection", flow);
    thenRefused("invalid", "port");
    expect(decision).toThrow("a flow needs the port");
  });
});
