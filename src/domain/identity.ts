/**
 * Which machine is this? Evidence is composite, because cloned machines share machine ids and makers ship default
 * serials: the strongest evidence that two descriptions both have decides, and weaker evidence that says otherwise is
 * a finding, never a silent merge.
 */
import { v5 } from "uuid";
import type { RegisterCompute } from "./compute_schema.ts";
import type { Finding } from "./decision.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";
import { isGloballyAdministered } from "./values.ts";

/** The name space of this project's aggregate ids. */
const NAMESPACE = "6f1a4a5e-52a8-5b0e-9b7e-1d3f6c0f7d11";

/** An aggregate's id from what makes it the one it is: the same on every machine (UUID v5). */
export function aggregateIdOf(type: string, ...parts: (string | number | undefined)[]): string {
  return v5(JSON.stringify([type, ...parts.map((part) => part ?? null)]), NAMESPACE);
}

type Evidence = Pick<RegisterCompute, "evidence" | "interfaces">;

/** The kinds of evidence, strongest first. */
const KINDS = ["dmi", "cloud", "machine_id", "mac"] as const;

function evidenceOf({ evidence, interfaces }: Evidence): Record<(typeof KINDS)[number], string[]> {
  return {
    dmi: evidence?.dmi_uuid ? [`${evidence.serial ?? ""}/${evidence.dmi_uuid.toLowerCase()}`] : [],
    cloud: evidence?.cloud_instance_id ? [evidence.cloud_instance_id] : [],
    machine_id: evidence?.machine_id ? [evidence.machine_id] : [],
    mac: interfaces
      .filter(({ kind }) => kind === "ethernet" || kind === "wireless")
      .flatMap(({ mac_address: mac }) => mac && isGloballyAdministered(mac) ? [mac] : []),
  };
}

/** The keys under which a resource can be found, strongest first: `dmi:…`, `cloud:…`, `machine_id:…`, `mac:…`. */
export function evidenceKeys(resource: Evidence): string[] {
  const evidence = evidenceOf(resource);
  return KINDS.flatMap((kind) => evidence[kind].map((value) => `${kind}:${value}`));
}

/** The kind of the strongest evidence that both have, and whether they agree on it. */
function compare(a: Evidence, b: Evidence): { kind: string; same: boolean } | undefined {
  const [left, right] = [evidenceOf(a), evidenceOf(b)];
  for (const kind of KINDS) {
    if (left[kind].length > 0 && right[kind].length > 0) {
      return { kind, same: left[kind].some((value) => right[kind].includes(value)) };
    }
  }
  return undefined;
}

/**
 * Finds the registered resource that a description is about.
 *
 * @returns its id, or undefined for one that is new, and what is odd about the match
 * @throws {Refusal} `ambiguous_hostname` when there is no evidence and several resources have the host name
 */
export function recognise(
  inventory: InventoryView,
  data: RegisterCompute,
): { id: string | undefined; findings: Finding[] } {
  const findings: Finding[] = [];
  const keys = evidenceKeys(data);
  for (const key of keys) {
    for (const id of inventory.computesBy(key)) {
      const { state } = inventory.get("compute", id)!;
      const verdict = compare(data, state);
      if (verdict?.same) return { id, findings: differences(data, state) };
      findings.push({
        code: "shared_evidence",
        field: key.slice(0, key.indexOf(":")),
        message: `${state.hostname} (${id}) has the same ${key}, but another ${verdict?.kind}: ` +
          `a clone, or a replaced board; if it was replaced, decommission the old one`,
      });
    }
  }
  // A name is not evidence: it decides only where one of the two has nothing better.
  const namesakes = inventory.computesBy(`hostname:${data.hostname}`).filter((id) =>
    keys.length === 0 || evidenceKeys(inventory.get("compute", id)!.state).length === 0
  );
  if (namesakes.length > 1) {
    throw new Refusal(
      "ambiguous_hostname",
      "hostname",
      `hostname: ${quote(data.hostname)} is the name of several resources ` +
        `(${namesakes.join(", ")}); say by its evidence which one is meant`,
    );
  }
  return { id: namesakes[0], findings };
}

/** Weaker evidence on which a machine differs from what was known of it: re-imaged, or given other hardware. */
function differences(data: RegisterCompute, known: Evidence): Finding[] {
  const [now, before] = [evidenceOf(data), evidenceOf(known)];
  return KINDS.filter((kind) =>
    now[kind].length > 0 && before[kind].length > 0 &&
    !now[kind].some((value) => before[kind].includes(value))
  ).map((kind) => ({
    code: "changed_evidence",
    field: kind,
    message: `${data.hostname} had ${kind} ${before[kind][0]} and now has ${now[kind][0]}`,
  }));
}

/**
 * The id of the resource that a command names by aggregate id or host name.
 *
 * @throws {Refusal} `unknown_compute` or `ambiguous_hostname`
 */
export function resolveCompute(inventory: InventoryView, reference: string, field: string): string {
  if (inventory.get("compute", reference)) return reference;
  const [id, ...others] = inventory.computesBy(`hostname:${reference.toLowerCase()}`);
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
        [id, ...others].join(", ")
      }`,
    );
  }
  return id;
}
