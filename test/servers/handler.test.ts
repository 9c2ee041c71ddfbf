import { openJetStream } from "../../src/log/jetstream.ts";
import { testRace } from "../command/race.ts";
import { startNats } from "./nats.ts";

testRace("JetStream", async () => {
  const nats = await startNats();
  return { open: () => openJetStream(nats), stop: () => nats.stop() };
});
