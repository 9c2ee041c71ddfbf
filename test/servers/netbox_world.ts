/** One object of each kind in a NetBox, ours, for tests that read and write them. */
import { NetBoxClient, type NetBoxClientOptions } from "../../src/projections/netbox/client.ts";
import { type Kind, KIND_NAMES } from "../../src/projections/netbox/kinds.ts";
import { makeMarks } from "../../src/projections/netbox/marks.ts";
import { type Fields, MARKS, resolved, type Value } from "../../src/projections/netbox/objects.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { createAll } from "../../src/projections/netbox/write.ts";
import type { NetBoxPlace } from "./netbox_place.ts";

const at = (ref: string) => ({ ref });
const onDevice = { assigned_object_type: "dcim.interface", assigned_object_id: at("eth0") };
const end = (ref: string) => [{ object_type: "dcim.interface", object_id: at(ref) }];

/** Their fields by their keys; of some kinds there are several. */
export const WORLD: readonly { kind: Kind; key: string; fields: Fields }[] = [
  { kind: "site", key: "fra1", fields: { name: "FRA1", slug: "fra1", status: "active" } },
  {
    kind: "location",
    key: "room",
    fields: { name: "Room 1", slug: "room-1", site: at("fra1"), status: "active" },
  },
  {
    kind: "rack",
    key: "rack",
    fields: { name: "R1", site: at("fra1"), location: at("room"), u_height: 42, status: "active" },
  },
  { kind: "manufacturer", key: "dell", fields: { name: "Dell", slug: "dell" } },
  {
    kind: "device_type",
    key: "r650",
    fields: { model: "R650", slug: "r650", manufacturer: at("dell"), u_height: 1 },
  },
  {
    kind: "device_role",
    key: "server",
    fields: { name: "Server", slug: "server", color: "9e9e9e", vm_role: true },
  },
  { kind: "platform", key: "debian", fields: { name: "Debian 12", slug: "debian-12" } },
  { kind: "cluster_type", key: "docker", fields: { name: "Docker", slug: "docker" } },
  {
    kind: "cluster",
    key: "engine",
    fields: {
      name: "web-01 engine",
      type: at("docker"),
      status: "active",
      scope_type: "dcim.site",
      scope_id: at("fra1"),
    },
  },
  { kind: "vrf", key: "blue", fields: { name: "blue", rd: "65000:1", enforce_unique: true } },
  {
    kind: "vlan",
    key: "vlan",
    fields: { vid: 100, name: "servers", site: at("fra1"), status: "active" },
  },
  {
    kind: "device",
    key: "web-01",
    fields: {
      name: "web-01",
      device_type: at("r650"),
      role: at("server"),
      site: at("fra1"),
      location: at("room"),
      rack: at("rack"),
      position: 4,
      face: "front",
      platform: at("debian"),
      serial: "S1",
      status: "active",
    },
  },
  {
    kind: "virtual_machine",
    key: "vm",
    fields: {
      name: "vm-1",
      status: "active",
      cluster: at("engine"),
      role: at("server"),
      platform: at("debian"),
      vcpus: 2,
      memory: 2048,
      disk: 10_000,
    },
  },
  {
    kind: "interface",
    key: "eth0",
    fields: {
      device: at("web-01"),
      name: "eth0",
      type: "1000base-t",
      enabled: true,
      mtu: 1500,
      speed: 1_000_000,
      mode: "access",
      untagged_vlan: at("vlan"),
    },
  },
  {
    kind: "interface",
    key: "eth1",
    fields: { device: at("web-01"), name: "eth1", type: "1000base-t" },
  },
  {
    kind: "vm_interface",
    key: "vm-eth0",
    fields: { virtual_machine: at("vm"), name: "eth0", enabled: true, mtu: 1500 },
  },
  {
    kind: "prefix",
    key: "prefix",
    fields: {
      prefix: "10.0.0.0/24",
      vrf: at("blue"),
      vlan: at("vlan"),
      status: "active",
      scope_type: "dcim.site",
      scope_id: at("fra1"),
    },
  },
  {
    kind: "mac_address",
    key: "mac",
    fields: { mac_address: "02:00:00:00:00:01", ...onDevice },
  },
  {
    kind: "ip_address",
    key: "ip",
    fields: {
      address: "10.0.0.1/24",
      vrf: at("blue"),
      status: "active",
      dns_name: "web-01.example",
      ...onDevice,
    },
  },
  {
    kind: "service",
    key: "https",
    fields: {
      name: "https",
      protocol: "tcp",
      ports: [443, 8443],
      parent_object_type: "dcim.device",
      parent_object_id: at("web-01"),
      ipaddresses: [at("ip")],
    },
  },
  {
    kind: "cable",
    key: "cable",
    fields: {
      type: "cat6",
      status: "connected",
      label: "c1",
      a_terminations: end("eth0"),
      b_terminations: end("eth1"),
    },
  },
];

/** A client of a place; of whatever is before it where that has another address. */
export function clientOf(
  { url, token }: { url: string; token: string },
  options: NetBoxClientOptions = {},
): NetBoxClient {
  return new NetBoxClient(netBoxSettings({ url, token }), { pauseMs: 20, ...options });
}

/** What is sent to make an object that is ours. */
export function ours(key: string, tag: number, fields: Fields, adopted = false) {
  const marks = { [MARKS.id]: key, [MARKS.sequence]: 1, [MARKS.written]: { adopted, fields } };
  return { key, fields: { ...fields, tags: [tag], custom_fields: marks } };
}

/** Makes them all; the tag's id, and theirs by their keys. */
export async function makeWorld(
  place: NetBoxPlace,
): Promise<{ tag: number; ids: ReadonlyMap<string, number> }> {
  const client = clientOf(place);
  const tag = await makeMarks(client);
  const ids = new Map<string, number>();
  for (const kind of KIND_NAMES) {
    const makings = WORLD.filter((one) => one.kind === kind).map(({ key, fields }) => {
      const known = resolved(fields as Value, (ref) => ids.get(ref)) as Fields;
      return ours(key, tag, known);
    });
    for (const [key, outcome] of await createAll(client, kind, makings)) {
      if ("refused" in outcome) throw new Error(`${kind} ${key}: ${outcome.refused}`);
      ids.set(key, outcome.id);
    }
  }
  return { tag, ids };
}
