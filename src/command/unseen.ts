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
  /** The log's last sequence when the scan began: what has changed since then, somebody else may have seen. */
  since: number;
  /** Only of what is known under ids that begin with this, where a scan is told in parts. */
  prefix?: string;
  /** The most removals at a time; what is left is removed when one asks again. All by default. */
  most?: number;
  actor: string;
  /** The command that began the scan. */
  cause: Pick<Command, "message_id" | "correlation_id">;
}

/** A command that removes something. */
export type Removal = {
  [T in RemovalType]: { command: T; data: CommandData[T] };
}[RemovalType];

type RemovalType =
  | "RemoveNetwork"
  | "SeverConnection"
  | "RemoveSoftware"
  | "DecommissionCompute"
  | "UpdateCompute";

const REASON = "not seen any more";

/** The removals that follow from a scan, in the order of the aggregates' ids. */
export function unseen(
  inventory: InventoryView,
  { compute, complete, seen, since, prefix = "", most = Infinity }: WholeScan,
): Removal[] {
  const scopes = new Set(complete);
  const there = new Set(seen);
  const ids = [...inventory.idsWith(`of:${compute}`), ...inventory.idsWith(`host:${compute}`)];
  return ids.filter((id) => id.startsWith(prefix) && !there.has(id)).flatMap((id) => {
    const aggregate = inventory.find(id);
    if (aggregate === undefined || aggregate.changed > since) return [];
    const scope = scopeOf(aggregate);
    return scope !== undefined && scopes.has(scope) ? removal(id, aggregate, compute) ?? [] : [];
  }).slice(0, most);
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
    case "compute": {
      const { status, resource_type, evidence } = aggregate.state;
      // Not there yet, as somebody declared.
      if (status === "provisioning") return undefined;
      // A virtual machine may have moved to another host; what a container had as its own is gone with it.
      return resource_type === "container" && evidence?.container_id !== undefined
        ? { command: "DecommissionCompute", data: { compute: id, reason: REASON } }
        : { command: "UpdateCompute", data: { compute: id, host: null } };
    }
    default:
      return undefined;
  }
}
