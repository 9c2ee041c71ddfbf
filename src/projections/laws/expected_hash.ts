/** The `log_hash` of events as its definition says it, and not as any adapter does it. */
import { createHash } from "node:crypto";
import type { ProjectedEvent } from "../projection.ts";

/** The xor of the MD5 of `sequence|event_id|payload` of each, as 32 hexadecimal digits. */
export function expectedHash(events: readonly ProjectedEvent[]): string {
  let hash = 0n;
  for (const { record, event } of events) {
    const text = `${record.sequence}|${event.event_id}|${new TextDecoder().decode(record.payload)}`;
    hash ^= BigInt(`0x${createHash("md5").update(text, "utf8").digest("hex")}`);
  }
  return hash.toString(16).padStart(32, "0");
}
