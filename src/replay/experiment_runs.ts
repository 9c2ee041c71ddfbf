/** The runs that are kept in a folder. */
import { basename, join } from "node:path";
import { ExperimentError } from "./experiment_error.ts";
import {
  type ExperimentManifest,
  MANIFEST,
  readManifest,
  runFolder,
} from "./experiment_manifest.ts";

/** A run that is kept. */
export interface KeptRun {
  manifest: ExperimentManifest;
  /** The folder that it is in. */
  path: string;
  /** When it was written there, RFC 3339 in UTC. */
  kept_at: string;
}

/** What there is in a folder of runs. */
export interface KeptRuns {
  /** By name and id. */
  runs: KeptRun[];
  /** The others, and why they cannot be read. */
  damaged: { path: string; error: ExperimentError }[];
}

/** Looks through a folder of runs; one that is not there has none in it. */
export async function keptRuns(folder: string): Promise<KeptRuns> {
  const found: KeptRuns = { runs: [], damaged: [] };
  let names: string[] = [];
  try {
    names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const name of names) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    try {
      const manifest = await readManifest(path);
      const { mtime } = await Deno.stat(join(path, MANIFEST));
      found.runs.push({ manifest, path, kept_at: (mtime ?? new Date(0)).toISOString() });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      if (error.code === "experiment_damaged") found.damaged.push({ path, error }); // else it is no run at all
    }
  }
  return found;
}

/** The manifest of every run in a folder, by name and id; what cannot be read is left out. */
export async function listRuns(folder: string): Promise<ExperimentManifest[]> {
  return (await keptRuns(folder)).runs.map(({ manifest }) => manifest);
}

/**
 * The folder of a run.
 *
 * @param folder of all runs
 * @param named a path, or the name, id or folder's name of one of these runs, or how its id begins
 * @throws {ExperimentError} `experiment_missing`; `experiment_damaged` where it is there, and not as it was written
 */
export async function findRun(folder: string, named: string, path = named): Promise<string> {
  if (await Deno.stat(path).then(() => true, () => false)) return path;
  const { runs: kept, damaged } = await keptRuns(folder);
  const runs = kept.map(({ manifest }) => manifest);
  const found = runs.filter(({ spec: { name }, run_id }) =>
    [name, `${name}-${run_id}`].includes(named) || named.length > 3 && run_id.startsWith(named)
  );
  const [one, more] = found;
  if (one && !more) return runFolder(folder, one);
  // Of one that is damaged only its folder's name is left.
  const meant = damaged.find(({ path }) => {
    const [, name, id] = basename(path).match(/^(.*)-([0-9a-f]+)$/) ?? [];
    return name === named || named.length > 3 && id?.startsWith(named);
  });
  if (!one && meant) throw meant.error;
  const known = (more ? found : runs).map(({ spec: { name }, run_id }) => `${name}-${run_id}`);
  throw new ExperimentError(
    "experiment_missing",
    "",
    more
      ? `there are several runs ${named}, say one of ${known.join(", ")}`
      : `there is no run ${named}${known.length > 0 ? `: there are ${known.join(", ")}` : ""}; ` +
        "deno task cim experiment run makes one",
  );
}
