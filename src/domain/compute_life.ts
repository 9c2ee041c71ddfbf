/** A resource's life: ChangeComputeStatus → ComputeStatusChanged; DecommissionCompute → ComputeDecommissioned. */
import type { Command } from "./command.ts";
import type { ComputeState } from "./compute_schema.ts";
import { type Decision, stateDecision } from "./decision.ts";
import { resolveCompute } from "./identity.ts";
import type { InventoryView } from "./inventory.ts";
import { Refusal } from "./refusal.ts";

/** provisioning → active ↔ maintenance; decommissioned is reached from each, by DecommissionCompute, and is the end. */
const NEXT: Record<ComputeState["status"], readonly ComputeState["status"][]> = {
  provisioning: ["active"],
  active: ["maintenance"],
  maintenance: ["active"],
  decommissioned: [],
};

/**
 * Decides ChangeComputeStatus.
 *
 * @throws {Refusal} `illegal_transition` for a way that the lifecycle does not have
 */
export function changeComputeStatus(
  inventory: InventoryView,
  { data: { compute, status, reason } }: Command<"ChangeComputeStatus">,
): Decision {
  const id = resolveCompute(inventory, compute, "compute");
  const { status_reason: before, ...known } = inventory.get("compute", id)!.state;
  if (known.status !== status && !NEXT[known.status].includes(status)) {
    throw new Refusal(
      "illegal_transition",
      "status",
      `status: ${known.hostname} is ${known.status}, and can become ` +
        `${NEXT[known.status].join(" or ")}, not ${status}`,
    );
  }
  const why = reason ?? (known.status === status ? before : undefined);
  return stateDecision(inventory, "compute", {
    event_type: "ComputeStatusChanged",
    aggregate_id: id,
    data: { ...known, status, ...(why === undefined ? {} : { status_reason: why }) },
  });
}

/**
 * Decides DecommissionCompute. What belongs to the resource (its software, connections, labels, and the networks that
 * exist on it alone) is no more either, without an event of its own. A machine that is put to use again is a new
 * resource.
 */
export function decommissionCompute(
  inventory: InventoryView,
  { data: { compute, reason } }: Command<"DecommissionCompute">,
): Decision {
  if (inventory.isDecommissioned(compute)) {
    return { aggregate_id: compute, facts: [], findings: [] };
  }
  const id = resolveCompute(inventory, compute, "compute");
  const { status_reason: _, ...known } = inventory.get("compute", id)!.state;
  const data: ComputeState = {
    ...known,
    status: "decommissioned",
    ...(reason === undefined ? {} : { status_reason: reason }),
  };
  return {
    aggregate_id: id,
    facts: [{ event_type: "ComputeDecommissioned", aggregate_id: id, data }],
    findings: [],
  };
}
