/** The metrics projection on a real VictoriaMetrics, one for all of these, and the log's position on a real NATS. */
import { afterAll, beforeAll, describe } from "vitest";
import { openJetStream } from "../../src/log/jetstream.ts";
import { cli } from "./metrics_cli.ts";
import { laws } from "./metrics_laws.ts";
import type { Servers } from "./metrics_place.ts";
import { series } from "./metrics_series.ts";
import { trouble } from "./metrics_trouble.ts";
import { startNats, type TestNats } from "./nats.ts";
import { program, startVictoriaMetrics } from "./victoria_metrics_server.ts";

describe.skipIf(!program)("The metrics projection", { timeout: 120_000 }, () => {
  let nats: TestNats;
  let servers: Servers;
  beforeAll(async () => {
    const [metrics, started] = await Promise.all([startVictoriaMetrics(), startNats()]);
    nats = started;
    servers = { metrics, log: await openJetStream({ ...nats, patience: Infinity }) };
  });
  afterAll(async () => {
    await servers?.log.close();
    await nats?.stop();
    await servers?.metrics.stop();
  });

  describe("writes time series:", () => series(() => servers));
  describe("and trouble:", () => trouble(() => servers, () => nats));
  describe("on the command line:", () => cli(() => servers));
  describe("keeps the laws of projections:", () => laws(() => servers));
});
