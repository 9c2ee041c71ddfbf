/** A log of any length that is the same in every process that asks for it. */
import { encodeEvent, type InfrastructureEvent } from "../../src/domain/event.ts";
import { MemoryLog } from "../../src/log/memory.ts";

const golden = new URL("../domain/golden/ComputeRegistered.2.jsonl", import.meta.url);
const MACHINES = 40;

/** A log in memory of which everybody says when which event was recorded, and which log it is. */
class SameLog extends MemoryLog {
  override readonly incarnation = "published";
  constructor(place: { sequence: number }) {
    super(() => new Date(Date.parse("2026-11-01T00:00:00Z") + place.sequence * 1_000));
    PLACES.set(this, place);
  }
}
const PLACES = new WeakMap<MemoryLog, { sequence: number }>();

/** So many events, each of which says something new of one of some machines, in some bytes that compress badly. */
export async function publishedLog(events: number): Promise<MemoryLog> {
  const log = new SameLog({ sequence: 0 });
  await extendLog(log, events);
  return log;
}

/** Appends events until there are so many. */
export async function extendLog(log: MemoryLog, events: number): Promise<void> {
  const [line] = Deno.readTextFileSync(golden).split("\n");
  const first = JSON.parse(line!);
  const place = PLACES.get(log)!;
  for (let at = await log.lastSequence(); at < events; at++) {
    const which = at % MACHINES;
    const event = {
      ...first,
      event_type: at < MACHINES ? "ComputeRegistered" : "ComputeUpdated",
      aggregate_id: `0199aaaa-0000-5000-8000-0000000000${String(which).padStart(2, "0")}`,
      aggregate_version: 1 + Math.floor(at / MACHINES),
      data: { ...first.data, hostname: `host-${which}`, owner: noise(at) },
    } as InfrastructureEvent;
    place.sequence = at + 1;
    await log.append([encodeEvent(event)], at);
  }
}

/** Some 700 characters, the same for the same number. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 100 }, () => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0).toString(36);
  }).join("");
}
