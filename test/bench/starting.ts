/** How fast a handler starts on a long log, and how much it remembers of it. */
import { join } from "node:path";
import { CommandHandler } from "../../src/command/handler.ts";
import { decide } from "../../src/domain/decision.ts";
import {
  type EncodedEvent,
  encodeEvent,
  type InfrastructureEvent,
} from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { openJetStream } from "../../src/log/jetstream.ts";
import { Snapshots } from "../../src/log/snapshots.ts";
import { startNats } from "../servers/nats.ts";
import { fleet } from "./fleet.ts";
import { type Measure, median } from "./measure.ts";

const EVENTS = 1_000_000;
const AGGREGATES = 20_000;
const LIMIT_SECONDS = 3;
const BATCH = 1_000;
const STARTS = 5;

const messages = new MessageFactory(() => new Date());

/** The first events make the aggregates; the rest are measurements of them and packages that are updated. */
function* history(events: number): Generator<InfrastructureEvent> {
  const inventory = new Inventory();
  const first = fleet(messages, AGGREGATES, "a").filter(({ command }) =>
    command !== "RecordMeasurements"
  );
  const hosts: string[] = [];
  let made = 0;
  for (const command of first) {
    for (const fact of decide(inventory, command).facts) {
      const event = messages.event(fact, command, 1);
      inventory.apply(event, ++made);
      if (event.aggregate_type === "compute") hosts.push(event.aggregate_id);
      yield event;
    }
  }
  for (let turn = 0; made < events; turn++) {
    const compute = hosts[turn % hosts.length]!;
    const command = messages.command("RecordMeasurements", {
      compute,
      observed_at: "2026-11-24T12:00:00Z",
      points: [
        { name: "system.cpu.utilization", unit: "1", value: (turn % 100) / 100 },
        { name: "system.memory.utilization", unit: "1", value: (turn % 90) / 100 },
      ],
    }, { actor: "bench", source: "observed" });
    made++;
    yield messages.event(
      {
        event_type: "MeasurementsRecorded",
        aggregate_id: compute,
        data: command.data,
      },
      command,
      2 + Math.floor(turn / hosts.length),
    );
  }
}

/** The start of a handler on a log of a million events, with a snapshot and without. */
export async function starting(): Promise<Measure[]> {
  const nats = await startNats();
  const folder = await Deno.makeTempDir({ prefix: "cim-bench-" });
  const log = await openJetStream(nats);
  try {
    let batch: EncodedEvent[] = [];
    let last = 0;
    for (const event of history(EVENTS)) {
      batch.push(encodeEvent(event));
      if (batch.length < BATCH) continue;
      last = await log.append(batch, last);
      batch = [];
    }
    const snapshots = () => new Snapshots(join(folder, "snapshots"));
    const cold = performance.now();
    const first = await CommandHandler.open(log, messages, { snapshots: snapshots() });
    const coldSeconds = (performance.now() - cold) / 1000;
    // What comes after the snapshot that it has written by now, as a day would bring.
    await first.submit(fleet(messages, 1_000, "late"));
    const times: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      const began = performance.now();
      const log = await openJetStream(nats);
      const handler = await CommandHandler.open(log, messages, { snapshots: snapshots() });
      times.push((performance.now() - began) / 1000);
      if (handler.inventory.size !== first.inventory.size) throw new Error("it knows less");
      await log.close();
    }
    const seconds = median(times);
    return [{
      name: `start of a handler on ${last} events and ${first.inventory.size} aggregates`,
      baseline: `${LIMIT_SECONDS} s; without a snapshot it takes ${coldSeconds.toFixed(1)} s`,
      ours: `${seconds.toFixed(2)} s`,
      theirs: `${LIMIT_SECONDS} s`,
      ratio: seconds / LIMIT_SECONDS,
      atMost: 1,
    }];
  } finally {
    await log.close();
    await nats.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a write model weighs after ten times as many events about the same things. */
export function remembering(): Promise<Measure[]> {
  const after = (events: number) => {
    const before = heap();
    const inventory = new Inventory();
    let sequence = 0;
    for (const event of history(events)) inventory.apply(event, ++sequence);
    const bytes = heap() - before;
    return { bytes, size: inventory.size };
  };
  const [some, many] = [after(EVENTS / 5), after(EVENTS)];
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return Promise.resolve([{
    name: `memory of the write model of ${many.size} aggregates after ${EVENTS} events`,
    baseline: `the same after ${EVENTS / 5}`,
    ours: megabytes(many.bytes),
    theirs: megabytes(some.bytes),
    ratio: many.bytes / some.bytes,
    atMost: 1.15,
  }]);
}

function heap(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error("run it with --v8-flags=--expose-gc, as deno task bench does");
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}
