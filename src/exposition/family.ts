/** What Prometheus reads: families of metrics in its text format. */

/** The labels of a sample, by their names; one whose value is empty is as if it were not there. */
export type Labels = Readonly<Record<string, string>>;

/** A metric: its samples, with what they mean. */
export interface Family {
  /** With the base unit at its end, and `_total` behind that where it is a counter: `cim_log_size_bytes`. */
  name: string;
  /** A counter only grows, until its process ends. */
  type: "counter" | "gauge";
  /** What it is, in a line. */
  help: string;
  samples: readonly (readonly [labels: Labels, value: number])[];
}

/** What an answer with {@linkcode exposition} says that it is. */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Families as text, each with its HELP and TYPE; one without samples is left out
 * ([Prometheus, *Exposition formats*](https://prometheus.io/docs/instrumenting/exposition_formats/)). What a label's value
 * says is never more than a value.
 */
export function exposition(families: readonly Family[]): string {
  return families.filter(({ samples }) => samples.length > 0).map(({ name, type, help, samples }) =>
    [
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(([labels, value]) => `${name}${labelText(labels)} ${numberText(value)}`),
    ].join("\n") + "\n"
  ).join("");
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}="${value.toWellFormed().replaceAll(/[\\"\n]/g, (one) => ESCAPED[one]!)}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
