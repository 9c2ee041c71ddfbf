/** What can be wrong with an archive. */

/** What it is, for programs. */
export type ArchiveErrorCode =
  /** A file of the archive is not there. */
  | "archive_missing"
  /** A file is shorter than it was when it was written. */
  | "archive_torn"
  /** A file, or the manifest, says something else than what was written. */
  | "archive_altered"
  /** Sequences are missing: between two segments, or between the archive and the log. */
  | "archive_gap"
  /** Two segments have the same sequences. */
  | "archive_overlap"
  /** The archive was made of another log, or of other events in the same places. */
  | "archive_other_log"
  /** A newer version of this program wrote it. */
  | "archive_newer"
  /** Another process archives, and was waited for as long as was wanted. */
  | "archive_busy"
  /** There is no room on its disk. */
  | "archive_full"
  /** The server does not let us take out of the stream what is archived. */
  | "purge_refused";

/** The archive cannot be read, extended or relied on. What is in the log is not touched by that. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  /**
   * @param code stable, for programs
   * @param what what is wrong, with the file and the sequences
   * @param remedy what to do about it
   */
  constructor(
    readonly code: ArchiveErrorCode,
    what: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what}; ${remedy}`, options);
  }
}

/** What to do about a file of the archive that is not as it was written. */
export const PUT_BACK =
  "put it back from a copy, or, if the stream still has every event, remove the archive's folder and archive again";

/** The error for one that a file operation met: a full disk is told from what nobody foresaw. */
export function fileFault(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code !== "ENOSPC" && error.code !== "EDQUOT") return error;
  return new ArchiveError(
    "archive_full",
    `the archive cannot be extended: the disk of ${folder} is full`,
    "make room on it and run this again: it goes on from what is archived",
    { cause: error },
  );
}
