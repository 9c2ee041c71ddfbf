/** How many there are of what: counts that an event changes, and that nobody has to count again. */
import type { InfrastructureEvent } from "../domain/event.ts";
import { type Aggregate, Inventory } from "../domain/inventory.ts";
import type { Family, Labels } from "./family.ts";

/** What an aggregate counts as: which metric, and its labels. */
type Counted = readonly [metric: string, labels: Labels];

/** The metrics, with what they count. */
const METRICS: Readonly<Record<string, string>> = {
  cim_resources: "Resources that are not decommissioned.",
  cim_interfaces: "Network interfaces of resources.",
  cim_networks: "Networks.",
  cim_connections: "Connections: cables, flows, neighbours and others.",
  cim_software: "Packages, services and programs on resources.",
  cim_policies: "Policies.",
  cim_concepts: "Concepts, by the space that they are in.",
  cim_labels: "Resources that somebody said a concept of.",
  cim_findings: "Findings that are not settled.",
};

/**
 * The inventory as counts. What was there once and is no more counts 0, so that a line in a chart goes down instead of
 * ending.
 *
 * Cost: an event is O(1), the end of a resource O(what belongs to it), `families` O(different labels).
 */
export class Counts {
  readonly #counts = new Map<string, Map<string, { labels: Labels; count: number }>>();

  /** @param inventory what is there already; it is kept in step by {@linkcode apply}, and by nothing else */
  constructor(readonly inventory: Inventory = new Inventory()) {
    for (const [, aggregate] of inventory.content().aggregates) this.#add(aggregate, 1);
  }

  /** Takes in the event that follows those already applied. */
  apply(event: InfrastructureEvent, sequence: number): void {
    const { inventory } = this;
    const ids = [event.aggregate_id];
    if (event.event_type === "ComputeDecommissioned") {
      ids.push(...inventory.idsWith(`of:${event.aggregate_id}`));
    }
    const before = ids.map((id) => inventory.find(id));
    inventory.apply(event, sequence);
    for (const [at, id] of ids.entries()) {
      const after = inventory.find(id);
      if (before[at]?.state === after?.state) continue; // as with every measurement
      this.#add(before[at], -1);
      this.#add(after, 1);
    }
  }

  /** The counts as they are now. */
  families(): Family[] {
    return Object.entries(METRICS).map(([name, help]) => ({
      name,
      type: "gauge",
      help,
      samples: [...this.#counts.get(name)?.values() ?? []].map(({ labels, count }) =>
        [labels, count] as const
      ),
    }));
  }

  #add(aggregate: Aggregate | undefined, step: 1 | -1): void {
    if (aggregate === undefined) return;
    for (const [metric, labels] of countedAs(aggregate)) {
      let counts = this.#counts.get(metric);
      if (!counts) this.#counts.set(metric, counts = new Map());
      const key = JSON.stringify(labels);
      const found = counts.get(key);
      if (found) found.count += step;
      else counts.set(key, { labels, count: step });
    }
  }
}

function countedAs({ type, state }: Aggregate): Counted[] {
  const own = ((): Counted[] => {
    switch (type) {
      case "compute":
        return [
          ["cim_resources", {
            resource_type: state.resource_type,
            status: state.status,
            site: state.location?.site ?? "",
          }],
          ...state.interfaces.map(({ kind }): Counted => ["cim_interfaces", { kind: kind ?? "" }]),
        ];
      case "network":
        return [["cim_networks", { kind: state.kind ?? "" }]];
      case "connection":
        return [["cim_connections", { kind: state.kind }]];
      case "software":
        return [["cim_software", { kind: state.kind, source: state.source ?? "" }]];
      case "policy":
        return [["cim_policies", { severity: state.severity }]];
      case "concept":
        return [["cim_concepts", { space: state.space }]];
      case "label":
        return [["cim_labels", { space: state.space, concept: state.concept }]];
    }
  })();
  const findings = "findings" in state ? state.findings ?? [] : [];
  return [...own, ...findings.map(({ code }): Counted => ["cim_findings", { code }])];
}
