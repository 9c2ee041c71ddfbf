/** Where an experiment comes from, and the archive that it is to be run on. */
import { dirname, join, resolve } from "node:path";
import { Archive } from "../log/archive.ts";
import { ExperimentError } from "./experiment_error.ts";
import { type ExperimentSpec, readSpec } from "./experiment_spec.ts";
import { shownPath } from "./shown_path.ts";

/** A spec, and the folder of the archive that it names, if it names one. */
export interface SpecAt {
  spec: ExperimentSpec;
  archive?: string;
}

/**
 * Reads a spec.
 *
 * @param given the path of its file; or the spec itself, as an object, whose archive is looked for from the folder that
 *   the program runs in
 * @throws {ExperimentError} `experiment_missing`, or `experiment_invalid`
 */
export async function readSpecAt(given: ExperimentSpec | string): Promise<SpecAt> {
  const spec = readSpec(typeof given === "string" ? await textOf(given) : given);
  const folder = typeof given === "string" ? dirname(given) : Deno.cwd();
  const { archive } = spec;
  return { spec, ...(archive === undefined ? {} : { archive: resolve(folder, archive) }) };
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const reason = `there is no spec in ${shownPath(file)}: ${(error as Error).name}`;
    throw new ExperimentError("experiment_missing", "", reason, { cause: error });
  }
}

/**
 * Reads a spec, and opens the archive that it names.
 *
 * @param given as for {@linkcode readSpecAt}
 * @returns no source where it names none: it is about the log that one has
 * @throws {ExperimentError} `experiment_unknown` where there is no such archive, and as {@linkcode readSpecAt}
 */
export async function openExperiment(
  given: ExperimentSpec | string,
): Promise<{ spec: ExperimentSpec; source: Archive | undefined }> {
  const { spec, archive } = await readSpecAt(given);
  return { spec, source: archive === undefined ? undefined : await openArchive(archive) };
}

/** Whether there is an archive in a folder. */
export async function isArchive(folder: string): Promise<boolean> {
  return await Deno.stat(join(folder, "manifest.json")).then(() => true, () => false);
}

/**
 * Opens the archive that an experiment is to be run on.
 *
 * @throws {ExperimentError} `experiment_unknown` where there is none
 */
export async function openArchive(folder: string): Promise<Archive> {
  if (await isArchive(folder)) return await Archive.open(folder);
  const reason = `there is no archive in ${shownPath(folder)}`;
  throw new ExperimentError("experiment_unknown", "/archive", reason);
}
