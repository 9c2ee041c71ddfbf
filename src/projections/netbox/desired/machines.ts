/** Devices and virtual machines. */
import type { ComputeState } from "../../../domain/compute_schema.ts";
import type { Clusters } from "./clusters.ts";
import { type Compute, type Estate, isVirtual } from "./estate.ts";
import type { DesiredObjects } from "./objects.ts";
import type { Places } from "./places.ts";
import { NETBOX_TAGS } from "./tags.ts";
import { isWithin, line, MOST, said } from "./text.ts";
import type { Types } from "./types.ts";
import type { Fields } from "../objects.ts";

/** What is declared and was not seen yet is planned; what people work on is offline, as NetBox has no maintenance. */
const STATUS: Readonly<Record<ComputeState["status"], string>> = {
  provisioning: "planned",
  active: "active",
  maintenance: "offline",
  decommissioned: "decommissioning",
};

/** NetBox's largest whole numbers: vcpus has four digits, memory and disk are of 31 bits. */
const MOST_VCPUS = 9_999;
const MOST_AMOUNT = 2 ** 31 - 1;
/** Memory in the MB that hypervisors and people say (2^20 bytes), disks in those of their makers (10^6). */
const MEMORY_UNIT = 2 ** 20;
const DISK_UNIT = 1_000_000;
/** How long a serial number may be. */
const MOST_SERIAL = 50;

/** Adds every resource as what it is in NetBox. */
export function addMachines(
  estate: Estate,
  { places, types, clusters }: { places: Places; types: Types; clusters: Clusters },
  objects: DesiredObjects,
): void {
  const taken = new Map<string, string>();
  for (const one of estate.computes) {
    const { id, changed, state } = one;
    const kind = isVirtual(state) ? "virtual_machine" : "device";
    const within = kind === "device" ? undefined : clusters.fieldsOf(one);
    const place = within ? JSON.stringify(within.fields) : places.siteOf(one);
    const desired = { kind, key: id, sequence: changed, title: state.hostname } as const;
    const name = said(state.tags?.[NETBOX_TAGS.name]) ?? state.hostname;
    const other = taken.get(`${place} ${name.toLowerCase()}`);
    if (other !== undefined) {
      objects.refuse(
        desired,
        `it is also the name of ${other}, and NetBox has a name once in a ${
          kind === "device" ? "site" : "cluster"
        }: give one of them another name, or another place`,
      );
      continue;
    }
    const fields: Fields = {
      status: STATUS[state.status],
      ...types.fieldsOf(state),
      ...(within ? { ...within.fields, ...sizeOf(state) } : {
        ...types.typeOf(state),
        ...places.fieldsOf(one),
        ...clusters.fieldsOfHost(one),
        ...serialOf(one),
      }),
    };
    if (!objects.addNamed({ ...desired, fields }, name, MOST.own)) continue;
    taken.set(`${place} ${name.toLowerCase()}`, id);
    if (within) objects.addLater(id, within.later);
  }
  for (const [key, last] of estate.decommissioned) {
    const virtual = last.hosted || ["virtual_machine", "container"].includes(last.resource_type);
    objects.add({
      kind: virtual ? "virtual_machine" : "device",
      key,
      sequence: last.changed,
      title: last.hostname,
      // A host without virtual machines is in no cluster, and NetBox has both in one.
      fields: { status: STATUS.decommissioned, ...(virtual ? { device: null } : {}) },
      ending: true,
    });
  }
}

function sizeOf({ cpu_cores, memory_bytes, storage_bytes }: ComputeState): Fields {
  const amount = (bytes: number | undefined, unit: number) =>
    bytes === undefined ? undefined : Math.round(bytes / unit);
  const memory = amount(memory_bytes, MEMORY_UNIT);
  const disk = amount(storage_bytes, DISK_UNIT);
  return {
    ...(cpu_cores !== undefined && cpu_cores <= MOST_VCPUS ? { vcpus: cpu_cores } : {}),
    ...(memory !== undefined && memory <= MOST_AMOUNT ? { memory } : {}),
    ...(disk !== undefined && disk <= MOST_AMOUNT ? { disk } : {}),
  };
}

/** A serial number that is too long is left out: cut, it would be another one. */
function serialOf({ state: { evidence } }: Compute): Fields {
  const serial = line(evidence?.serial ?? "");
  return serial !== "" && isWithin(serial, MOST_SERIAL) ? { serial } : {};
}
