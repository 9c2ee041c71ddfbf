/** What a notebook has read of logs, noted as it happens: its report says at its foot all that it was made of. */
import type { LogIdentity } from "../projections/projection.ts";

/** The key of the global under which a notebook's kernel finds what was noted: a Map whose values are {@linkcode LogRead}s. */
export const LOGS_READ: unique symbol = Symbol.for("cim.logs_read");

/** A part of a log that was read, and what it came to. */
export interface LogRead {
  /** The log's stream. */
  stream: string;
  /** Tells the log from another one of the same name. */
  incarnation: string;
  first_sequence: number;
  last_sequence: number;
  events: number;
  /** The hash that a replay of these sequences gives. */
  log_hash: string;
  /** The moment that was asked about, if it was not simply the newest; RFC 3339. */
  as_of?: string;
  /** The archive's folder, from where the program ran; without it, it is the log that the workspace has. */
  archive?: string;
  /** The name and id of the experiment that read it. */
  experiment?: string;
}

/** Notes it where a notebook runs; anywhere else nothing is kept. The same part read again is one. */
export function noteLogRead(
  { name, incarnation }: LogIdentity,
  read: Omit<LogRead, "stream" | "incarnation">,
): void {
  if (!isNotebook()) return;
  const all = globalThis as { [LOGS_READ]?: Map<string, LogRead> };
  const noted: LogRead = { stream: name, incarnation, ...read };
  (all[LOGS_READ] ??= new Map()).set(JSON.stringify(noted), noted);
}

function isNotebook(): boolean {
  try {
    return (Deno as { jupyter?: unknown }).jupyter !== undefined;
  } catch {
    return false; // outside a notebook even asking for it is an error
  }
}
