/** Positions in the space `compute`, computed from events one by one and slowly, to compare the read model's with. */
import type { RecordedEvent } from "../../src/domain/event.ts";

/** A row of `compute_positions` or its history, as far as it is about numbers. */
export interface Position {
  compute_id: string;
  /** Microseconds since 1970; undefined where nothing was measured. */
  moment: number | undefined;
  sequence: number;
  values: Record<string, number | undefined>;
}

type EventOf<T extends RecordedEvent["event_type"]> = Extract<RecordedEvent, { event_type: T }>;
type Compute = EventOf<"ComputeRegistered" | "ComputeUpdated" | "ComputeStatusChanged">["data"];
interface Span {
  since: number;
  until: number;
  sequence: number;
  /** Of the event that ended it. */
  ended_by: number | undefined;
}
interface Tie extends Span {
  ends: string[];
  peer: (of: string) => string;
  kind: string;
}
interface Sample {
  moment: number;
  sequence: number;
  value: number;
}
interface Series {
  compute: string;
  key: string;
  name: string;
  unit: string;
  attributes: Record<string, string>;
  samples: Sample[];
}
interface Growth {
  previous: number;
  moment: number;
  seconds: number;
  growth: number;
  until: number;
}

const micros = (text: string) =>
  Date.parse(text.slice(0, 19) + "Z") * 1000 +
  Math.round(1e6 * Number(/\.\d+/.exec(text)?.[0] ?? 0));
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
const mean = (numbers: number[]) => numbers.length > 0 ? sum(numbers) / numbers.length : undefined;
/** The sum of what is known; undefined where nothing is. */
const total = (numbers: (number | undefined)[]) => {
  const known = numbers.filter((one) => one !== undefined);
  return known.length > 0 ? sum(known) : undefined;
};
const times = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? undefined : one * other;

/** What a history says of where its resources are. */
export class PositionOracle {
  readonly #computes = new Map<string, (Span & { state: Compute })[]>();
  readonly #ties: Tie[] = [];
  readonly #registered = new Map<string, number>();
  readonly #series = new Map<string, Series>();

  /** @param window in microseconds */
  constructor(events: readonly RecordedEvent[], private readonly window: number) {
    const open = new Map<string, Span>();
    const end = (id: string, at: number, by: number) => {
      const span = open.get(id);
      if (span) Object.assign(span, { until: at, ended_by: by });
      open.delete(id);
    };
    for (const event of events) {
      const { aggregate_id: id, sequence, event_type: type } = event;
      const now = micros(event.recorded_at);
      const span = { since: now, until: Infinity, sequence, ended_by: undefined };
      if (type === "MeasurementsRecorded") this.#measured(event);
      else if (type === "ComputeDecommissioned") {
        end(id, now, sequence);
        for (const tie of this.#ties) {
          if (tie.until === Infinity && tie.ends.includes(id)) {
            Object.assign(tie, { until: now, ended_by: sequence });
          }
        }
      } else if (type.startsWith("Compute")) {
        end(id, now, sequence);
        const versions = this.#computes.get(id) ?? [];
        const version = { ...span, state: event.data as Compute };
        if (versions.length === 0) version.since = -Infinity;
        this.#computes.set(id, [...versions, version]);
        open.set(id, version);
      } else if (type === "ConnectionEstablished") {
        end(id, now, sequence);
        const { from, to, kind } = event.data;
        const other = "compute" in to ? to.compute : to.mac_address ?? to.address;
        const tie = {
          ...span,
          kind,
          ends: "compute" in to ? [...new Set([from.compute, to.compute])] : [from.compute],
          peer: (of: string) => of === from.compute ? other : from.compute,
        };
        this.#ties.push(tie);
        open.set(id, tie);
      } else if (type === "ConnectionSevered") end(id, now, sequence);
      this.#registered.set(id, this.#registered.get(id) ?? now);
    }
    for (const { samples } of this.#series.values()) {
      // Samples come in the order of the log, which the sort keeps.
      samples.sort((a, b) => a.moment - b.moment);
    }
  }

