/** A log with everything in it that a log can have: older versions, what is no event, and what cannot be applied. */
import { decodeEvent, encodeEvent, type InfrastructureEvent } from "../../src/domain/event.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { history, HOSTILE, STORY } from "./history.ts";

const golden = new URL("../domain/golden/", import.meta.url);
const encoder = new TextEncoder();

/** What older versions of this program wrote. */
function older(): Uint8Array[] {
  return ["ComputeRegistered.1", "ComputeUpdated.1", "ConnectionEstablished.2", "NetworkDefined.1"]
    .flatMap((name) =>
      Deno.readTextFileSync(new URL(`${name}.jsonl`, golden)).trimEnd().split("\n")
    ).map((line) => encoder.encode(line));
}

/** A reference that is no id, and says what an error of a database could say. */
export const BAD_REFERENCE =
  `${HOSTILE} Corrupt database file, checksum, block: No space left on device, Out of Memory`;

/**
 * Each message is recorded a second after the one before. From `poison` on, there are an event that no database can
 * take, a later one of its aggregate that could be taken, and one more that cannot.
 */
export async function mixedLog(): Promise<{ log: MemoryLog; poison: number[] }> {
  const events = (await Array.fromAsync((await history(...STORY)).read())).map((record) => {
    const { sequence: _, recorded_at: __, ...event } = decodeEvent(record);
    return event as InfrastructureEvent;
  });
  const software = events.find(({ event_type }) => event_type === "SoftwareConfigured")!;
  const bad = {
    ...software,
    aggregate_id: "0199aaaa-0000-5000-8000-00000000000b",
    data: { ...software.data, compute: BAD_REFERENCE },
  } as InfrastructureEvent;
  const sound = { ...bad, data: software.data } as InfrastructureEvent;
  const bytes = (event: InfrastructureEvent) => encodeEvent(event).payload;
  const payloads = [
    ...events.slice(0, 3).map(bytes),
    encoder.encode("no event"),
    bytes(bad),
    ...events.slice(3, 5).map(bytes),
    bytes(sound),
    encoder.encode("{}"),
    ...events.slice(5).map(bytes),
    bytes(bad),
    ...older(),
  ];
  let now = Date.parse("2026-11-01T00:00:00Z");
  const log = new MemoryLog(() => new Date(now));
  for (const payload of payloads) {
    await log.append([{ subject: "infrastructure.any.any", payload }], await log.lastSequence());
    now += 1000;
  }
  return { log, poison: [5, 8, 12] };
}
