/** Keeping a run in a folder of its own: all of it, or nothing. */
import { join } from "node:path";
import { positionOf } from "./experiment_answers.ts";
import type { RawTable } from "./experiment_canonical.ts";
import { ExperimentError } from "./experiment_error.ts";
import { checkedFiles } from "./experiment_files.ts";
import {
  type ExperimentManifest,
  MANIFEST,
  readManifest,
  runFolder,
} from "./experiment_manifest.ts";
import { saveTables } from "./experiment_parquet.ts";
import { ExperimentRun } from "./experiment_run.ts";

const PART = ".part-";
/** What is older, in milliseconds, nobody writes any more: a run is written within seconds. */
const OLD_MS = 3_600_000;

/**
 * Keeps a run. Where the same is there already, it is only compared with that.
 *
 * @param folder of all runs, which is made if it is not there
 * @throws {ExperimentError} `experiment_differs` where the same spec, log and code gave other tables before
 */
export async function keepRun(
  folder: string,
  manifest: ExperimentManifest,
  raw: Record<string, RawTable>,
  signal: AbortSignal,
): Promise<ExperimentRun> {
  const began = performance.now();
  const path = runFolder(folder, manifest);
  const before = await kept(path, manifest);
  if (before) {
    return new ExperimentRun({ ...before, timings: timed(manifest, began) }, raw, path, true);
  }
  await Deno.mkdir(folder, { recursive: true });
  await removeLeftOvers(folder);
  const part = await Deno.makeTempDir({ dir: folder, prefix: PART });
  try {
    manifest.files = await saveTables(part, raw, (name) => positionOf(manifest.spec, name));
    manifest.timings = timed(manifest, began);
    await Deno.writeTextFile(join(part, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    signal.throwIfAborted();
    // One that cannot be read any more makes way.
    await Deno.rename(path, `${part}.old`).catch(() => {});
    await Deno.rename(part, path);
    await Deno.remove(`${part}.old`, { recursive: true }).catch(() => {});
  } catch (error) {
    await Deno.remove(part, { recursive: true });
    // Somebody else may have kept the same meanwhile.
    if (signal.aborted || !await kept(path, manifest)) throw error;
  }
  return new ExperimentRun(manifest, raw, path);
}

/** How long it took with the keeping, which began at a moment. */
function timed({ timings }: ExperimentManifest, began: number): ExperimentManifest["timings"] {
  const keep = secondsOf(performance.now() - began);
  return { ...timings, keep, whole: Math.round((timings.whole + keep) * 1_000) / 1_000 };
}

/** Milliseconds as the seconds of a manifest. */
export function secondsOf(milliseconds: number): number {
  return Math.round(milliseconds) / 1_000;
}

/** The manifest of the same run, if that is there and whole. */
async function kept(
  path: string,
  manifest: ExperimentManifest,
): Promise<ExperimentManifest | undefined> {
  let before: ExperimentManifest;
  try {
    before = await readManifest(path);
  } catch {
    return undefined;
  }
  for (const [name, { hash }] of Object.entries(manifest.tables)) {
    if (before.tables[name]?.hash === hash) continue;
    throw new ExperimentError(
      "experiment_differs",
      positionOf(manifest.spec, name),
      `the run in ${path} is of the same spec, log and code, and gave another table: its rows depend on something ` +
        "else; give it an ORDER BY that leaves nothing open",
    );
  }
  const { changed, missing } = await checkedFiles(path, before.files);
  return changed.length + missing.length === 0 ? before : undefined;
}

/** Removes what was left of others that were killed. */
async function removeLeftOvers(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(PART)) continue;
    const path = join(folder, name);
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (!mtime || Date.now() - mtime.getTime() < OLD_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
