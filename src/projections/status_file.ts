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
const WRITER = ".writer.lock";
/** The last thing that is said is tried so often, so many milliseconds apart, where another process is saying something. */
const LAST_TRIES = 5;
const LAST_TRY_MS = 20;

/**
 * Keeps the status of a projector in `NAME.status.json` until the projector has ended, and says there that it has.
 *
 * While it does, it holds a lock on `NAME.lock`, which the system lets go of when the process ends, however it ends: a
 * process id alone may be another process's by the time that somebody reads it. The lock is shared, for two processes may
 * work on one read model: the checkpoint is what keeps them apart. Only one of them writes, the holder of
 * `NAME.writer.lock`, until it ends; one that cannot open the read model gives that back each time, and so never writes
 * over the status of one that works.
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
  using writer = await Deno.open(`${name}${WRITER}`, { create: true, write: true });
  let [isWriter, wasOpen, isSaid] = [false, false, false];
  const write = async (state: ProjectionState) => {
    isWriter ||= await writer.tryLock(true);
    if (!isWriter) return;
    const status: ProjectionStatus = {
      ...state,
      pid: Deno.pid,
      written_at: pace.clock().toISOString(),
    };
    const part = `${name}.${Deno.pid}.part`;
    wasOpen ||= projector.isOpen;
    try {
      await Deno.writeTextFile(part, JSON.stringify(status));
      await Deno.rename(part, `${name}${STATUS}`);
    } finally {
      // One that is well and not open is beginning, with a long replay perhaps.
      isWriter = wasOpen || state.healthy;
      if (!isWriter) await writer.unlock();
    }
    isSaid = true;
  };
  // A full disk may have room again in the next second; only what cannot be said in the end is an error.
  let failed: { error: unknown } | undefined;
  const tryToWrite = async (state: ProjectionState) => {
    failed = await write(state).then(() => undefined, (error: unknown) => ({ error }));
  };
  const ended = new AbortController();
  const isOver = projector.ended.then(() => ended.abort(), () => ended.abort());
  while (!ended.signal.aborted) {
    // A log that is out of reach is waited for, and not longer than the projector does.
    const state = await Promise.race([projector.state(), isOver]);
    if (state) await tryToWrite(state);
    await pace.sleep(EVERY_MS, ended.signal).catch(() => {}); // it has ended
  }
  const last = await projector.state();
  isSaid = false;
  await tryToWrite(last);
  for (let tries = 1; !failed && !isSaid && tries < LAST_TRIES; tries++) {
    await pace.sleep(LAST_TRY_MS);
    await tryToWrite(last);
  }
  if (failed) throw failed.error;
}

/**
 * Reads what {@linkcode keepStatus} wrote for each projection, by name. A file that is torn, or says something else, is
 * passed over: whoever keeps it writes it anew within the second.
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
      const status = parsed(await Deno.readTextFile(`${path}${STATUS}`));
      if (!status) continue;
      const alive = await isLocked(`${path}${LOCK}`);
      found.push({ ...status, running: status.running && alive, alive });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // none was ever written
  }
  return found.sort((a, b) => a.projection < b.projection ? -1 : 1);
}

/** A status, if the text is one. */
function parsed(text: string): ProjectionStatus | undefined {
  try {
    const { projection, because, ...others } = JSON.parse(text) as ProjectionStatus;
    const { pid, position, parked, events_per_second } = others;
    const isStatus = [projection, because].every((one) => typeof one === "string") &&
      [pid, position, parked, events_per_second].every(Number.isFinite);
    if (isStatus) return { projection, because, ...others };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
}

async function isLocked(path: string): Promise<boolean> {
  using file = await Deno.open(path, { create: true, write: true });
  return !await file.tryLock(true);
}
