// Holds the lease of a position, writes every few milliseconds as long as it may, and says each time whether it could.
import { setTimeout as delay } from "node:timers/promises";
import { openJetStream } from "../../src/log/jetstream.ts";
import { NatsPosition } from "../../src/projections/nats_position.ts";

const [url, key, leaseMs] = Deno.args;
const log = await openJetStream({ url: url!, patience: Infinity });
const position = new NatsPosition(log.connection, "netbox", key!, { leaseMs: Number(leaseMs) });
await position.open();
for (let said = "";; await delay(5)) {
  let now = "writes";
  try {
    position.requireLease();
  } catch (error) {
    now = (error as Error).message;
  }
  if (now !== said) console.log(`${Date.now()} ${now}`);
  said = now;
}
