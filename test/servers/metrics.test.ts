/** The metrics projection on a real VictoriaMetrics, one for all of these, and the log's position on a real NATS. */
import { afterAll, beforeAll, describe } from "vitest";
import { type JetStreamLog, openJetStream } from "../../src/log/jetstream.ts";
import { laws } from "./metrics_laws.ts";
import { startNats, type TestNats } from "./nats.ts";
import {
  program,
  startVictoriaMetrics,
  type TestVictoriaMetrics,
} from "./victoria_metrics_server.ts";

describe.skipIf(!program)("The metrics projection", { timeout: 120_000 }, () => {
  let server: TestVictoriaMetrics;
  let nats: TestNats;
  let log: JetStreamLog;
  beforeAll(async () => {
    [server, nats] = await Promise.all([startVictoriaMetrics(), startNats()]);
    log = await openJetStream({ ...nats, patience: Infinity });
  });
  afterAll(async () => {
    await log?.close();
    await nats?.stop();
    await server?.stop();
  });

  describe("keeps the laws of projections:", () => laws(() => server, () => log));
});
