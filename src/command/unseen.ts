/** What a scan that was whole has not seen any more: from what is known to commands that remove it. */
import type { Command, CommandData } from "../domain/command.ts";
import type { Aggregate, InventoryView } from "../domain/inventory.ts";
import { scopeOf } from "../domain/scope.ts";

/** What was looked through, and what was found there. */
export interface WholeScan {
  /** The aggregate id of the resource that was looked at. */
  compute: string;
  /** The scopes that were scanned whole (`domain/scope.ts`); of others nothing is removed. */
  complete: readonly string[];
  /** The aggregate ids of all that was seen. */
  seen: readonly string[];
  actor: string;
  /** The command that began the scan. */
  cause: Pick<Command, "message_id" | "correlation_id">;
}

/** A command that removes something. */
export type Removal = {
  [T in "RemoveNetwork" | "SeverConnection" | "RemoveSoftware" | "DecommissionCompute"]: {
    command: T;
    data: CommandData[T];
  };
}["RemoveNetwork" | "SeverConnection" | "RemoveSoftware" | "DecommissionCompute"];

const REASON = "not seen any more";

/** The removals that follow from a scan, in the order of the aggregates' ids. */
export function unseen(
  inventory: InventoryView,
  { compute, complete, seen }: WholeScan,
): Removal[] {
  const scopes = new Set(complete);
  const there = new Set(seen);
  const ids = [...inventory.idsWith(`of:${compute}`), ...inventory.idsWith(`host:${compute}`)];
  return ids.filter((id) => !there.has(id)).flatMap((id) => {
    const aggregate = inventory.find(id);
    const scope = aggregate && scopeOf(aggregate);
    if (scope === undefined || !scopes.has(scope)) return [];
    return removal(id, aggregate!, compute) ?? [];
  });
}

function removal(id: string, aggregate: Aggregate, compute: string): Removal | undefined {
  switch (aggregate.type) {
    case "network": {
      const { cidr, vrf, scope } = aggregate.state;
      return {
        command: "RemoveNetwork",
        data: { cidr, ...(vrf ? { vrf } : {}), ...(scope ? { scope } : {}), reason: REASON },
      };
    }
    case "connection": {
      const { speed_bps: _, findings: __, ...key } = aggregate.state;
      // A flow that another host opened to this one is that host's to see.
      if (key.from.compute !== compute) return undefined;
      return { command: "SeverConnection", data: { ...key, reason: REASON } };
    }
    case "software": {
      const { name, kind, source } = aggregate.state;
      const key = { compute, name, kind, ...(source === undefined ? {} : { source }) };
      return { command: "RemoveSoftware", data: { ...key, reason: REASON } };
    }
    case "compute":
      return { command: "DecommissionCompute", data: { compute: id, reason: REASON } };
    default:
      return undefined;
  }
}
