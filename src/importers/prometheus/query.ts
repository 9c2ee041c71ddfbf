/** The questions of the tables as PromQL. */
import type { Moments } from "./client.ts";

/** What the tables do not know: which series, and how far apart the moments are. */
export interface Asked extends Pick<Moments, "step"> {
  /** As between the braces of a selector; "" for all. */
  matchers: string;
}

const WORD = /\b(last|before)\((\w+)(?:, ((?:[^()"]|"[^"]*")*))?\)/g;

/**
 * PromQL of a question in which `last(metric, matchers)` is the newest sample in the step that ends at a moment,
 * `before(…)` the one in the step before that, and `$step` a step in seconds. What is older than a step is not repeated
 * (as a plain selector would do for five minutes), so that a gap stays one.
 */
export function promQl(question: string, { matchers, step }: Asked): string {
  // Without the sample at the very begin, which is that of the moment before: Prometheus 2 would take it, 3 does not.
  const window = `${step - 1}ms`;
  return question.replace(WORD, (_, word: string, metric: string, own: string = "") => {
    const all = [own, matchers].filter((each) => each !== "").join(",");
    const offset = word === "before" ? ` offset ${step}ms` : "";
    return `last_over_time(${metric}{${all}}[${window}]${offset})`;
  }).replaceAll("$step", String(step / 1_000));
}

/** The metrics that a question is about. */
export function metricsOf(question: string): string[] {
  return [...new Set([...question.matchAll(WORD)].map(([, , metric]) => metric!))];
}
