/** How fast a projector follows a real server, against reading it and doing nothing. */
import type { EncodedEvent } from "../../src/domain/event.ts";
import { subjectOf } from "../../src/domain/event_types.ts";
import { Archive } from "../../src/log/archive.ts";
import { ArchivedLog } from "../../src/log/archived_log.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
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

/** The SQL projection behind a fleet's history: in a JetStream alone, and with the archive that writers keep of it. */
export async function projecting(): Promise<Measure[]> {
  const nats = await startNats();
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  const log = await openJetStream(nats);
  try {
    await fill(log);
    const archive = await Archive.open(folder);
    await archive.extend(log);
    const history = new ArchivedLog(log, archive);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        raw: await rate(() => read(log)),
        alone: await rate(() => project(log)),
        archived: await rate(() => project(history)),
      });
    }
    return [
      // The aim is 0.6 for both. On two cores nothing is left to run side by side: checking events takes one, and the
      // server and the fold the other. These limits tell when it gets worse.
      measure("with its archive, as a workspace has it", "archived", 0.35, rounds),
      measure("that are in no archive", "alone", 0.25, rounds),
    ];
  } finally {
    await log.close();
    await nats.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Events a second. */
interface Round {
  raw: number;
  alone: number;
  archived: number;
}

function measure(
  what: string,
  which: "alone" | "archived",
  atLeast: number,
  rounds: Round[],
): Measure {
  const thousands = (rates: number[]) => `${(median(rates) / 1_000).toFixed(0)} k/s`;
  return {
    name: `the SQL projection of ${EVENTS} events from JetStream ${what}`,
    baseline: "reading them from JetStream and doing nothing",
    ours: thousands(rounds.map((round) => round[which])),
    theirs: thousands(rounds.map(({ raw }) => raw)),
    ratio: median(rounds.map((round) => round[which] / round.raw)),
    atLeast,
  };
}

async function fill(log: EventLog): Promise<void> {
  const decoder = new TextDecoder();
  let batch: EncodedEvent[] = [];
  let last = 0;
  for (const { payload } of new History({ ...SAMPLE_DEFAULTS, events: EVENTS }).records()) {
    const { event_type } = JSON.parse(decoder.decode(payload));
    batch.push({ subject: subjectOf(event_type), payload });
    if (batch.length < BATCH) continue;
    last = await log.append(batch, last);
    batch = [];
  }
}

async function read(log: EventLog): Promise<number> {
  let events = 0;
  for await (const _ of log.read()) events++;
  return events;
}

async function project(log: EventLog): Promise<number> {
  return (await runToEnd(log, new SqlProjection())).events;
}

async function rate(work: () => Promise<number>): Promise<number> {
  const began = performance.now();
  const events = await work();
  if (events !== EVENTS) throw new Error(`${events} of ${EVENTS} came`);
  return events / ((performance.now() - began) / 1_000);
}
