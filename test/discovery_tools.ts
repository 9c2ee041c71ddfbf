/** What a discovery and a watch work with in tests: a log in memory, and its handler. */
import { CommandHandler } from "../src/command/handler.ts";
import type { DiscoveryTools } from "../src/discovery.ts";
import { MessageFactory } from "../src/domain/message.ts";
import { MemoryLog } from "../src/log/memory.ts";

const clock = () => new Date();

/** They, with an empty log. */
export async function tools(): Promise<DiscoveryTools & { log: MemoryLog; port: CommandHandler }> {
  const log = new MemoryLog(clock);
  const messages = new MessageFactory(clock);
  const port = await CommandHandler.open(log, messages);
  const own = {
    stream: "INFRASTRUCTURE_EVENTS",
    server: { version: "2.15.1", url: "nats://127.0.0.1:4222", durability: "on disk" },
  };
  return { log, port, messages, clock, own };
}
