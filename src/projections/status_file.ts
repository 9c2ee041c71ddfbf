/** The status file: how a projection is, for other processes. */
import { join } from "node:path";
import { type Pace, REAL_PACE } from "./pace.ts";
import type { ProjectionState } from "./projection_state.ts";
import type { Projector } from "./projector.ts";

/** How a projection was when its process last said so. */
export interface ProjectionStatus extends ProjectionState {
  /** The process that ran it. */
  pid: number;
  /** When it said this; once a second while it runs. */
  written_at: string;
}

/** Milliseconds between two writes. */
const EVERY_MS = 1_000;
const STATUS = ".status.json";
const LOCK = ".lock";

/**
 * Keeps the status of a projector in `NAME.status.json` until the projector has ended, and says there that it has.
 *
 * While it does, it holds a lock on `NAME.lock`, which the system lets go of when the process ends, however it ends: a
 * process id alone may be another process's by the time that somebody reads it. The lock is shared, for two processes may
 * work on one read model: the checkpoint is what keeps them apart.
 *
 * @param folder of the files of all projections; it is made if it is not there
 */
export async function keepStatus(
  projector: Projector,
  folder: string,
  pace: Pace = REAL_PACE,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const name = join(folder, encodeURIComponent(projector.name));
  using lock = await Deno.open(`${name}${LOCK}`, { create: true, write: true });
  await lock.lock(false);
  const write = async () => {
    const state = await projector.state();
    const status: ProjectionStatus = {
      ...state,
      pid: Deno.pid,
      written_at: pace.clock().toISOString(),
    };
    const part = `${name}.${Deno.pid}.part`;
    await Deno.writeTextFile(part, JSON.stringify(status));
    await Deno.rename(part, `${name}${STATUS}`);
  };
  // A full disk may have room again in the next second; only what cannot be said in the end is an error.
  let failed: { error: unknown } | undefined;
  const tryToWrite = async () => {
    failed = await write().then(() => undefined, (error: unknown) => ({ error }));
  };
  const ended = new AbortController();
  const isOver = projector.ended.then(() => ended.abort(), () => ended.abort());
  while (!ended.signal.aborted) {
    await tryToWrite();
    await pace.sleep(EVERY_MS, ended.signal).catch(() => {}); // it has ended
  }
  await isOver;
  await tryToWrite();
  if (failed) throw failed.error;
}

/**
 * Reads what {@linkcode keepStatus} wrote for each projection, by name.
 *
 * @returns each with whether a process is still at work on it: where none is, the rest is as it was when it ended
 */
export async function readStatus(
  folder: string,
): Promise<(ProjectionStatus & { alive: boolean })[]> {
  const found: (ProjectionStatus & { alive: boolean })[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(STATUS)) continue;
      const path = join(folder, name.slice(0, -STATUS.length));
      const status: ProjectionStatus = JSON.parse(await Deno.readTextFile(`${path}${STATUS}`));
      const alive = await isLocked(`${path}${LOCK}`);
      found.push({ ...status, running: status.running && alive, alive });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // none was ever written
  }
  return found.sort((a, b) => a.projection < b.projection ? -1 : 1);
}

async function isLocked(path: string): Promise<boolean> {
  using file = await Deno.open(path, { create: true, write: true });
  return !await file.tryLock(true);
}
