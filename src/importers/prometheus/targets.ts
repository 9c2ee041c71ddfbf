/** What is scraped or pushes: the targets of a Prometheus, and what they tell of the machines that they are on. */
import { byCodeUnit } from "../../domain/values.ts";
import type { AnsweredSeries, Moments, PrometheusClient } from "./client.ts";
import { FACT_METRICS, type FactMetric, type FactName } from "./facts.ts";
import { promQl } from "./query.ts";

/** The labels that tell targets apart. Others (of replicas, of environments) do not make one target two. */
export const TARGET_LABELS = [
  "cluster",
  "job",
  "instance",
  "node",
  "host_name",
  "host_id",
] as const;

/** Facts under their names. */
export type Facts = Partial<Record<FactName, string>>;

/** A target, and the newest that is known of it. */
export interface Target {
  key: string;
  labels: Partial<Record<(typeof TARGET_LABELS)[number], string>>;
  facts: Facts;
  /** By the names of the devices; of its addresses each. */
  interfaces: Map<string, Facts & { addresses: [address: string, netmask: string][] }>;
  /** By the label `id`. */
  containers: Map<string, Facts>;
}

/** The parts into which the time is cut to look for facts; what has changed since counts. */
const LOOKS = 20;

/** What the labels say of whose series it is. */
export function targetKey(labels: AnsweredSeries["labels"]): string {
  return JSON.stringify(TARGET_LABELS.map((label) => labels[label] ?? ""));
}

/**
 * Asks for all targets, and for the newest facts of each.
 *
 * @param names the metrics that there are
 */
export async function targetsOf(
  client: PrometheusClient,
  names: ReadonlySet<string>,
  { matchers, from, to, step }: Moments & { matchers: string },
): Promise<Target[]> {
  const found = new Map<string, Target>();
  const span = Math.max(1, Math.ceil((to - from) / step / LOOKS)) * step;
  const looks = Math.floor((to - from) / span);
  for (const fact of FACT_METRICS) {
    if (!names.has(fact.metric)) continue;
    const only = fact.matchers === undefined ? "" : `, ${fact.matchers}`;
    const question = fact.query ?? `last(${fact.metric}${only})`;
    const over = promQl(question, { matchers, step: span });
    const all = await client.queryRange(over, { from: to - looks * span, to, step: span });
    // What is in the last step decides, where the part before it has the old as well.
    const query = promQl(question, { matchers, step });
    const last = await client.queryRange(query, { from: to, to, step });
    const told = newest([...all, ...last.map((one) => ({ ...one, isLast: true }))]);
    for (const series of told) take(found, fact, series);
  }
  return [...found.values()].sort((a, b) => byCodeUnit(a.key, b.key));
}

/** Of each target the series that were there at the end: what has gone before is no fact any more. */
function newest(all: readonly (AnsweredSeries & { isLast?: true })[]): AnsweredSeries[] {
  const rank = ({ values, isLast }: (typeof all)[number]) =>
    (values.at(-1)?.[0] ?? 0) + (isLast ? 0.5 : 0);
  const ends = new Map<string, number>();
  for (const series of all) {
    const key = targetKey(series.labels);
    ends.set(key, Math.max(ends.get(key) ?? 0, rank(series)));
  }
  return all.filter((series) => rank(series) === ends.get(targetKey(series.labels)));
}

function take(
  targets: Map<string, Target>,
  { labels: told = {}, value, part }: FactMetric,
  { labels, values }: AnsweredSeries,
): void {
  const key = targetKey(labels);
  const own = Object.fromEntries(TARGET_LABELS.flatMap((label) => {
    const text = labels[label];
    return text ? [[label, text]] : [];
  }));
  const target = targets.get(key) ??
    { key, labels: own, facts: {}, interfaces: new Map(), containers: new Map() };
  targets.set(key, target);
  const facts: Facts = part ? partOf(target, part, labels[part.label] ?? "") : target.facts;
  for (const [label, fact] of Object.entries(told)) {
    if (labels[label]) facts[fact] ??= labels[label];
  }
  const number = values.at(-1)?.[1];
  if (value !== undefined && Number.isFinite(Number(number ?? NaN))) facts[value] ??= number!;
  if (part?.kind === "interfaces" && labels["address"] && labels["netmask"]) {
    const { addresses } = target.interfaces.get(labels[part.label] ?? "")!;
    addresses.push([labels["address"], labels["netmask"]]);
  }
}

function partOf(target: Target, { kind }: NonNullable<FactMetric["part"]>, name: string): Facts {
  if (kind === "containers") {
    const found = target.containers.get(name) ?? {};
    target.containers.set(name, found);
    return found;
  }
  const found = target.interfaces.get(name) ?? { addresses: [] };
  target.interfaces.set(name, found);
  return found;
}
