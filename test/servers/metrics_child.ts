// Projects the sample fleet into time series, a step at a time, and says where it is after each.
import { setTimeout as delay } from "node:timers/promises";
import { openJetStream } from "../../src/log/jetstream.ts";
import { MetricsProjection } from "../../src/projections/metrics/projection.ts";
import { Projector } from "../../src/projections/projector.ts";
import { fleetLog } from "../projections/sample_log.ts";

const [nats, token, url, job] = Deno.args;
const { connection } = await openJetStream({ url: nats!, token: token! });
const log = await fleetLog();
const projection = new MetricsProjection(log, connection, {
  url: url!,
  authorization: () => undefined,
  job: job!,
  leaseMs: 3_000,
});
const projector = Projector.start(log, projection, { stepEvents: 500 });
for (let said = -1;; await delay(1)) {
  if (projector.position !== said) console.log(said = projector.position);
}
