/** How fast a projector follows a real server, against reading it and doing nothing. */
import { openJetStream } from "../../src/log/jetstream.ts";
import type { EncodedEvent } from "../../src/domain/event.ts";
import { subjectOf } from "../../src/domain/event_types.ts";
import type { EventLog } from "../../src/log/log.ts";
import { runToEnd } from "../../src/projections/run_to_end.ts";
import { SqlProjection } from "../../src/projections/sql/projection.ts";
import { History } from "../../src/sample/history.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { startNats } from "../servers/nats.ts";
import { type Measure, median } from "./measure.ts";

const EVENTS = 200_000;
const BATCH = 1_000;
const ROUNDS = 5;

/** The SQL projection behind a JetStream of a fleet's history. */
export async function projecting(): Promise<Measure[]> {
  const nats = await startNats();
  const log = await openJetStream(nats);
  try {
    await fill(log);
    const rates: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const raw = await rate(async () => {
        let count = 0;
        for await (const _ of log.read()) count++;
        return count;
      });
      const projected = await rate(async () => (await runToEnd(log, new SqlProjection())).events);
      rates.push([projected, raw]);
    }
    const thousands = (at: 0 | 1) =>
      `${(median(rates.map((one) => one[at])) / 1_000).toFixed(0)} k/s`;
    return [{
      name: `the SQL projection of ${EVENTS} events from JetStream`,
      baseline: "reading them and doing nothing",
      ours: thousands(0),
      theirs: thousands(1),
      ratio: median(rates.map(([projected, raw]) => projected / raw)),
      atLeast: 0.6,
    }];
  } finally {
    await log.close();
    await nats.stop();
  }
}

async function fill(log: EventLog): Promise<void> {
  const decoder = new TextDecoder();
  let batch: EncodedEvent[] = [];
  let last = 0;
  for (const { payload } of new History({ ...SAMPLE_DEFAULTS, events: EVENTS }).records()) {
    batch.push({ subject: subjectIn(decoder.decode(payload)), payload });
    if (batch.length < BATCH) continue;
    last = await log.append(batch, last);
    batch = [];
  }
}

function subjectIn(text: string): string {
  return subjectOf(JSON.parse(text).event_type);
}

async function rate(work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const events = await work();
  if (events !== EVENTS) throw new Error(`${events} of ${EVENTS} came`);
  return events / ((performance.now() - began) / 1_000);
}
