/** What there is at one place of the log, by what the mapping asks for. */
import type { ConnectionState } from "../../../domain/connection.ts";
import type { ComputeState } from "../../../domain/compute_schema.ts";
import type { Aggregate, Decommissioned, Inventory } from "../../../domain/inventory.ts";
import type { NetworkState } from "../../../domain/network.ts";
import type { SoftwareState } from "../../../domain/software.ts";
import { byCodeUnit } from "../../../domain/values.ts";

/** An aggregate's state, with its id and the sequence of its last change. */
export interface Known<T> {
  id: string;
  changed: number;
  state: T;
}

/** A compute resource. */
export type Compute = Known<ComputeState>;

/** The aggregates that NetBox has a place for, each kind in the order of the ids. */
export class Estate {
  readonly computes: readonly Compute[];
  readonly networks: readonly Known<NetworkState>[];
  readonly connections: readonly Known<ConnectionState>[];
  readonly software: readonly Known<SoftwareState>[];
  readonly decommissioned: readonly (readonly [id: string, last: Decommissioned])[];
  readonly #computes: ReadonlyMap<string, Compute>;
  /** The first resource of each name. */
  readonly #first = new Map<string, Compute>();

  constructor(inventory: Inventory) {
    const of: { [K in Aggregate["type"]]?: Known<unknown>[] } = {};
    for (const [id, { type, changed, state }] of inventory.aggregates()) {
      (of[type] ??= []).push({ id, changed, state });
    }
    const list = <T>(type: Aggregate["type"]) =>
      (of[type] ?? []).sort((a, b) => byCodeUnit(a.id, b.id)) as Known<T>[];
    this.computes = list("compute");
    this.networks = list("network");
    this.connections = list("connection");
    this.software = list("software");
    this.decommissioned = [...inventory.decommissioned()].sort(([a], [b]) => byCodeUnit(a, b));
    this.#computes = new Map(this.computes.map((one) => [one.id, one]));
    for (const one of this.computes) {
      if (!this.#first.has(one.state.hostname)) this.#first.set(one.state.hostname, one);
    }
  }

  /** The resource with this id, if there is one. */
  compute(id: string): Compute | undefined {
    return this.#computes.get(id);
  }

  /** Whether another resource, of a lesser id, has the same name. */
  isNamesake(compute: Compute): boolean {
    return this.#first.get(compute.state.hostname) !== compute;
  }

  /** A resource, what it runs on, what that runs on, and so on. */
  *withHosts(compute: Compute): Generator<Compute> {
    const seen = new Set<Compute>();
    let at: Compute | undefined = compute;
    while (at && !seen.has(at)) {
      yield at;
      seen.add(at);
      at = at.state.host === undefined ? undefined : this.#computes.get(at.state.host);
    }
  }

  /** What a resource runs on, if that is known and still there. */
  host({ id, state }: Compute): Compute | undefined {
    return state.host === undefined || state.host === id
      ? undefined
      : this.#computes.get(state.host);
  }
}

/** Whether NetBox has it as a virtual machine, and not as a device: it is one, or a container, or runs on something. */
export function isVirtual(
  { resource_type, host }: Pick<ComputeState, "resource_type" | "host">,
): boolean {
  return resource_type === "virtual_machine" || resource_type === "container" || host !== undefined;
}
