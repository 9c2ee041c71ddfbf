/**
 * How fast measurements come to a time-series server: against who only reads the same events, and has the lines that are
 * to be imported at hand.
 */
import { decodeEvent, encodeEvent, type LogRecord } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import type { EventLog } from "../../src/log/log.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { MetricsFold } from "../../src/projections/metrics/fold.ts";
import { MetricsProjection } from "../../src/projections/metrics/projection.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { startNats } from "../servers/nats.ts";
import {
  startVictoriaMetrics,
  type TestVictoriaMetrics,
} from "../servers/victoria_metrics_server.ts";
import { type Measure, median } from "./measure.ts";

const [HOSTS, TIMES, POINTS] = [50, 200, 80];
const SAMPLES = HOSTS * TIMES * POINTS;
const ROUNDS = 3;
const LOG = { name: "bench", incarnation: "one" };
/** What a program would send at a time that has all lines at hand. */
const LINES_CHARACTERS = 4_000_000;

/** Measurements of some machines, as this program measures one. */
export async function metrics(): Promise<Measure[]> {
  const nats = await startNats();
  const position = await openJetStream({ ...nats, patience: Infinity });
  const records = measurements();
  const lines = linesOf(records);
  const rounds: { ours: number; bare: number }[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const bare = await on(async (server) => {
        let importing = Promise.resolve("");
        for (const [at, text] of lines.entries()) {
          const [from, to] = [at, at + 1].map((part) => part * records.length / lines.length);
          for (const record of records.slice(from, to)) decodeEvent(record);
          await importing;
          importing = fetch(`${server.url}/api/v1/import`, { method: "POST", body: text })
            .then((answer) => answer.text());
        }
        await importing;
      });
      const ours = await on(async ({ url }) => {
        const projection = new MetricsProjection(logOf(records), position.connection, {
          url,
          authorization: () => undefined,
          job: `round-${round}`,
        });
        const { events, parked } = await runToEnd(logOf(records), projection);
        if (events !== records.length || parked > 0) throw new Error(`${events}, ${parked} parked`);
      });
      if (round > 0) rounds.push({ ours, bare }); // the first is for warming up
    }
  } finally {
    await position.close();
    await nats.stop();
  }
  const rate = (which: "ours" | "bare") =>
    `${Math.round(SAMPLES / median(rounds.map((one) => one[which])) / 1000)}k samples/s`;
  return [{
    name: `time series of ${SAMPLES} measured values, from their events, on the server's disk`,
    baseline: "reading the events, and a bare import of the very same lines meanwhile",
    ours: rate("ours"),
    theirs: rate("bare"),
    ratio: median(rounds.map(({ ours, bare }) => bare / ours)),
    atLeast: 0.7,
  }];
}

/** How many seconds some work takes on a server that is empty, until all of it can be found there. */
async function on(work: (server: TestVictoriaMetrics) => Promise<void>): Promise<number> {
  const server = await startVictoriaMetrics();
  try {
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // young ones are waited for
    const began = performance.now();
    await work(server);
    const seconds = (performance.now() - began) / 1_000;
    const all = await server.export('{__name__!~"cim_.*"}');
    const found = Object.values(all).reduce((sum, samples) => sum + samples.length, 0);
    if (found !== SAMPLES) throw new Error(`${found} of ${SAMPLES} samples`);
    return seconds;
  } finally {
    await server.stop();
  }
}

function measurements(): LogRecord[] {
  let now = Date.parse("2026-11-01T00:00:00Z");
  const messages = new MessageFactory(() => new Date(now));
  return Array.from({ length: HOSTS * TIMES }, (_, at) => {
    now += 15_000 / HOSTS;
    const compute = `00000000-0000-5000-8000-${String(at % HOSTS).padStart(12, "0")}`;
    const points = Array.from({ length: POINTS }, (_, index) => ({
      name: index % 2 ? "system.disk.io" : "system.cpu.utilization",
      unit: index % 2 ? "By" : "1",
      attributes: index % 2
        ? { "system.device": `sd${index}`, "disk.io.direction": "read" }
        : { "cpu.mode": `mode-${index}` },
      value: index % 2 ? at * 4096 * index : Math.round(Math.abs(Math.sin(at + index)) * 1e4) / 1e4,
    }));
    const observed_at = new Date(now).toISOString();
    const data = { compute, observed_at, window_seconds: 15, points };
    const command = messages.command("RecordMeasurements", data as never, {
      actor: "bench",
      source: "observed",
    });
    const fact = { event_type: "MeasurementsRecorded", aggregate_id: compute, data };
    const { payload } = encodeEvent(messages.event(fact as never, command, 1 + at));
    return { sequence: at + 1, recorded_at: observed_at.replace("Z", "000Z"), payload };
  });
}

function linesOf(records: readonly LogRecord[]): string[] {
  const fold = new MetricsFold("bare");
  const texts: string[] = [];
  for (const [at, record] of records.entries()) {
    fold.take(decodeEvent(record));
    if (at % 2_500 === 2_499) texts.push(...fold.gathered.take(LINES_CHARACTERS));
  }
  return [...texts, ...fold.gathered.take(LINES_CHARACTERS)];
}

function logOf(records: readonly LogRecord[]): EventLog {
  const read: EventLog["read"] = async function* ({ from = 1, to = records.length } = {}) {
    yield* records.slice(from - 1, to);
  };
  return {
    ...LOG,
    maxEventBytes: 0,
    append: () => Promise.reject(new Error("it is not written to")),
    read,
    subscribe: read,
    lastSequence: () => Promise.resolve(records.length),
    close: () => Promise.resolve(),
  };
}
