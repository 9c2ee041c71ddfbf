/** An archive made at once, out of records that no log has. */
import type { LogRecord } from "../domain/event.ts";
import {
  type ArchiveManifest,
  type ArchiveSegment,
  manifestOf,
  saveManifest,
} from "./archive_manifest.ts";
import { type SegmentLimits, writeSegment } from "./archive_segment.ts";

const LIMITS: SegmentLimits = { records: 100_000, bytes: 64_000_000 };

/**
 * Writes the archive of a history into an empty folder: the same records give the same bytes. Whoever writes gives the
 * folder its name when it is whole; until then there is no manifest in it.
 *
 * @param of whose history it is: what the log would be called, and what tells it from others of that name
 * @param records in their order, the first of sequence 1
 * @throws {ArchiveError} `archive_full` when there is no room
 */
export async function writeArchive(
  folder: string,
  of: { log: string; incarnation: string },
  records: Iterator<LogRecord>,
): Promise<ArchiveManifest> {
  const segments: ArchiveSegment[] = [];
  for (;;) {
    const segment = await writeSegment(folder, records, LIMITS);
    if (segment === undefined) break;
    segments.push(segment);
  }
  const manifest = manifestOf(of, segments);
  await saveManifest(folder, manifest);
  return manifest;
}
