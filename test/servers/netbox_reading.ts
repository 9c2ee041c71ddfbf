/** What is read of a real NetBox. */
import { expect, test } from "vitest";
import { HANGERS } from "../../src/projections/netbox/hangers.ts";
import { HangingSearch } from "../../src/projections/netbox/hanging.ts";
import { KIND_NAMES, kindOf } from "../../src/projections/netbox/kinds.ts";
import { findMarks, makeMarks, removeMarks } from "../../src/projections/netbox/marks.ts";
import type { Desired, Observed } from "../../src/projections/netbox/objects.ts";
import { readState } from "../../src/projections/netbox/observed.ts";
import { createAll, updateAll } from "../../src/projections/netbox/write.ts";
import type { NetBoxObject, NetBoxPlace } from "./netbox_place.ts";
import { programs, type TestNetBox } from "./netbox_server.ts";
import { clientOf, makeWorld, ours, WORLD } from "./netbox_world.ts";

const desired = (also: (key: string) => string = (key) => key): Desired[] =>
  WORLD.map(({ kind, key, fields }) => ({
    kind,
    key: also(key),
    title: key,
    fields: JSON.parse(
      JSON.stringify(fields),
      (name, value) => name === "ref" ? also(value) : value,
    ),
  }));
const keysOf = (objects: readonly Observed[]) =>
  objects.map(({ kind, id }) => `${kind} ${id}`).sort();

/** A device that is a person's, in the site of the world. */
async function otherDevice(place: NetBoxPlace): Promise<NetBoxObject> {
  const first = async (path: string) => (await place.all(path))[0].id;
  return await place.call("POST", "dcim/devices/", {
    name: "theirs",
    site: await first("dcim/sites"),
    device_type: await first("dcim/device-types"),
    role: await first("dcim/device-roles"),
  });
}

