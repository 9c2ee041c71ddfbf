import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds between two tries for a lock that another process holds. */
const RETRY_MS = 25;

/**
 * Opens `path` (made if absent) and waits until this process holds its lock: exclusive or shared. The
 * kernel frees the lock when the returned file is closed or the process dies, however it dies, so
 * nothing stale can stay behind. `waiting` is called once if another process holds it.
 *
 * Tries again and again instead of blocking, so that `signal` is obeyed: throws its reason when it
 * fires. Throws a `Deno.errors` error if the file cannot be opened.
 */
export async function lockedFile(path: string, options: {
  shared?: boolean;
  waiting?: () => void;
  signal?: AbortSignal | undefined;
} = {}): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  try {
    for (let first = true; !(await file.tryLock(!options.shared)); first = false) {
      if (first) options.waiting?.();
      await delay(RETRY_MS);
      options.signal?.throwIfAborted();
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
