/**
 * What a measurement is called in Prometheus, by the rules for OpenTelemetry's names there
 * ([OpenTelemetry, *Prometheus and OpenMetrics compatibility*](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/),
 * as Prometheus' own OTLP receiver applies them).
 */
import type { Point } from "./point.ts";

/** The words for the units of measurements; one in braces only says what is counted, and is left out. */
const UNIT_WORDS: Partial<Record<Point["unit"], string>> = {
  s: "seconds",
  By: "bytes",
  "By/s": "bytes_per_second",
  "bit/s": "bit_per_second",
  Hz: "hertz",
  Cel: "celsius",
  W: "watts",
};

/**
 * What only grows until its process or machine is started again, by OpenTelemetry's semantic conventions 1.44: the
 * counters of `fold.instrument` in the tables. All else is a gauge to Prometheus.
 */
export const COUNTERS: ReadonlySet<string> = new Set([
  "system.cpu.time",
  "system.disk.io",
  "system.disk.operations",
  "system.disk.io_time",
  "system.disk.operation_time",
  "system.disk.merged",
  "system.network.io",
  "system.network.packet.count",
  "system.network.packet.dropped",
  "system.network.errors",
  "system.paging.faults",
  "system.paging.operations",
  "system.process.created",
  "process.cpu.time",
  "process.disk.io",
  "process.network.io",
  "process.context_switches",
  "process.paging.faults",
  "container.cpu.time",
  "container.disk.io",
  "container.network.io",
  "hw.energy",
  "hw.errors",
]);

/** These are ours; an attribute of such a name comes behind `exported_`, as Prometheus does where labels clash. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  "job",
  "instance",
  "compute_id",
  "resource_type",
  "site",
]);

/**
 * The name of a metric: `system.cpu.time` in `s` is `system_cpu_time_seconds_total`, `system.memory.utilization` in `1`
 * is `system_memory_utilization_ratio`, and `system.process.count` in `{process}` is `system_process_count`.
 *
 * @example
 * ```ts
 * import { metricName } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * strictEqual(metricName("system.network.io", "By"), "system_network_io_bytes_total");
 * ```
 */
export function metricName(name: string, unit: Point["unit"]): string {
  let words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const [main, per] = (UNIT_WORDS[unit] ?? "").split(/_(?=per_)/);
  for (const suffix of [main, per]) if (suffix && !words.includes(suffix)) words.push(suffix);
  const last = COUNTERS.has(name) ? "total" : unit === "1" ? "ratio" : undefined;
  if (last) words = [...words.filter((word) => word !== last), last];
  return words.join("_");
}

/** The name of a label: `cpu.mode` is `cpu_mode`. What begins with a digit or an underscore gets `key` before it. */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^A-Za-z0-9]+/g, "_");
  const safe = /^[A-Za-z]/.test(name) ? name : `key${name.startsWith("_") ? "" : "_"}${name}`;
  return OWN_LABELS.has(safe) ? `exported_${safe}` : safe;
}

/**
 * The labels of attributes, sorted by their names. Where two attributes come to the same name their values are joined by
 * `;` in the order of the attributes, and one without a value is as if it were not there, as the rules say.
 */
export function labelsOf(attributes: Readonly<Record<string, string>> = {}): [string, string][] {
  const labels = new Map<string, string>();
  for (const key of Object.keys(attributes).sort()) {
    const [name, value] = [labelName(key), attributes[key]!];
    const before = labels.get(name);
    labels.set(name, before === undefined ? value : `${before};${value}`);
  }
  return [...labels].filter(([, value]) => value !== "").sort(([a], [b]) => a < b ? -1 : 1);
}
