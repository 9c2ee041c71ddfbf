/** Changes to a compute resource: UpdateCompute → ComputeUpdated. */
import type { Command } from "./command.ts";
import { requireOtherHost } from "./compute.ts";
import { canonicalCompute } from "./compute_canonical.ts";
import { clashesOf } from "./compute_clashes.ts";
import type { ComputeState } from "./compute_schema.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { openFindings } from "./finding.ts";
import { evidenceKeys, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";

/**
 * Decides UpdateCompute: absent means unchanged, null means removed. It is also the way out when a board was replaced
 * or a machine re-imaged and so was not recognised: it gives the known resource the new evidence.
 *
 * @throws {Refusal} `evidence_taken` when the evidence is another resource's, and as RegisterCompute
 */
export function updateCompute(
  inventory: InventoryView,
  { data: { compute, ...patch }, source }: Command<"UpdateCompute">,
): Decision {
  const id = resolveCompute(inventory, compute, "compute");
  const { findings: before, ...known } = inventory.get("compute", id)!.state;
  if (typeof patch.host === "string") {
    patch.host = resolveCompute(inventory, patch.host, "host");
    requireOtherHost(inventory, patch.host, id);
  }
  const merged = mergePatch(known, patch) as Omit<ComputeState, "findings">;
  requireNames(merged);
  const state = canonicalCompute(merged);
  if (patch.evidence) refuseTaken(inventory, known, state);
  const findings = clashesOf(inventory, id, state, source);
  // Whether evidence is shared is seen only by who brings evidence.
  const shared = patch.evidence ? [] : before?.filter(({ code }) => code === "shared_evidence");
  return stateDecision(inventory, "compute", {
    event_type: "ComputeUpdated",
    aggregate_id: id,
    data: { ...state, ...openFindings(before, [...shared ?? [], ...findings], source) },
  }, findings);
}

/** A part of an object whose main field was left out when there was no such object to be a part of. */
function requireNames({ operating_system, location }: Partial<ComputeState>): void {
  const required = [
    ["operating_system/name", operating_system, operating_system?.name],
    ["location/site", location, location?.site],
  ] as const;
  for (const [field, object, value] of required) {
    if (object === undefined || value !== undefined) continue;
    throw new Refusal("invalid", field, `${field}: it is missing, and was not known before`);
  }
}

/** Only what is new is looked at: clones have shared some of their evidence from the beginning. */
function refuseTaken(
  inventory: InventoryView,
  known: Omit<ComputeState, "findings">,
  state: ComputeState,
): void {
  const before = evidenceKeys(known);
  for (const key of evidenceKeys(state)) {
    if (key.startsWith("mac:") || before.includes(key)) continue;
    const other = inventory.otherWith(key);
    if (other === undefined) continue;
    throw new Refusal(
      "evidence_taken",
      "evidence",
      `evidence: ${
        quote(key)
      } is that of ${other.id}; if that is the same machine, decommission it first`,
    );
  }
}

/** JSON Merge Patch (RFC 7396, section 2). Objects that become empty are left out: nothing is known there any more. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map, because a name may be one that objects have a meaning for: `__proto__`.
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    const merged = value === null ? undefined : mergePatch(result.get(name), value);
    if (merged === undefined || (isObject(merged) && Object.keys(merged).length === 0)) {
      result.delete(name);
    } else result.set(name, merged);
  }
  return Object.fromEntries(result);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
