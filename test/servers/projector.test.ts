/** A projector on the real server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeEvent } from "../../src/domain/event.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { Projector } from "../../src/projections/projector.ts";
import { event, ListProjection, range } from "../projections/fake.ts";
import { startNats, type TestNats } from "./nats.ts";

let nats: TestNats;
beforeAll(async () => void (nats = await startNats()));
afterAll(() => nats?.stop());

test("each event is applied once and in order, though the server is killed meanwhile", async () => {
  const log = await openJetStream(nats);
  const add = async (count: number) => {
    const last = await log.lastSequence();
    const events = range(1, count).map((one) => encodeEvent(event(last + one)));
    return await log.append(events, last);
  };
  for (let batch = 0; batch < 5; batch++) await add(1_000);
  const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  const projection = new ListProjection("slow", slow);
  const projector = Projector.start(log, projection, { stepEvents: 100 });
  await projector.waitFor(1_000);
  nats.kill9();
  await nats.restart();
  await projector.waitFor(5_000);
  const last = await add(10);
  await projector.waitFor(last);
  expect(projection.sequences).toEqual(range(1, 5_010));
  await projector.stop();
  await log.close();
});
