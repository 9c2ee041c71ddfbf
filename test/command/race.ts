/** Writers that race: what must hold on any log. */
import { expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import { decodeEvent, type RecordedEvent } from "../../src/domain/event.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import type { EventLog } from "../../src/log/log.ts";

const by = { actor: "test", source: "declared" } as const;

/** All events of a log, read. */
export async function eventsOf(log: EventLog): Promise<RecordedEvent[]> {
  return (await Array.fromAsync(log.read())).map(decodeEvent);
}

/** Four writers say the same and different things at once; what they must never break is checked on the log. */
async function race(open: () => Promise<EventLog>) {
  const writers = await Promise.all([1, 2, 3, 4].map(async (id) => {
    const log = await open();
    // The clocks of four machines, minutes apart from each other, ahead and behind.
    const skew = (id % 2 === 0 ? -1 : 1) * id * 60_000;
    const skewed = new MessageFactory(() => new Date(Date.now() + skew));
    return { id, log, messages: skewed, handler: await CommandHandler.open(log, skewed) };
  }));
  const answers = await Promise.all(writers.map(async ({ id, messages, handler }) => {
    const all = [];
    for (let round = 0; round < 10; round++) {
      const hostname = `host-${round}`;
      all.push(
        ...await handler.submit([
          messages.command(
            "RegisterCompute",
            { hostname, resource_type: "switch", interfaces: [] },
            by,
          ),
          messages.command("ConfigureSoftware", {
            compute: hostname,
            name: "shared",
            kind: "package",
          }, by),
          messages.command("ConfigureSoftware", {
            compute: hostname,
            name: `of-${id}`,
            kind: "package",
          }, by),
        ]),
      );
    }
    return all;
  }));
  const events = await eventsOf(writers[0]!.log);
  for (const { log } of writers) await log.close();
  return { answers: answers.flat(), events };
}

/**
 * @param start makes an empty log
 * @param open opens the same log once more, as another process would
 */
export function testRace(
  name: string,
  start: () => Promise<{ open(): Promise<EventLog>; stop(): Promise<void> }>,
) {
  test(`Four writers at once, on ${name}, write everything once, in one order that all decisions hold in`, async () => {
    const place = await start();
    const { answers, events } = await race(place.open);
    await place.stop();
    // 10 hosts, on each the shared package and four packages of one writer each; nothing twice.
    expect(events.length).toBe(10 * (1 + 1 + 4));
    expect(answers.filter((answer) => answer.outcome === "accepted").length).toBe(events.length);
    expect(answers.filter((answer) => answer.outcome === "refused")).toEqual([]);
    const ids = events.map((event) => event.event_id);
    expect([...ids].sort()).toEqual(ids);
    const versions = new Map<string, number>();
    for (const { aggregate_id, aggregate_version } of events) {
      expect(aggregate_version).toBe((versions.get(aggregate_id) ?? 0) + 1);
      versions.set(aggregate_id, aggregate_version);
    }
    const recorded = new Map(events.map((event) => [event.event_id, event.sequence]));
    for (const { event_id, sequence } of answers.flatMap((answer) => answer.events)) {
      expect(recorded.get(event_id)).toBe(sequence);
    }
  });
}
