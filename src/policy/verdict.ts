/** What a policy says of what is known of a resource at a moment. */
import type { Facts } from "./facts.ts";
import type { PolicyVersion } from "./policies.ts";

/** What a policy says of a resource: `not_applicable` where its selector does not pick it. */
export type Verdict = "pass" | "fail" | "error" | "not_applicable";

/** A verdict and its reasons. */
export interface Ruling {
  verdict: Verdict;
  /** The values that decided. */
  because: Record<string, unknown>;
  /** Why it could not be judged. */
  error?: string;
}

/** Judges a resource by a policy. @param now in microseconds since 1970 */
export function verdictOf(
  { compiled }: PolicyVersion,
  facts: Facts,
  resource: string,
  now: number,
): Ruling {
  if ("error" in compiled) return { verdict: "error", because: {}, error: compiled.error };
  const variables = facts.variables(resource, now, compiled.reads);
  const picked = compiled.selector.evaluate(variables);
  if (picked.holds === false) return { verdict: "not_applicable", because: picked.because };
  const outcome = picked.holds ? compiled.rule.evaluate(variables) : picked;
  const which = picked.holds ? "rule" : "selector";
  return outcome.holds === undefined
    ? { verdict: "error", because: outcome.because, error: `${which}, ${outcome.error}` }
    : { verdict: outcome.holds ? "pass" : "fail", because: outcome.because };
}

/** Whether a policy may say something else of a resource of which these parts have changed. */
export function concerns({ compiled }: PolicyVersion, changed: ReadonlySet<string>): boolean {
  if ("error" in compiled) return changed.has("state");
  // A rule that reads nothing, as `true`, still holds for a resource from its beginning.
  if (changed.has("state") || compiled.reads.has("*")) return true;
  for (const read of compiled.reads) {
    const [part] = read.split(" ");
    const isMeasured = part === "means" || part === "rates" || part === "measured_at";
    if (changed.has(isMeasured ? "measurements" : part!)) return true;
  }
  return false;
}
