/**
 * Which machine is this? Evidence is composite, because cloned machines share machine ids and makers ship default
 * serials: the strongest evidence that two descriptions both have decides, and weaker evidence that says otherwise is
 * a finding, never a silent merge.
 */
import type { RegisterCompute } from "./compute_schema.ts";
import { type Finding, finding, MOST_FINDINGS } from "./finding.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { isGloballyAdministered } from "./values.ts";

type Evidence = Pick<RegisterCompute, "resource_type" | "evidence" | "interfaces">;

/** The kinds of evidence, strongest first. */
const KINDS = ["dmi", "cloud", "container", "machine_id", "serial", "mac"] as const;

/**
 * Makers ship the same serial many times, so it decides only where there is nothing stronger than MAC addresses; but two
 * that differ contradict each other beside a DMI UUID too. An interface of no kind is taken for hardware. A container may see the hardware of its host, whose MAC addresses are then not its own.
 */
function evidenceOf(
  { resource_type, evidence, interfaces }: Evidence,
): Record<(typeof KINDS)[number], string[]> {
  const hardware = resource_type === "container" ? [] : interfaces;
  return {
    dmi: evidence?.dmi_uuid ? [evidence.dmi_uuid.toLowerCase()] : [],
    cloud: evidence?.cloud_instance_id ? [evidence.cloud_instance_id] : [],
    container: evidence?.container_id ? [evidence.container_id.toLowerCase()] : [],
    machine_id: evidence?.machine_id ? [evidence.machine_id] : [],
    serial: evidence?.serial ? [evidence.serial] : [],
    mac: hardware
      .filter(({ kind }) => kind === undefined || kind === "ethernet" || kind === "wireless")
      .flatMap(({ mac_address: mac }) => mac && isGloballyAdministered(mac) ? [mac] : []),
  };
}

/** The keys under which a resource can be found, strongest first: `dmi:…`, `cloud:…`, `container:…` …. */
export function evidenceKeys(resource: Evidence): string[] {
  const evidence = evidenceOf(resource);
  return KINDS.flatMap((kind) => evidence[kind].map((value) => `${kind}:${value}`));
}

/** How strong the strongest evidence is that both have (0 is the strongest), and whether they agree on it. */
function compare(
  left: ReturnType<typeof evidenceOf>,
  a: Evidence,
  b: Evidence,
): { strength: number; same: boolean } | undefined {
  const right = evidenceOf(b);
  for (const [strength, kind] of KINDS.entries()) {
    if (left[kind].length === 0 || right[kind].length === 0) continue;
    const [one, other] = [a.evidence?.serial, b.evidence?.serial];
    const serials = kind === "dmi" && one !== undefined && other !== undefined && one !== other;
    const values = new Set(right[kind]);
    return { strength, same: !serials && left[kind].some((value) => values.has(value)) };
  }
  return undefined;
}

/**
 * Finds the registered resource that a description is about.
 *
 * @returns its id, or undefined for one that is new, and what is odd about the match
 * @throws {Refusal} `ambiguous_identity` or `ambiguous_hostname` when several resources fit equally well
 */
export function recognise(
  inventory: InventoryView,
  data: RegisterCompute,
): { id: string | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  const keys = evidenceKeys(data);
  const same = new Map<string, number>();
  const seen = new Set<string>();
  const mine = evidenceOf(data);
  for (const key of keys) {
    for (const id of inventory.idsWith(key)) {
      if (seen.size === seen.add(id).size) continue; // by stronger evidence already
      const { state } = inventory.get("compute", id)!;
      const verdict = compare(mine, data, state)!;
      if (verdict.same) same.set(id, verdict.strength);
      else if (findings.length < MOST_FINDINGS) {
        findings.push(finding(
          "shared_evidence",
          key.slice(0, key.indexOf(":")),
          `${state.hostname} (${id}) has the same ${quote(key)}, but another ` +
            `${KINDS[verdict.strength]}: a clone, or a replaced board; if it was replaced, ` +
            `decommission the new one and give the old one the new evidence by UpdateCompute`,
        ));
      }
    }
  }
  if (same.size > 0) {
    const id = theOne(inventory, data, same);
    findings.push(...differences(data, inventory.get("compute", id)!.state));
    return { id, findings };
  }
  const id = namesake(inventory, data, keys.length > 0);
  if (id !== undefined && keys.length === 0) {
    const message = `${data.hostname} gave no evidence, and was recognised by its host name alone`;
    findings.push(finding("name_only", "hostname", message));
  }
  return { id, findings };
}

