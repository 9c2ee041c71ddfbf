import { describe, expect, test } from "vitest";
import { fieldsOf, observedOf, payloadOf } from "../../src/projections/netbox/row.ts";

const mark = (key: string) => ({
  tags: [{ id: 5, slug: "prod" }, { id: 3, slug: "cim" }],
  custom_fields: {
    cim_id: key,
    cim_sequence: 42,
    cim_written: { adopted: false, fields: { name: "web-01" } },
    tier: { value: "gold", label: "Gold" },
  },
});

describe("An object that is read", () => {
  test("has the shape in which it is written", () => {
    const row = {
      id: 7,
      url: "https://netbox.example/api/dcim/devices/7/",
      display: "web-01",
      name: "web-01",
      site: { id: 2, display: "FRA1", slug: "fra1" },
      rack: null,
      position: 4.0,
      status: { value: "active", label: "Active" },
      face: null,
      description: "",
      config_context: { a: 1 },
      ...mark("c-1"),
    };
    expect(observedOf("device", row)).toEqual({
      kind: "device",
      id: 7,
      display: "web-01",
      key: "c-1",
      tagged: true,
      tags: [5, 3],
      sequence: 42,
      fields: {
        name: "web-01",
        site: 2,
        rack: null,
        position: 4,
        status: "active",
        face: null,
        description: "",
      },
      written: { adopted: false, fields: { name: "web-01" } },
    });
  });

  test("has numbers where a version says them as text, and the ends of a cable as they are written", () => {
    const { fields } = observedOf("device", { id: 1, display: "", position: "4.0" });
    expect(fields).toEqual({ position: 4 });
    const end = { object_type: "dcim.interface", object_id: 9, object: { id: 9, name: "eth0" } };
    expect(observedOf("cable", { id: 1, display: "#1", a_terminations: [end] }).fields).toEqual({
      a_terminations: [{ object_type: "dcim.interface", object_id: 9 }],
    });
  });

  test("is ours only with our tag and our id; with the id alone somebody has let it go", () => {
    const { tags, custom_fields } = mark("c-1");
    const base = { id: 1, display: "" };
    expect(observedOf("site", { ...base, tags })).toMatchObject({ tagged: true });
    expect(observedOf("site", { ...base, tags })).not.toHaveProperty("key");
    const released = observedOf("site", { ...base, tags: [], custom_fields });
    expect(released).toMatchObject({ tagged: false, releasedKey: "c-1" });
    expect(released).not.toHaveProperty("key");
    const empty = observedOf("site", { ...base, tags, custom_fields: { cim_id: "" } });
    expect(empty).not.toHaveProperty("key");
  });

  test.each([null, "text", 1, [], {}, { adopted: "yes", fields: {} }, {
    adopted: true,
    fields: null,
  }])(
    "has nothing written where cim_written is %j",
    (cim_written) => {
      const row = { id: 1, display: "", custom_fields: { cim_id: "c", cim_written } };
      expect(observedOf("site", row)).not.toHaveProperty("written");
    },
  );
});

describe("A service", () => {
  const fields = {
    name: "https",
    parent_object_type: "virtualization.virtualmachine",
    parent_object_id: 8,
  };

  test("is at its parent in every version", () => {
    const old = { id: 1, display: "", name: "https", device: null, virtual_machine: { id: 8 } };
    expect(observedOf("service", old).fields).toEqual(fields);
    expect(observedOf("service", { id: 1, display: "", ...fields }).fields).toEqual(fields);
    expect(payloadOf("service", fields, [4, 2])).toEqual({
      name: "https",
      device: null,
      virtual_machine: 8,
    });
    const onDevice = { ...fields, parent_object_type: "dcim.device" };
    expect(payloadOf("service", onDevice, [4, 2])).toEqual({
      name: "https",
      device: 8,
      virtual_machine: null,
    });
    expect(payloadOf("service", fields, [4, 3])).toBe(fields);
  });

  test("is read with what either version has", () => {
    expect(fieldsOf("service").split(",")).toEqual(
      expect.arrayContaining(["parent_object_id", "device", "virtual_machine", "tags"]),
    );
  });
});
