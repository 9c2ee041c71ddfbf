/** The parameters of a spec: each is there because some SQL of it reads it. */
import { ExperimentError } from "./experiment_error.ts";
import { sqlIn } from "./experiment_selection.ts";
import type { ExperimentSpec } from "./experiment_spec.ts";

/** Texts and comments, in which `$name` is no parameter. */
const TEXTS = /'(?:[^']|'')*'|--.*|\/\*[\s\S]*?\*\//g;

/**
 * Checks that every parameter is read by a query, or by the SELECT of a filter or transformation.
 *
 * @throws {ExperimentError} `experiment_empty`: whatever its value, the answer would be the same
 */
export function checkUse(spec: ExperimentSpec): void {
  const asked = [...Object.values(spec.queries ?? {}), ...sqlIn(spec)];
  const read = new Set(
    asked.flatMap(({ sql }) => sql.replaceAll(TEXTS, " ").match(/\$[a-z][a-z0-9_]*/g) ?? []),
  );
  for (const name of Object.keys(spec.parameters ?? {})) {
    if (read.has(`$${name}`)) continue;
    const reason = `no query and no transformation reads $${name}: it would be about nothing; ` +
      `put $${name} into their SQL, or leave it out`;
    throw new ExperimentError("experiment_empty", `/parameters/${name}`, reason);
  }
}
