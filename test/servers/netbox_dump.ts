/** All that a NetBox has, so that two of them can be compared: without ids, moments and counts. */
import { isDeepStrictEqual } from "node:util";
import { type Kind, KINDS } from "../../src/projections/netbox/kinds.ts";
import { observedOf } from "../../src/projections/netbox/row.ts";
import type { NetBoxObject, NetBoxPlace } from "./netbox_place.ts";

const MARK_ENDPOINTS = ["extras/tags", "extras/custom-fields"];
/** What differs between two objects that are the same otherwise. */
const VOLATILE =
  /^(id|url|display_url|created|last_updated|tagged_items|.*_count|.*_id|cable_end|connected_endpoints.*|link_peers.*)$/;

/** The objects of each endpoint, sorted; an endpoint without any is left out. */
export type NetBoxDump = Record<string, NetBoxObject[]>;

/** Reads everything. */
export async function dumpNetBox(place: NetBoxPlace): Promise<NetBoxDump> {
  const kinds = new Map<string, string>(
    Object.entries(KINDS).map(([kind, { endpoint }]) => [endpoint, kind]),
  );
  const dump: NetBoxDump = {};
  for (const endpoint of [...MARK_ENDPOINTS, ...kinds.keys()]) {
    const rows = await place.all(endpoint);
    const kind = kinds.get(endpoint) as Kind | undefined;
    const plain = rows.map((row) => JSON.stringify(plainRow(row, kind))).sort();
    if (plain.length > 0) dump[endpoint] = plain.map((row) => JSON.parse(row));
  }
  return dump;
}

function plainRow(row: NetBoxObject, kind: Kind | undefined): NetBoxObject {
  const plain = plainObject(row);
  const wrote = row.custom_fields?.cim_written;
  if (!wrote || !kind) return plain;
  const { fields } = observedOf(kind, row);
  // There are ids in what was written: it is enough to know where it is not what is there.
  const written = Object.entries(wrote.fields).map(([name, value]) => [
    name,
    isDeepStrictEqual(value, fields[name]) ? "as it is" : value,
  ]);
  const cim_written = { ...wrote, fields: Object.fromEntries(written) };
  return { ...plain, custom_fields: { ...row.custom_fields, cim_written } };
}

function plainObject(object: NetBoxObject): NetBoxObject {
  const entries = Object.entries(object).filter(([name]) => !VOLATILE.test(name))
    .map(([name, value]) => [name, plainValue(value)]);
  return Object.fromEntries(entries);
}

function plainValue(value: NetBoxObject): NetBoxObject {
  if (Array.isArray(value)) {
    return value.map(plainValue)
      .sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  }
  if (typeof value !== "object" || value === null) return value;
  return "url" in value ? nameOf(value) : plainObject(value);
}

/** What people call another object: "web-01 eth0". */
function nameOf({ display, device, virtual_machine }: NetBoxObject): string {
  return [device?.display, virtual_machine?.display, display].filter(Boolean).join(" ");
}