  #measured({ aggregate_id: compute, sequence, data }: EventOf<"MeasurementsRecorded">): void {
    for (const { name, unit, attributes = {}, value } of data.points) {
      const key = JSON.stringify([compute, name, unit, Object.entries(attributes).sort()]);
      const series = this.#series.get(key) ??
        { compute, key, name, unit, attributes, samples: [] };
      this.#series.set(key, series);
      series.samples.push({ moment: micros(data.observed_at), sequence, value });
    }
  }

  /** Where each resource that there is, is now. */
  latest(): Position[] {
    return [...this.#computes].flatMap(([id, versions]) => {
      const { state, sequence, until } = versions.at(-1)!;
      if (until !== Infinity) return [];
      const moments = this.#of(id).flatMap(({ samples }) => samples);
      const moment = moments.length > 0 ? Math.max(...moments.map((one) => one.moment)) : undefined;
      const last = moments.filter((one) => one.moment === moment).map((one) => one.sequence);
      const ties = this.#ties.filter((tie) => tie.ends.includes(id) && tie.until === Infinity);
      return [{
        compute_id: id,
        moment,
        sequence: Math.max(sequence, ...last),
        values: this.#values(id, state, moment ?? -Infinity, ties),
      }];
    });
  }

  /** Where each resource was, each time that something was measured of it or became otherwise. */
  history(): Position[] {
    return [...this.#computes].flatMap(([id, versions]) => {
      const turns = new Map<number, number>();
      const note = (moment: number, sequence: number) =>
        turns.set(moment, Math.max(sequence, turns.get(moment) ?? 0));
      for (const { samples } of this.#of(id)) {
        for (const { moment, sequence } of samples) note(moment, sequence);
      }
      for (const { since, sequence } of versions) {
        note(since === -Infinity ? this.#registered.get(id)! : since, sequence);
      }
      const ties = this.#ties.filter(({ ends }) => ends.includes(id));
      for (const { since, until, sequence, ended_by } of ties) {
        note(since, sequence);
        if (ended_by !== undefined) note(until, ended_by);
      }
      return [...turns].flatMap(([moment, sequence]) => {
        const holds = ({ since, until }: Span) => since <= moment && moment < until;
        const version = versions.find(holds);
        if (!version) return [];
        const values = this.#values(id, version.state, moment, ties.filter(holds));
        return [{ compute_id: id, moment, sequence, values }];
      });
    });
  }

  #of(compute: string): Series[] {
    return [...this.#series.values()].filter((series) => series.compute === compute);
  }

  #values(
    id: string,
    { cpu_cores, memory_bytes, storage_bytes, interfaces }: Compute,
    moment: number,
    ties: readonly Tie[],
  ): Position["values"] {
    const of = (name: string, unit: string, label?: string, value?: string) =>
      this.#of(id).filter((series) =>
        series.name === name && series.unit === unit &&
        (label === undefined || series.attributes[label] === value)
      );
    const means = (series: Series[]) => mean(series.flatMap((one) => this.#held(one, moment)));
    const rates = (series: Series[]) => total(series.map((one) => this.#rate(one, moment)));
    const idle = means(of("system.cpu.utilization", "1", "cpu.mode", "idle"));
    const memory = means(of("system.memory.utilization", "1", "system.memory.state", "used"));
    const full = means(of("system.filesystem.utilization", "1", "system.filesystem.state", "used"));
    const free = total(
      of("system.filesystem.usage", "By", "system.filesystem.state", "free")
        .map((one) => mean(this.#held(one, moment))),
    );
    const errors = rates([
      ...of("system.network.errors", "{error}"),
      ...of("hw.errors", "{error}"),
    ]);
    const cables = ties.filter(({ kind }) => kind === "cable").map(({ peer }) => peer(id))
      .filter((peer) => peer !== id);
    const speeds = (interfaces ?? [])
      .filter(({ kind = "ethernet" }) => kind === "ethernet" || kind === "wireless")
      .map(({ speed_bps }) => speed_bps);
    return {
      performance_cpu: idle === undefined ? undefined : 1 - idle,
      performance_memory: memory,
      performance_network: rates(
        of("system.network.io", "By").filter(({ attributes }) =>
          !["lo", "lo0"].includes(attributes["network.interface.name"] ?? "")
        ),
      ),
      performance_disk: rates(of("system.disk.operation_time", "s")),
      capacity_cpu: cpu_cores,
      capacity_cpu_available: times(cpu_cores, idle),
      capacity_memory: memory_bytes,
      capacity_memory_available: times(
        memory_bytes,
        memory === undefined ? undefined : 1 - memory,
      ),
      capacity_storage: storage_bytes,
      capacity_storage_available: free ??
        times(storage_bytes, full === undefined ? undefined : 1 - full),
      capacity_bandwidth: total(speeds),
      capacity_connections: ties.length > 0 ? ties.length : undefined,
      reliability_uptime: mean(
        of("system.uptime", "s").flatMap((one) => this.#held(one, moment).slice(-1)),
      ),
      reliability_errors: times(errors, 3600),
      reliability_latency_variance: mean(
        of("system.disk.operation_time", "s").map((one) => this.#variance(one, moment))
          .filter((one) => one !== undefined),
      ),
      reliability_redundancy: cables.length > 0 ? new Set(cables).size : undefined,
    };
  }

  /** The values of a gauge whose window holds the moment. */
  #held({ samples }: Series, moment: number): number[] {
    const usual = usualSeconds(samples);
    return samples.filter((one, at) =>
      one.moment <= moment && moment < this.#until(one.moment, samples[at + 1]?.moment, usual)
    ).map(({ value }) => value);
  }

  #until(moment: number, next: number | undefined, usual: number | undefined): number {
    const silent = usual === undefined ? undefined : moment + 3e6 * usual;
    const held = Math.min(next ?? Infinity, silent ?? Infinity);
    return Math.max(moment + this.window, held === Infinity ? -Infinity : held);
  }

  #growth({ samples }: Series): Growth[] {
    const usual = usualSeconds(samples);
    return samples.slice(1).flatMap(({ moment, value }, at) => {
      const before = samples[at]!;
      const seconds = (moment - before.moment) / 1e6;
      if (seconds === 0 || seconds > 3 * usual!) return [];
      const growth = value < before.value ? value : value - before.value;
      const until = this.#until(moment, samples[at + 2]?.moment, usual);
      return [{ previous: before.moment, moment, seconds, growth, until }];
    });
  }

  #growing(series: Series, moment: number): Growth[] {
    return this.#growth(series).filter((one) => one.moment <= moment && moment < one.until);
  }

  #rate(series: Series, moment: number): number | undefined {
    const steps = this.#growing(series, moment);
    if (steps.length === 0) return undefined;
    return sum(steps.map(({ growth }) => growth)) / sum(steps.map(({ seconds }) => seconds));
  }

  #variance(series: Series, moment: number): number | undefined {
    const bytes = this.#series.get(
      series.key.replace("system.disk.operation_time", "system.disk.io")
        .replace('"s"', '"By"'),
    );
    const moved = bytes ? this.#growth(bytes) : [];
    const each = this.#growing(series, moment).flatMap((step) => {
      const same = moved.find((one) =>
        one.previous === step.previous && one.moment === step.moment && one.growth > 0
      );
      return same ? [step.growth / same.growth] : [];
    });
    const average = mean(each);
    if (each.length < 2 || !average) return undefined;
    return mean(each.map((one) => (one - average) ** 2))! / average ** 2;
  }
}

/** The median distance of samples in seconds, of those at different times. */
function usualSeconds(samples: readonly Sample[]): number | undefined {
  const distances = samples.slice(1).map(({ moment }, at) => (moment - samples[at]!.moment) / 1e6)
    .filter((seconds) => seconds > 0).sort((a, b) => a - b);
  if (distances.length === 0) return undefined;
  const middle = (distances.length - 1) / 2;
  return (distances[Math.floor(middle)]! + distances[Math.ceil(middle)]!) / 2;
}
