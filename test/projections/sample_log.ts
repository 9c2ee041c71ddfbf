/** A sample's archive as a log, which nobody writes to. */
import { Archive } from "../../src/log/archive.ts";
import type { EventLog } from "../../src/log/log.ts";

/** The log of the sample fleet: 36,000 events. */
export async function fleetLog(): Promise<EventLog> {
  return archivedLog(await Archive.open("data/samples/fleet"));
}

/** An archive as a log. */
export function archivedLog(archive: Archive): EventLog {
  const none = () => Promise.reject(new Error("a sample is not written to"));
  return {
    ...archive.log!,
    maxEventBytes: 0,
    append: none,
    read: (options) => archive.read(options),
    subscribe: (options) => archive.read(options),
    lastSequence: () => Promise.resolve(archive.lastSequence),
    close: () => Promise.resolve(),
  };
}
