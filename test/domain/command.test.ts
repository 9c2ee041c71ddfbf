import { describe, expect, test } from "vitest";
import { checkCommand } from "../../src/domain/command.ts";
import { Refusal } from "../../src/domain/refusal.ts";

const web = { hostname: "web", resource_type: "container", interfaces: [] };
const measured = { compute: "web", observed_at: "2026-11-23T12:00:00Z" };
const point = { name: "system.uptime", unit: "s", value: 1 };

function refusal(type: string, data: unknown): Refusal {
  try {
    checkCommand(type, data);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("not refused");
}

test.each<[string, unknown, string, RegExp]>([
  [
    "EstablishConnection",
    {
      from: { compute: "a" },
      to: { address: "10.0.0.9", port: 70_000 },
      kind: "flow",
    },
    "to/port",
    /<= 65535/,
  ],
  [
    "EstablishConnection",
    { from: { compute: "a" }, to: {}, kind: "flow" },
    "to/compute",
    /missing/,
  ],
  [
    "RegisterCompute",
    {
      hostnme: "a",
      resource_type: "switch",
      interfaces: [],
    },
    "hostnme",
    /it has hostname, resource_type/,
  ],
  [
    "DefineConcept",
    {
      space: "a",
      name: "b",
      prototypes: [{ cpu: 1 }],
    },
    "prototypes/0/cpu",
    /performance\.cpu/,
  ],
])("%s says of %j what is to be mended", (type, data, field, message) => {
  expect(() => checkCommand(type, data)).toThrow(expect.objectContaining({ field }));
  expect(() => checkCommand(type, data)).toThrow(message);
});

describe("A command of the wrong shape is refused with the field named", () => {
  test.each([
    ["RegisterCompute", null, ""],
    ["RegisterCompute", { ...web, hostname: undefined }, "hostname"],
    ["RegisterCompute", { ...web, resource_type: "toaster" }, "resource_type"],
    ["RegisterCompute", { ...web, cpu_cores: 0 }, "cpu_cores"],
    ["RegisterCompute", { ...web, cpu_cores: 1.5 }, "cpu_cores"],
    ["RegisterCompute", { ...web, memory_bytes: 2 ** 60 }, "memory_bytes"],
    ["RegisterCompute", { ...web, colour: "red" }, "colour"],
    [
      "RegisterCompute",
      { ...web, interfaces: [{ name: "a", mtu: 67, addresses: [] }] },
      "interfaces/0/mtu",
    ],
    [
      "RegisterCompute",
      { ...web, interfaces: [{ name: "a", vlan_id: 4095, addresses: [] }] },
      "interfaces/0/vlan_id",
    ],
    ["RegisterCompute", { ...web, interfaces: [{ addresses: [] }] }, "interfaces/0/name"],
    ["RegisterCompute", { ...web, tags: { a: 1 } }, "tags/a"],
    ["RecordMeasurements", { ...measured, points: [] }, "points"],
    [
      "RecordMeasurements",
      { ...measured, points: [{ ...point, value: Infinity }] },
      "points/0/value",
    ],
    ["RecordMeasurements", { ...measured, points: [{ ...point, value: NaN }] }, "points/0/value"],
    [
      "RecordMeasurements",
      { ...measured, points: [{ ...point, unit: "furlong" }] },
      "points/0/unit",
    ],
    [
      "RecordMeasurements",
      { ...measured, observed_at: "yesterday", points: [point] },
      "observed_at",
    ],
    ["DefineNetwork", { name: "", cidr: "10.0.0.0/8" }, "name"],
    ["SetPolicy", { name: "p", severity: "info", selector: "", rule: "x" }, "selector"],
    ["SetPolicy", { name: "p", severity: "info", selector: "x", rule: "x", for: "soon" }, "for"],
    ["RegisterCompute", { ...web, owner: "half \ud83d" }, "owner"],
    ["RegisterCompute", { ...web, tags: { "\udc00": "key" } }, "tags"],
  ])("%s %j: %s", (type, data, field) => {
    expect(refusal(type, data)).toMatchObject({ code: "invalid", field });
    expect(refusal(type, data).message).toContain(field);
  });

  test("an unknown command is told which there are", () => {
    expect(refusal("DropEverything", {})).toMatchObject({
      code: "unknown_command",
      field: "command",
    });
    expect(refusal("toString", {}).message).toContain("RegisterCompute");
  });

  test("a long value is cut in the message", () => {
    expect(refusal("RegisterCompute", { ...web, owner: "x".repeat(1e6) }).message.length)
      .toBeLessThan(300);
  });
});
