/** Compute resources: RegisterCompute → ComputeRegistered or ComputeUpdated. */
import type { Command } from "./command.ts";
import { canonicalCompute } from "./compute_canonical.ts";
import { clashesOf } from "./compute_clashes.ts";
import type { ComputeState, RegisterCompute } from "./compute_schema.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { openFindings } from "./finding.ts";
import { aggregateIdOf } from "./aggregate_id.ts";
import { evidenceKeys, recognise, resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { quote, Refusal } from "./refusal.ts";

/**
 * Decides RegisterCompute. For a resource that is known it is an update: what is absent stays as it was, lists are
 * replaced, evidence is added to. Observed, it is active at once; declared, it is provisioning.
 *
 * @throws {Refusal} `invalid`, `ambiguous_identity`, `ambiguous_hostname`, and for what is declared as `clashesOf`
 */
export function registerCompute(
  inventory: InventoryView,
  { data, source }: Command<"RegisterCompute">,
): Decision {
  const given = canonicalCompute(data);
  if (given.host !== undefined) given.host = resolveCompute(inventory, given.host, "host");
  const { id, findings: odd } = recognise(inventory, given);
  if (id === undefined) {
    const newId = freeId(inventory, given);
    const findings = [...odd, ...clashesOf(inventory, undefined, given, source)];
    const state: ComputeState = {
      ...given,
      status: source === "observed" ? "active" : "provisioning",
      ...openFindings([], findings, source),
    };
    return {
      aggregate_id: newId,
      facts: [{ event_type: "ComputeRegistered", aggregate_id: newId, data: state }],
      findings,
    };
  }
  requireOtherHost(inventory, given.host, id);
  const { findings: before, ...known } = inventory.get("compute", id)!.state;
  const state: ComputeState = {
    ...isSeenFromOutside(given, known) ? { ...given, ...known, host: given.host } : {
      ...known,
      ...given,
    },
    status: known.status,
  };
  if (given.evidence) state.evidence = { ...known.evidence, ...given.evidence };
  // A scan knows only its own tags, and people's stay.
  if (source === "observed" && given.tags) state.tags = { ...known.tags, ...given.tags };
  const findings = [...odd, ...clashesOf(inventory, id, state, source)];
  return stateDecision(inventory, "compute", {
    event_type: "ComputeUpdated",
    aggregate_id: id,
    data: { ...state, ...openFindings(before, findings, source) },
  }, findings);
}

/**
 * Nothing runs on itself, nor on what runs on it.
 *
 * @throws {Refusal} `invalid`
 */
export function requireOtherHost(
  inventory: InventoryView,
  host: string | undefined,
  id: string,
): void {
  const below = new Set<string>();
  for (let at = host; at !== undefined && !below.has(at);) {
    if (at === id) {
      const how = at === host ? "is the resource itself" : "runs on the resource";
      throw new Refusal("invalid", "host", `host: ${quote(host)} ${how}`);
    }
    below.add(at);
    at = inventory.get("compute", at)?.state.host;
  }
}

/**
 * Whether a host tells of its guest, of which more is known: from outside not all of its interfaces are seen, nor its
 * real name. Only a look from inside knows the kernel; and a host that may not ask the engine knows nothing but an id.
 */
function isSeenFromOutside(
  given: RegisterCompute,
  known: RegisterCompute,
): given is RegisterCompute & { host: string } {
  if (given.host === undefined || given.operating_system?.kernel !== undefined) return false;
  const onlyId = given.interfaces.length === 0 &&
    given.evidence?.container_id?.startsWith(given.hostname) === true;
  return onlyId || known.operating_system?.kernel !== undefined;
}

/** An id from the strongest evidence; counted on where a machine that has since changed, or is no more, had it first. */
function freeId(inventory: InventoryView, given: RegisterCompute): string {
  const [strongest = `hostname:${given.hostname}`] = evidenceKeys(given);
  for (let count = 1;; count++) {
    const id = aggregateIdOf("compute", strongest, count === 1 ? undefined : count);
    if (inventory.version(id) === 0 && !inventory.isDecommissioned(id)) return id;
  }
}
