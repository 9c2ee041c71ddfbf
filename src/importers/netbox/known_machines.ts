/** Which machines of a NetBox the log knows already, and what is said of those. */
import type { ComputeState, UpdateCompute } from "../../domain/compute_schema.ts";
import { evidenceKeys, recognise } from "../../domain/identity.ts";
import type { Inventory } from "../../domain/inventory.ts";
import { Refusal } from "../../domain/refusal.ts";
import { TAGS } from "./machine_facts.ts";
import type { Machine } from "./machines.ts";

/** Tags that only an import sets: what NetBox no longer says is taken off. */
const OURS: readonly string[] = [TAGS.name, TAGS.role, TAGS.cluster];

/**
 * The ids of those that are known: by where they are in NetBox, or else by their evidence, or else by their name. A resource
 * is one machine's only.
 *
 * @param refuse is told of those that are another one's resource by their evidence
 */
export function knownMachines(
  machines: readonly Machine[],
  inventory: Inventory,
  refuse: (machine: Machine, why: string) => void,
): Map<string, string> {
  const known = new Map<string, string>();
  const taken = new Map<string, Machine>();
  const claim = (machine: Machine, id: string) => {
    known.set(machine.key, id);
    taken.set(id, machine);
  };
  const addresses = new Map<string, string>();
  for (const [id, { type, state }] of inventory.aggregates()) {
    const address = type === "compute" ? state.tags?.[TAGS.address] : undefined;
    if (address !== undefined) addresses.set(address, id);
  }
  for (const machine of machines) {
    const id = addresses.get(machine.data.tags![TAGS.address]!);
    if (id !== undefined) claim(machine, id);
  }
  for (const machine of machines) {
    if (known.has(machine.key)) continue;
    const id = byEvidence(machine, inventory) ?? byName(machine, inventory, taken);
    if (id === undefined) continue;
    const other = taken.get(id);
    if (!other) claim(machine, id);
    else {refuse(
        machine,
        `the log would take it for ${other.at.name} (${other.key}), by its evidence`,
      );}
  }
  return known;
}

/**
 * What NetBox says of a resource that is known. What somebody has looked into stays as it was seen; people know where it is,
 * whose it is, and how it is tagged. What NetBox does not say stays as it was, but for the place and what only an import says.
 */
export function machineUpdate(
  { data: { hostname, location, owner, tags = {}, ...facts } }: Machine,
  compute: string,
  known: ComputeState,
): UpdateCompute {
  const place = location &&
    { location: { room: null, rack: null, position: null, ...location } };
  const gone = Object.keys(known.tags ?? {}).filter((tag) =>
    !Object.hasOwn(tags, tag) && (tag.startsWith(TAGS.people) || OURS.includes(tag))
  );
  const said: UpdateCompute = {
    compute,
    ...place,
    ...owner === undefined ? {} : { owner },
    tags: { ...tags, ...Object.fromEntries(gone.map((tag) => [tag, null])) },
  };
  if (isLookedInto(known)) return said;
  const { resource_type, interfaces, ...others } = facts;
  return {
    ...said,
    ...known.hostname === hostname ? {} : { hostname },
    ...resource_type === "unknown" ? {} : { resource_type },
    ...interfaces.length === 0 ? {} : { interfaces },
    ...others,
  };
}

/** Whether a discovery has been there: nobody else knows a kernel, or an id that the machine has given itself. */
export function isLookedInto({ operating_system, evidence }: ComputeState): boolean {
  const { dmi_uuid, cloud_instance_id, container_id, machine_id } = evidence ?? {};
  return [operating_system?.kernel, dmi_uuid, cloud_instance_id, container_id, machine_id]
    .some((one) => one !== undefined);
}

function byEvidence({ data }: Machine, inventory: Inventory): string | undefined {
  if (evidenceKeys(data).length === 0) return undefined;
  try {
    return recognise(inventory, data).id;
  } catch (error) {
    if (error instanceof Refusal) return undefined; // the handler says so
    throw error;
  }
}

function byName(
  { data }: Machine,
  inventory: Inventory,
  taken: ReadonlyMap<string, Machine>,
): string | undefined {
  const ids = inventory.idsWith(`hostname:${data.hostname}`);
  return ids.length === 1 && !taken.has(ids[0]!) ? ids[0] : undefined;
}
