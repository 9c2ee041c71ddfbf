/** What programs are told of experiments. */
import type { ExperimentManifest } from "../replay/experiment_manifest.ts";
import type { ExperimentRun } from "../replay/experiment_run.ts";
import type { KeptRun } from "../replay/experiment_runs.ts";

/** A run: its manifest, in which the rows of each table are these themselves. */
export function runJson({ path, isKnown, manifest, tables }: ExperimentRun): object {
  const short = withoutDigests(manifest);
  return {
    path,
    known: isKnown,
    ...short,
    tables: Object.fromEntries(
      Object.entries(short.tables).map(([name, entry]) => [
        name,
        { ...entry, rows: tables[name]!.rows },
      ]),
    ),
  };
}

/** A run that is kept, without its rows. */
export function keptJson({ path, kept_at, manifest }: KeptRun): object {
  return { path, kept_at, ...withoutDigests(manifest) };
}

/** Digests of rows, up to 24 kB a table, only tell a verification where two tables begin to differ. */
function withoutDigests(manifest: ExperimentManifest) {
  const tables = Object.entries(manifest.tables)
    .map(([name, { digests: _, rows_each: __, ...entry }]) => [name, entry] as const);
  return { ...manifest, tables: Object.fromEntries(tables) };
}
