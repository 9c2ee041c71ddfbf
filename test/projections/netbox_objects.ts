/** What a log may have for a NetBox: a few objects of each kind. */
import type { Desired, Fields } from "../../src/projections/netbox/objects.ts";

const to = (ref: string) => ({ ref });

export function site(name: string): Desired {
  return {
    kind: "site",
    key: `site:${name}`,
    title: name,
    fields: { name, slug: name, status: "active" },
  };
}

export const role: Desired = {
  kind: "device_role",
  key: "device_role:server",
  title: "Server",
  fields: { name: "Server", slug: "server" },
};

export function rack(name: string, at: string): Desired {
  return {
    kind: "rack",
    key: `rack:${at}/${name}`,
    title: name,
    fields: { name, site: to(`site:${at}`) },
  };
}

export function cluster(name: string): Desired {
  return { kind: "cluster", key: `cluster:${name}`, title: name, fields: { name } };
}

export function device(key: string, fields: Fields = {}, more: Partial<Desired> = {}): Desired {
  return {
    kind: "device",
    key,
    title: String(fields.name ?? key),
    sequence: 1,
    fields: { name: key, role: to(role.key), status: "active", ...fields },
    ...more,
  };
}

export function machine(key: string, fields: Fields = {}): Desired {
  return { kind: "virtual_machine", key, title: key, fields: { name: key, ...fields } };
}

export function nic(of: string, name: string, fields: Fields = {}, later: Fields = {}): Desired {
  return {
    kind: "interface",
    key: `${of}/interface/${name}`,
    title: `${of} ${name}`,
    fields: { device: to(of), name, type: "other", ...fields },
    later,
  };
}

export function address(key: string, of: string, name: string, fields: Fields = {}): Desired {
  return {
    kind: "ip_address",
    key,
    title: key,
    fields: {
      address: key,
      assigned_object_type: "dcim.interface",
      assigned_object_id: to(`${of}/interface/${name}`),
      ...fields,
    },
  };
}

export function mac(key: string, of: string, name: string): Desired {
  return {
    kind: "mac_address",
    key,
    title: key,
    fields: {
      mac_address: key,
      assigned_object_type: "dcim.interface",
      assigned_object_id: to(`${of}/interface/${name}`),
    },
  };
}

export function cable(key: string, a: string, b: string): Desired {
  const end = (ref: string) => [{ object_type: "dcim.interface", object_id: to(ref) }];
  return {
    kind: "cable",
    key,
    title: key,
    fields: { status: "connected", a_terminations: end(a), b_terminations: end(b) },
  };
}
