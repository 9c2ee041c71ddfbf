/** Ending what a database is at. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** Milliseconds between two interrupts. */
const AGAIN_MS = 20;

/**
 * Does something with a connection. When a signal says so, the statement that it is at is ended, and those behind it.
 *
 * @throws the signal's reason, if it was ended by it
 */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!signal) return await work();
  signal.throwIfAborted();
  let again: ReturnType<typeof setInterval> | undefined;
  const interrupt = () => {
    connection.interrupt();
    // One between two statements is forgotten when the next of them begins.
    again ??= setInterval(() => connection.interrupt(), AGAIN_MS);
  };
  signal.addEventListener("abort", interrupt);
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(again);
    signal.removeEventListener("abort", interrupt);
  }
}
