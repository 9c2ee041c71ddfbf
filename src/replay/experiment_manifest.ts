/** The manifest of a run: all that is needed to run it again, and to see whether it comes out the same. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Checkpoint, LogIdentity, ParkedEvent } from "../projections/projection.ts";
import type { TableDigest } from "./experiment_canonical.ts";
import type { CodeIdentity } from "./experiment_code.ts";
import { ExperimentError } from "./experiment_error.ts";
import type { InputRead } from "./experiment_log.ts";
import type { Effect } from "./experiment_plan.ts";
import { checkManifest } from "./experiment_manifest_shape.ts";
import { type ExperimentSpec, readSpec } from "./experiment_spec.ts";

/** The file of it in the folder of a run. */
export const MANIFEST = "manifest.json";
/** The version of a manifest's form. */
export const MANIFEST_VERSION = 2;
const ID_DIGITS = 16;
/** What to do where a file of a run is not as it was written. */
export const MADE_ANEW =
  "deno task cim experiment run SPEC, with the file of its spec, puts a whole run in its place";

/** A table that a run gave. */
export interface TableEntry extends TableDigest {
  columns: { name: string; type: string }[];
  /** Whether its rows are in the order that the query asked for, and not in that of their canonical texts. */
  ordered: boolean;
  /** The columns that tell its rows apart, where they are known. */
  key?: readonly string[];
}

/** The manifest of a run. */
export interface ExperimentManifest {
  manifest: number;
  /** Of spec, input and code: a run of the same is the same run. */
  run_id: string;
  spec: ExperimentSpec;
  /** What was read of which log. The `log_hash` is that of a replay of these sequences. */
  input: LogIdentity & InputRead & { first_sequence: number; last_sequence: number };
  code: CodeIdentity;
  /** What each transformation did, in the order of the spec. */
  effects: Effect[];
  /** What the model that was asked has applied: the log as it would have been. */
  applied: Checkpoint;
  parked: ParkedEvent[];
  tables: Record<string, TableEntry>;
  /** From here on what is not the same each time, and belongs to no hash. The archive's folder, from the manifest's. */
  archive?: string;
  /** SHA-256 of each file beside it. */
  files: Record<string, string>;
  /** In seconds: looking up and folding, queries and analyses, writing the tables where it was kept, and all of it. */
  timings: Record<"fold" | "queries" | "whole", number> & { keep?: number };
}

/** What a run is called: the same for the same. */
export function runId(
  spec: ExperimentSpec,
  input: ExperimentManifest["input"],
  { source, lock }: Pick<CodeIdentity, "source" | "lock">,
): string {
  // What says nothing of what comes of it.
  const { $schema: _, description: __, archive: ___, timeout_seconds: ____, ...said } = spec;
  return createHash("sha256").update(JSON.stringify(inOrder({ said, input, source, lock })))
    .digest("hex").slice(0, ID_DIGITS);
}

/** The folder of a run among others. */
export function runFolder(folder: string, { spec, run_id }: ExperimentManifest): string {
  return join(folder, `${spec.name}-${run_id}`);
}

/**
 * Reads a manifest.
 *
 * @param path of the file, or of the folder of a run
 * @throws {ExperimentError} `experiment_missing`, or `experiment_damaged`
 */
export async function readManifest(path: string): Promise<ExperimentManifest> {
  const file = path.endsWith(".json") ? path : join(path, MANIFEST);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    const reason =
      `there is no run in ${path}: deno task cim experiment list shows which there are`;
    throw new ExperimentError("experiment_missing", "", reason, { cause: error });
  }
  try {
    const manifest: ExperimentManifest = JSON.parse(text);
    if (manifest.manifest !== MANIFEST_VERSION) throw new RangeError("it is of another version");
    checkManifest(manifest);
    readSpec(manifest.spec);
    if (runId(manifest.spec, manifest.input, manifest.code) !== manifest.run_id) {
      throw new RangeError("its run_id is not that of what it says");
    }
    return manifest;
  } catch (error) {
    const reason = `${file} is not as it was written: ${(error as Error).message}; ${MADE_ANEW}`;
    throw new ExperimentError("experiment_damaged", "", reason, { cause: error });
  }
}

/** A value with the fields of its objects sorted: it says the same, however it was written. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => a < b ? -1 : 1).map(([key, one]) => [key, inOrder(one)]),
  );
}
