/** What the server's refusal of an append means. */
import { JetStreamApiError } from "@nats-io/jetstream";
import { LogFull } from "./log.ts";
import { STREAM, StreamUnfit } from "./stream_fitness.ts";

/** The log does not end as expected; the second is what a cluster says while another append is under way. */
const WRONG_LAST_SEQUENCE = new Set([10071, 10164]);
/** Resources of the account, of the server, of its disk, of its memory; limits of the stream. */
const FULL = new Set([10002, 10023, 10028, 10047, 10077]);
/** A batch with a hole: something was dropped on the way, or the server could not put it by, as on a full disk. */
const INCOMPLETE_BATCH = 10176;
/** Too many open batches; no leader, or a new one; a stream that is not up yet. */
const NOT_NOW = new Set([10210, 10008, 10009, 10039, 10076, 10118, 10163, 10194]);
/** Larger than the stream takes. */
const TOO_LARGE = 10054;

/** What to do about it: decide again, send again, or give up with an error. */
export type AppendFault = "conflict" | "incomplete" | "again" | Error;

/** Sorts an error of the server's; undefined for any that is not one. */
export function appendFault(error: unknown): AppendFault | undefined {
  if (!(error instanceof JetStreamApiError)) return undefined;
  const { code, message } = error;
  if (WRONG_LAST_SEQUENCE.has(code)) return "conflict";
  if (code === INCOMPLETE_BATCH) return "incomplete";
  if (NOT_NOW.has(code)) return "again";
  if (code === TOO_LARGE) {
    return new RangeError(
      `Cannot append an event that large: the stream's max_msg_size is smaller`,
    );
  }
  if (FULL.has(code)) {
    return new LogFull(
      `the server says "${message}" (${code})`,
      `raise max_file_store in the server's jetstream block, or the limits of ${STREAM}`,
      { cause: error },
    );
  }
  return new StreamUnfit(
    `the server refuses events, "${message}" (${code})`,
    `nats stream info ${STREAM}, which shows what was changed about it`,
  );
}

/** The error for a batch that the server cannot put by although nothing was dropped on the way to it. */
export function noRoomForBatch(): LogFull {
  return new LogFull(
    "the server cannot put a batch by, as on a full disk",
    "make room on its disk and restart the server",
  );
}
