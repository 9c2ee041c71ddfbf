/**
 * How many there are of what, over time: a sample whenever a count has changed, at the time when the log recorded that,
 * and again every four minutes while the log goes on, because to a question about a moment servers know nothing of what
 * was last said five minutes before.
 *
 * | metric | labels |
 * | --- | --- |
 * | `cim_resources` | `resource_type`, `status`, `site`; decommissioned ones are not counted |
 * | `cim_interfaces` | `kind` |
 * | `cim_networks` | `kind` |
 * | `cim_connections` | `kind`, `from_site`, `to_site`: who is joined to whom |
 * | `cim_software` | `kind`, `source` |
 * | `cim_policies` | `severity` |
 * | `cim_findings` | `code` |
 *
 * A metric has at most a thousand series; what comes beyond is counted in one with `(other)` for each label. A server has
 * one value for each millisecond, so of several changes within one each has the next: a series' times only grow.
 */
import type { RecordedEvent } from "../../domain/event.ts";
import { type Aggregate, Inventory } from "../../domain/inventory.ts";
import type { Measured } from "./measured.ts";
import { type Gathered, Series } from "./series.ts";

/** How often a count that has not changed is said again, in milliseconds. */
const AGAIN_MS = 240_000;
/** The most series of one metric. */
const MOST_SERIES = 1_000;

/** Of all others neither end is the first: of their sites that is which comes first in the alphabet. */
const DIRECTED: ReadonlySet<string> = new Set(["flow", "neighbour"]);

type Counted = readonly [metric: string, labels: Readonly<Record<string, string>>];

/** A count, and what was said of it. */
interface Count {
  series: Series;
  count: number;
  said: number;
  /** When, in milliseconds since 1970. */
  saidAt: number;
}

/** Folds all events but measurements, and the time of every event. */
export class Counts {
  readonly #inventory = new Inventory();
  readonly #counts = new Map<string, Map<string, Count>>();
  readonly #known = new Map<string, Measured>();
  #changed = new Set<Count>();
  #saidAgain: number | undefined;

  /** @param job the label that all series of this projection have */
  constructor(private readonly job: string) {}

  /** What is known of a resource; the same object until it changes. */
  known(compute: string): Measured | undefined {
    return this.#known.get(compute);
  }

  /** Takes in an event that is no measurement. Afterwards its time is to be told, as that of every event. */
  take(event: RecordedEvent): void {
    const inventory = this.#inventory;
    const { aggregate_id: id, aggregate_type: type, sequence } = event;
    const ids = [id];
    // What belongs to a resource ends with it, and connections are counted by where it is.
    if (type === "compute" && this.#moves(event)) ids.push(...inventory.idsWith(`of:${id}`));
    const before = ids.flatMap((one) => this.#countedAs(inventory.find(one)));
    inventory.apply(event, sequence);
    const after = ids.flatMap((one) => this.#countedAs(inventory.find(one)));
    for (const one of before) this.#count(one, -1);
    for (const one of after) this.#count(one, 1);
    if (type === "compute") this.#know(id);
  }

  /**
   * Gathers what the last event has changed.
   *
   * @param now when it was recorded, in milliseconds since 1970
   */
  tell(now: number, gathered: Gathered): void {
    for (const one of this.#changed) if (one.count !== one.said) tellCount(one, now, gathered);
    this.#changed.clear();
    this.#saidAgain ??= now;
    if (now < this.#saidAgain + AGAIN_MS) return;
    this.#saidAgain = now;
    for (const counts of this.#counts.values()) {
      for (const one of counts.values()) {
        if (one.count > 0 && one.saidAt < now) tellCount(one, now, gathered);
      }
    }
  }

  #moves(event: RecordedEvent): boolean {
    if (event.event_type === "ComputeDecommissioned") return true;
    const site = "location" in event.data ? event.data.location?.site ?? "" : "";
    return site !== this.#siteOf(event.aggregate_id);
  }

  #know(id: string): void {
    const state = this.#inventory.get("compute", id)?.state;
    if (!state) {
      this.#known.delete(id);
      return;
    }
    const known = {
      instance: state.hostname,
      resource_type: state.resource_type,
      site: state.location?.site ?? "",
    };
    if (JSON.stringify(known) !== JSON.stringify(this.#known.get(id))) this.#known.set(id, known);
  }

  #count([metric, labels]: Counted, step: 1 | -1): void {
    let counts = this.#counts.get(metric);
    if (!counts) this.#counts.set(metric, counts = new Map());
    const values = JSON.stringify(Object.values(labels));
    let one = counts.get(values);
    if (!one) {
      const isOther = counts.size >= MOST_SERIES;
      const key = isOther ? "(other)" : values;
      one = counts.get(key);
      if (!one) {
        const shown = Object.entries(labels).filter(([, value]) => value !== "")
          .map(([name, value]) => [name, isOther ? "(other)" : value] as const);
        const series = new Series([["__name__", metric], ["job", this.job], ...shown]);
        counts.set(key, one = { series, count: 0, said: 0, saidAt: -1 });
      }
    }
    one.count += step;
    this.#changed.add(one);
  }

  #countedAs(aggregate: Aggregate | undefined): Counted[] {
    if (!aggregate) return [];
    const { state } = aggregate;
    const findings = "findings" in state ? state.findings ?? [] : [];
    return [
      ...this.#own(aggregate),
      ...findings.map(({ code }): Counted => ["cim_findings", { code }]),
    ];
  }

  #own({ type, state }: Aggregate): Counted[] {
    switch (type) {
      case "compute": {
        const { resource_type, status, interfaces } = state;
        return [
          ["cim_resources", { resource_type, status, site: state.location?.site ?? "" }],
          ...interfaces.map(({ kind }): Counted => ["cim_interfaces", { kind: kind ?? "" }]),
        ];
      }
      case "network":
        return [["cim_networks", { kind: state.kind ?? "" }]];
      case "connection": {
        const { kind, from, to } = state;
        const sites = [
          this.#siteOf(from.compute),
          "compute" in to ? this.#siteOf(to.compute) : "",
        ];
        if (!DIRECTED.has(kind)) sites.sort();
        return [["cim_connections", { kind, from_site: sites[0]!, to_site: sites[1]! }]];
      }
      case "software":
        return [["cim_software", { kind: state.kind, source: state.source ?? "" }]];
      case "policy":
        return [["cim_policies", { severity: state.severity }]];
      case "concept":
      case "label":
        return [];
    }
  }

  #siteOf(compute: string): string {
    return this.#inventory.get("compute", compute)?.state.location?.site ?? "";
  }
}

function tellCount(one: Count, now: number, gathered: Gathered): void {
  one.said = one.count;
  one.saidAt = Math.max(now, one.saidAt + 1);
  gathered.add(one.series, one.saidAt, one.count);
}
