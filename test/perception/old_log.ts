/** A log that an older program wrote, which asked less of what it was told than the door does now. */
import { decide } from "../../src/domain/decision.ts";
import { encodeEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import type { Perception } from "../../src/perception/perception.ts";
import { replay } from "../../src/replay/replay.ts";
import type { Said } from "../replay/history.ts";

/** The space of such a log. */
export async function seenInOldLog(space: string, said: readonly Said[]): Promise<Perception> {
  const clock = () => new Date("2026-11-01T00:00:00Z");
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const inventory = new Inventory();
  for (const [type, data] of said) {
    const command = messages.command(type, data as never, { actor: "old", source: "declared" });
    for (const fact of decide(inventory, command).facts) {
      const event = messages.event(fact, command, inventory.version(fact.aggregate_id) + 1);
      inventory.apply(event, inventory.sequence + 1);
      await log.append([encodeEvent(event)], inventory.sequence - 1);
    }
  }
  await using model = await replay(log);
  return await model.space(space);
}
