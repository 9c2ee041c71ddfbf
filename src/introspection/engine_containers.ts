/** The containers that an engine has, running or not. */
import { ask, type Engine, EngineSilent } from "./engine.ts";
import { containerGuest, isContainerId } from "./container_guest.ts";
import type { MachineFiles } from "./files.ts";
import type { Guest } from "./guest.ts";
import { listAt, textAt } from "./json.ts";
import type { Process } from "./processes.ts";

const TIMEOUT_MILLISECONDS = 10_000;
/** How many questions are asked at a time. */
const AT_ONCE = 8;

/** The containers of an engine, and whether these are all. */
export interface EngineContainers {
  guests: Guest[];
  whole: boolean;
}

/**
 * Asks an engine for its containers; undefined when it does not answer, which is a gap where its socket is there.
 *
 * @param processes of this machine, among which its daemon must be
 */
export async function engineContainers(
  files: MachineFiles,
  engine: Engine,
  processes: readonly Process[],
  signal?: AbortSignal,
): Promise<EngineContainers | undefined> {
  const { name, socket, daemon, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = engine;
  const cut = socket.lastIndexOf("/");
  if (!files.list(socket.slice(0, cut)).includes(socket.slice(cut + 1))) return undefined;
  const refused = refusal(files, engine, processes);
  if (refused) {
    files.gap(socket, refused);
    return undefined;
  }
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const patience = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const list = listAt(await ask(socket, "/containers/json?all=1", patience));
    const ids = list.flatMap((entry) => textAt(entry, "Id") ?? []).filter(isContainerId);
    let whole = ids.length === list.length;
    const guests: Guest[] = [];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const answers = await Promise.allSettled(
        some.map((id) => ask(socket, `/containers/${id}/json`, patience)),
      );
      for (const [index, answer] of answers.entries()) {
        if (answer.status === "fulfilled") {
          guests.push(containerGuest(name, some[index]!, answer.value));
        } else if ((answer.reason as EngineSilent).status !== 404) { // else it ended meanwhile
          whole = false;
          files.gap(socket, (answer.reason as Error).message);
        }
      }
    }
    if (ids.length < list.length) files.gap(socket, `not ${daemon ?? name}'s list of containers`);
    signal?.throwIfAborted();
    return { guests, whole };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof EngineSilent)) throw error;
    files.gap(socket, error.message);
    return undefined;
  }
}

/** Why an engine shall not be asked. */
function refusal(
  files: MachineFiles,
  { socket, daemon }: Engine,
  processes: readonly Process[],
): string | undefined {
  // A container may have the socket of its host, whose containers are no guests of the container.
  const listening = (files.text("/proc/net/unix") ?? "").split("\n").some((line) => {
    const [, , , flags = "", , , , ...path] = line.split(" ").filter(Boolean);
    return (parseInt(flags, 16) & SO_ACCEPTCON) !== 0 &&
      path.join(" ").replace(/^\/var\/run\//, "/run/") === socket;
  });
  if (!listening) return "nobody on this machine answers there";
  return daemon === undefined || processes.some(({ name }) => name === daemon)
    ? undefined
    : `${daemon} does not run, and asking would start it`;
}

/** The flag in /proc/net/unix of a socket that accepts connections (Linux's include/uapi/linux/net.h). */
const SO_ACCEPTCON = 0x1_0000;
