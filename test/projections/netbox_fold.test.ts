/** A log folded in one go, in steps, and over what cannot be taken. */
import { expect, test } from "vitest";
import { decodeEvent, type RecordedEvent } from "../../src/domain/event.ts";
import type { EventLog } from "../../src/log/log.ts";
import { FoldedLog } from "../../src/projections/netbox/fold.ts";
import { isSameState } from "../../src/projections/netbox/objects.ts";
import type { ProjectedEvent } from "../../src/projections/projection.ts";
import { fleetLog } from "./sample_log.ts";

async function eventsOf(log: EventLog): Promise<ProjectedEvent[]> {
  const records = await Array.fromAsync(log.read({}));
  return records.map((record) => ({ record, event: decodeEvent(record) as RecordedEvent }));
}

test("folded in steps it is the same as in one go; measurements leave it as it was", async () => {
  const log = await fleetLog();
  const last = await log.lastSequence();
  const [whole, folded] = [await FoldedLog.of(log, last, []), await FoldedLog.of(log, 0, [])];
  expect(isSameState(folded.desired, whole.desired)).toBe(false);
  for (const one of await eventsOf(log)) {
    const isMeasured = one.event.event_type === "MeasurementsRecorded";
    const before = isMeasured ? folded.desired : undefined;
    folded.take({ events: [one], through: one.event.sequence });
    if (before) {
      expect(folded.desired).toBe(before);
      break;
    }
  }
  const rest = (await eventsOf(log)).filter(({ event: { sequence } }) =>
    sequence > folded.desired.through
  );
  folded.take({ events: rest, through: last });
  expect(folded.desired).toEqual(whole.desired);
  expect(isSameState(folded.desired, whole.desired)).toBe(true);
});

test("an event with an address that is none is told of at once, and leaves the fold as it was", async () => {
  const log = await fleetLog();
  const [first] = await eventsOf(log);
  const [whole, folded] = [await FoldedLog.of(log, 1, []), await FoldedLog.of(log, 1, [])];
  const compute = (await eventsOf(log)).find(({ event }) =>
    event.event_type === "ComputeRegistered"
  )!;
  const { event } = compute;
  const bad = {
    ...event,
    data: { ...event.data, interfaces: [{ name: "eth0", addresses: ["not an address"] }] },
  } as RecordedEvent;
  const step = {
    events: [{ ...first!, event: { ...bad, sequence: 2 } as RecordedEvent }],
    through: 2,
  };
  expect(() => folded.take(step)).toThrow();
  expect(folded.desired).toEqual(whole.desired);
});

test("folded anew, what would be parked is left out with what follows on it, and is told", async () => {
  const log = await fleetLog();
  const events = (await eventsOf(log)).filter(({ event }) =>
    event.event_type.startsWith("Compute")
  );
  const registered = events.find(({ event }) => event.event_type === "ComputeRegistered")!;
  const { sequence, aggregate_id, data } = registered.event;
  const bad = { ...data, interfaces: [{ name: "eth0", addresses: ["not an address"] }] };
  const payload = new TextEncoder().encode(JSON.stringify({
    ...JSON.parse(new TextDecoder().decode(registered.record.payload)),
    data: bad,
  }));
  const read = async function* ({ to }: { to?: number }) {
    for await (const record of log.read({ from: 1, ...(to === undefined ? {} : { to }) })) {
      yield record.sequence === sequence ? { ...record, payload } : record;
    }
  };
  const { folded, parked } = await FoldedLog.anew({ read }, await log.lastSequence());
  expect([...parked.keys()]).toEqual([aggregate_id]);
  expect(parked.get(aggregate_id)).toContain(`the event ${sequence} will be parked: `);
  const keys = folded.desired.objects.map(({ key }) => key);
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter((key) => key.startsWith(aggregate_id))).toEqual([]);
  await expect(FoldedLog.of({ read }, await log.lastSequence(), [])).rejects.toThrow("address");
});

test("the last event of a resource is that of its object, and of no part of it", async () => {
  const log = await fleetLog();
  const { desired } = await FoldedLog.of(log, await log.lastSequence(), []);
  const marked = new Set(
    desired.objects.filter((one) => "sequence" in one).map(({ kind }) => kind),
  );
  expect([...marked].sort()).toEqual(["cable", "device", "prefix", "service", "virtual_machine"]);
});