/** What reading finds, and what not. */
export function reading(netbox: () => TestNetBox): void {
  test("the marks are made once, keep what people had, and go when nothing has them", async () => {
    await using place = await netbox().place();
    const client = clientOf(place);
    expect(await findMarks(client)).toEqual({ fields: new Map(), types: new Set() });
    await place.call("POST", "extras/custom-fields/", {
      name: "cim_sequence",
      type: "integer",
      object_types: ["dcim.region"],
    });
    const tag = await makeMarks(client);
    const { POST, PATCH } = client.requests;
    expect([POST, PATCH]).toEqual([3, 1]);
    expect(await makeMarks(client)).toBe(tag);
    expect(client.requests).toMatchObject({ POST, PATCH });
    const { fields, types } = await findMarks(client);
    expect([...types].sort()).toEqual(KIND_NAMES.map((kind) => kindOf(kind).type).sort());
    expect(fields.get("cim_sequence")!.object_types).toContain("dcim.region");
    await place.call("POST", "dcim/regions/", { name: "EU", slug: "eu", tags: [tag] });
    expect(await removeMarks(client)).toEqual([
      "the tag cim stays: people have given it to 1 objects",
    ]);
    await place.call("DELETE", "dcim/regions/1/").catch(() => {});
    for (const { id } of await place.all("dcim/regions")) {
      await place.call("DELETE", `dcim/regions/${id}/`);
    }
    expect(await removeMarks(client)).toEqual([]);
    expect(await place.all("extras/tags")).toEqual([]);
    expect(await place.all("extras/custom-fields")).toEqual([]);
  });

  test("a custom field that people call cim_id, and is of another type, is not made ours", async () => {
    await using place = await netbox().place();
    const body = { name: "cim_id", type: "integer", object_types: ["dcim.site"] };
    await place.call("POST", "extras/custom-fields/", body);
    await expect(makeMarks(clientOf(place))).rejects.toMatchObject({
      code: "netbox_marks_refused",
      message: expect.stringContaining("of the type integer and not text: rename it"),
    });
  });

  test("every kind is found by our tag, and what is read can be written back", async () => {
    await using place = await netbox().place();
    const { ids } = await makeWorld(place);
    const client = clientOf(place);
    const { objects } = await readState(client, desired());
    expect(keysOf(objects)).toEqual(WORLD.map(({ kind, key }) => `${kind} ${ids.get(key)}`).sort());
    const read = new Map(objects.map((one) => [one.key!, one]));
    for (const { key, fields } of WORLD) {
      const one = read.get(key)!;
      const known = JSON.parse(
        JSON.stringify(fields),
        (_, value) => value?.ref === undefined ? value : ids.get(value.ref),
      );
      expect([key, one.fields]).toMatchObject([key, known]);
      expect(one.written).toEqual({ adopted: false, fields: known });
    }
    for (const kind of KIND_NAMES) {
      const before = objects.filter((one) => one.kind === kind);
      const outcomes = await updateAll(
        client,
        kind,
        before.map(({ id, fields }) => ({ id, fields })),
      );
      expect([...outcomes.values()].filter((one) => "refused" in one)).toEqual([]);
    }
    expect((await readState(client, desired())).objects).toEqual(objects);
  });

  test("what is not ours and has the name of something desired is found, whatever it is a part of", async () => {
    await using place = await netbox().place();
    const { ids } = await makeWorld(place);
    // People take our tag off everything, and our ids.
    const client = clientOf(place);
    for (const { kind, key } of WORLD) {
      const change = { tags: [], custom_fields: { cim_id: null } };
      await updateAll(client, kind, [{ id: ids.get(key)!, fields: change }]);
    }
    // What is called the same elsewhere is something else.
    await place.call("POST", "dcim/sites/", { name: "Elsewhere", slug: "elsewhere" });
    const [site] = (await place.all("dcim/sites")).filter(({ slug }) => slug === "elsewhere");
    await place.call("POST", "dcim/racks/", { name: "R1", site: site.id });
    await place.call("POST", "ipam/ip-addresses/", { address: "10.0.0.1/24" });
    await place.call("POST", "ipam/prefixes/", { prefix: "10.0.0.0/24" });
    const otherCase = desired((key) => `other ${key}`).map((one) => {
      const { name, ...fields } = one.fields;
      const isOf = ["interface", "vm_interface", "service", "vlan"].includes(one.kind);
      return typeof name !== "string" || isOf
        ? one
        : { ...one, fields: { ...fields, name: name.toUpperCase() } };
    });
    const { objects } = await readState(client, otherCase);
    expect(keysOf(objects)).toEqual(WORLD.map(({ kind, key }) => `${kind} ${ids.get(key)}`).sort());
    expect(objects.filter(({ key, releasedKey }) => key ?? releasedKey)).toEqual([]);
  });

  test("what people have taken our tag off is found by its id; what has only our tag is not ours", async () => {
    await using place = await netbox().place();
    const client = clientOf(place);
    const tag = await makeMarks(client);
    const sites = ["a", "b", "c"].map((name) => ours(name, tag, { name, slug: name }).fields);
    const [a, b, c] = await place.call("POST", "dcim/sites/", sites);
    await place.call("PATCH", `dcim/sites/${a.id}/`, {
      tags: [],
      name: "renamed",
      slug: "renamed",
    });
    await place.call("PATCH", `dcim/sites/${b.id}/`, { custom_fields: { cim_id: null } });
    const wanted = ["a", "c"].map((key): Desired => ({
      kind: "site",
      key,
      title: key,
      fields: { name: key, slug: key },
    }));
    const { objects } = await readState(client, wanted);
    expect(objects.map(({ id, key, releasedKey }) => [id, key ?? null, releasedKey ?? null]))
      .toEqual([
        [c.id, "c", null],
        [a.id, null, "a"],
      ]);
  });

  test("of many objects few questions are asked, whether NetBox has as many or hardly any", async () => {
    await using place = await netbox().place();
    const client = clientOf(place);
    const wanted = Array.from({ length: 1_000 }, (_, at): Desired => ({
      kind: "vrf",
      key: `vrf:${at}`,
      title: `${at}`,
      fields: { name: `VRF ${at}` },
    }));
    await place.call("POST", "ipam/vrfs/", [{ name: "vrf 17" }, { name: "vrf 999" }, {
      name: "else",
    }]);
    const { objects } = await readState(client, wanted);
    expect(objects.map(({ fields }) => fields.name)).toEqual(["vrf 17", "vrf 999"]);
    expect(client.requests.GET).toBeLessThan(10);
  });

  test("each place where something may hang on an object is there, and knows the filter", async () => {
    await using place = await netbox().place();
    const search = new HangingSearch(clientOf(place));
    const missing: string[] = [];
    const asked = new Map(
      Object.values(HANGERS).flat().map((one) => [`${one.endpoint} ${one.filter}`, one]),
    );
    for (const [name, hanger] of asked) if (!await search.isThere(hanger)) missing.push(name);
    const newer = /cooling|module-bay-types|virtual-machine-types|(roles|platforms) parent_id/;
    const isNewest = programs!.version.startsWith("4.7.");
    expect(isNewest ? missing : missing.filter((name) => !newer.test(name))).toEqual([]);
    expect(await search.isThere({ endpoint: "dcim/racks", filter: "nonsense_id" })).toBe(true);
    await place.call("POST", "dcim/sites/", { name: "FRA1", slug: "fra1" });
    expect(await search.isThere({ endpoint: "dcim/sites", filter: "nonsense_id" })).toBe(false);
    expect(await search.isThere({ endpoint: "dcim/nonsense", filter: "site_id" })).toBe(false);
  });

  test("what people have hung on something of ours is found before that is removed", async () => {
    await using place = await netbox().place();
    const { tag, ids } = await makeWorld(place);
    const client = clientOf(place);
    const device = ids.get("web-01")!;
    const vlans = [11, 12, 13].map((vid): Desired => ({
      kind: "vlan",
      key: `vlan ${vid}`,
      title: `${vid}`,
      fields: { vid, name: `${vid}` },
    }));
    const makings = vlans.map(({ key, fields }) => ours(key, tag, fields));
    const made = await createAll(client, "vlan", makings);
    const [first, , third] = [...made.values()].map((one) => (one as { id: number }).id);
    const tagged = await place.call("POST", "dcim/interfaces/", {
      device: (await otherDevice(place)).id,
      name: "trunk",
      type: "other",
      mode: "tagged",
      untagged_vlan: first,
      tagged_vlans: [third],
    });
    const port = await place.call("POST", "dcim/interfaces/", {
      device,
      name: "mine",
      type: "virtual",
    });
    const assigned = {
      assigned_object_type: "dcim.interface",
      assigned_object_id: ids.get("eth1"),
    };
    const address = await place.call("POST", "ipam/ip-addresses/", {
      address: "192.0.2.1/32",
      ...assigned,
    });
    const note = await place.call("POST", "extras/journal-entries/", {
      assigned_object_type: "dcim.device",
      assigned_object_id: device,
      comments: "do not touch",
    });
    const kept = desired().filter(({ key }) => key !== "web-01" && key !== "eth1");
    const { hanging } = await readState(client, kept, { remove: true });
    const found = hanging.map(({ on, endpoint, id }) => `${on.kind} ${on.id} ${endpoint} ${id}`);
    expect(found.sort()).toEqual([
      `device ${device} dcim/interfaces ${port.id}`,
      `device ${device} extras/journal-entries ${note.id}`,
      `device ${device} ipam/ip-addresses ${address.id}`,
      `interface ${ids.get("eth1")} ipam/ip-addresses ${address.id}`,
      `vlan ${first} dcim/interfaces ${tagged.id}`,
      `vlan ${third} dcim/interfaces ${tagged.id}`,
    ].sort());
    const { hanging: none } = await readState(client, [...desired(), ...vlans], { remove: true });
    expect(none).toEqual([]);
    expect((await readState(client, kept)).hanging).toEqual([]);
  });
}