/** Of several that agree in evidence, the one that agrees in the strongest, and then in its name. */
function theOne(
  inventory: InventoryView,
  data: RegisterCompute,
  same: ReadonlyMap<string, number>,
): string {
  const strongest = Math.min(...same.values());
  const equal = [...same.keys()].filter((id) => same.get(id) === strongest);
  const named = equal.filter((id) =>
    inventory.get("compute", id)!.state.hostname === data.hostname
  );
  const [id, ...others] = equal.length > 1 && named.length > 0 ? named : equal;
  if (others.length > 0) {
    throw new Refusal(
      "ambiguous_identity",
      "evidence",
      `evidence: ${data.hostname} has the same ${KINDS[strongest]} as ${some(equal)}, ` +
        `clones of each other: say stronger evidence (serial, DMI UUID; a discovery by root has them)`,
    );
  }
  return id!;
}

/** A name is not evidence: it decides only where one of the two has nothing better, and both are of one kind. */
function namesake(
  inventory: InventoryView,
  data: RegisterCompute,
  hasEvidence: boolean,
): string | undefined {
  const [id, ...others] = inventory.idsWith(`hostname:${data.hostname}`).filter((one) => {
    const { state } = inventory.get("compute", one)!;
    return (!hasEvidence || evidenceKeys(state).length === 0) && alike(data, state);
  });
  if (others.length > 0) {
    throw new Refusal(
      "ambiguous_hostname",
      "hostname",
      `hostname: ${quote(data.hostname)} is the name of several resources ` +
        `(${some([id!, ...others])}); say by its evidence which one is meant`,
    );
  }
  return id;
}

function alike(a: RegisterCompute, b: RegisterCompute): boolean {
  const [one, other] = [a.resource_type, b.resource_type];
  const [box, otherBox] = [a.virtualization?.container, b.virtualization?.container];
  return (one === other || one === "unknown" || other === "unknown") &&
    (box === otherBox || box === undefined || otherBox === undefined);
}

/** Weaker evidence on which a machine differs from what was known of it: re-imaged, or given other hardware. */
function differences(data: RegisterCompute, known: Evidence): Finding[] {
  const [now, before] = [evidenceOf(data), evidenceOf(known)];
  return KINDS.filter((kind) => {
    const values = new Set(before[kind]);
    return now[kind].length > 0 && values.size > 0 && !now[kind].some((value) => values.has(value));
  }).map((kind) =>
    finding(
      "changed_evidence",
      kind,
      `${data.hostname} had ${kind} ${quote(before[kind][0])} and now has ${quote(now[kind][0])}`,
    )
  );
}

/**
 * The id of the resource that a command names by aggregate id or host name.
 *
 * @throws {Refusal} `unknown_compute`, `decommissioned` or `ambiguous_hostname`
 */
export function resolveCompute(inventory: InventoryView, reference: string, field: string): string {
  if (inventory.get("compute", reference)) return reference;
  if (inventory.isDecommissioned(reference)) {
    throw new Refusal(
      "decommissioned",
      field,
      `${field}: ${quote(reference)} was decommissioned, which is the end; register it anew`,
    );
  }
  const [id, ...others] = inventory.idsWith(`hostname:${reference.toLowerCase()}`);
  if (id === undefined) {
    throw new Refusal(
      "unknown_compute",
      field,
      `${field}: no registered resource has the id or host name ${
        quote(reference)
      }; register it first`,
    );
  }
  if (others.length > 0) {
    throw new Refusal(
      "ambiguous_hostname",
      field,
      `${field}: ${quote(reference)} is the name of several resources; use an id: ${
        some([id, ...others])
      }`,
    );
  }
  return id;
}

/** A few of many ids, for people. */
function some(ids: readonly string[]): string {
  return ids.slice(0, 5).join(", ") + (ids.length > 5 ? ` and ${ids.length - 5} others` : "");
}
