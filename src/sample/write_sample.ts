/** A sample on disk: the archive of its history, and what is true about it. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { LogRecord } from "../domain/event.ts";
import { writeArchive } from "../log/archive_write.ts";
import type { GroundTruth } from "./ground_truth.ts";
import { History } from "./history.ts";
import { SampleError, type SampleOptions } from "./options.ts";

/** What the log of every sample is called. */
export const SAMPLE_LOG = "SAMPLE_EVENTS";
/** What the file with the injected incidents is called, in the archive's folder, which it is no part of. */
export const GROUND_TRUTH = "ground_truth.json";
/** A change of how samples are made is a change of this, so that the same options never name two different logs. */
const MAKER_VERSION = 2;
const PROGRESS_EVENTS = 5_000;

/** How a sample is written. */
export interface WriteOptions {
  /** Ends it with its reason; then nothing is left. */
  signal?: AbortSignal;
  /** Told now and then how many events there are, and which share of all that is. */
  onProgress?: (events: number, share: number) => void;
}

/**
 * Makes a fleet's history and writes it into a folder, as an archive with its ground truth: the same options give the
 * same bytes. It is built beside the folder, which is there when all of it is.
 *
 * @param folder one that is not there, or empty
 * @throws {SampleError} `sample_option` or `sample_folder_taken`
 * @throws {ArchiveError} `archive_full`
 * @example
 * ```ts
 * import { Archive, SAMPLE_DEFAULTS, writeSample } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const folder = await Deno.makeTempDir();
 * const truth = await writeSample(folder, { ...SAMPLE_DEFAULTS, resources: 10, days: 1 });
 * const archive = await Archive.open(folder);
 * strictEqual((await archive.verify()).events, truth.events);
 * ```
 */
export async function writeSample(
  folder: string,
  options: SampleOptions,
  { signal, onProgress }: WriteOptions = {},
): Promise<GroundTruth> {
  const history = new History(options);
  await requireFree(folder);
  await Deno.mkdir(dirname(folder), { recursive: true });
  const part = await Deno.makeTempDir({
    dir: dirname(folder),
    prefix: ".sample-",
    suffix: ".part",
  });
  try {
    const of = { log: SAMPLE_LOG, incarnation: incarnationOf(options) };
    await writeArchive(part, of, watched(history, { signal, onProgress }));
    signal?.throwIfAborted();
    const truth = history.truth();
    await Deno.writeTextFile(join(part, GROUND_TRUTH), JSON.stringify(truth, null, 2) + "\n");
    await Deno.remove(folder).catch(() => {}); // an empty one, which a rename cannot replace everywhere
    await Deno.rename(part, folder).catch(async (error) => {
      await requireFree(folder);
      throw error;
    });
    return truth;
  } catch (error) {
    await Deno.remove(part, { recursive: true });
    throw error;
  }
}

function* watched(
  history: History,
  { signal, onProgress }: {
    signal: AbortSignal | undefined;
    onProgress: WriteOptions["onProgress"];
  },
): Generator<LogRecord, void> {
  let count = 0;
  for (const record of history.records()) {
    if (++count % PROGRESS_EVENTS === 0) {
      signal?.throwIfAborted();
      onProgress?.(count, history.share);
    }
    yield record;
  }
}

/** Tells this history from every other one. */
function incarnationOf({ resources, seed, start, days, events }: SampleOptions): string {
  const from = JSON.stringify([
    MAKER_VERSION,
    resources,
    seed,
    start,
    days ?? null,
    events ?? null,
  ]);
  return `sample-${createHash("sha256").update(from).digest("hex").slice(0, 32)}`;
}

async function requireFree(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      throw new SampleError(
        "sample_folder_taken",
        `${folder} is there and not empty (${name}): say another folder, or remove that one first`,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
