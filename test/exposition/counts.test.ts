/** What is counted event by event is what counting everything anew comes to. */
import { describe, expect, test } from "vitest";
import { Counts } from "../../src/exposition/counts.ts";
import { CountedLog } from "../../src/exposition/counted_log.ts";
import type { Family } from "../../src/exposition/family.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { decodeEvent, type RecordedEvent } from "../../src/domain/event.ts";
import { fleetLog } from "../projections/sample_log.ts";

/** A count a line, but of what there was and is no more. */
const lines = (families: Family[]) =>
  families.flatMap(({ name, samples }) =>
    samples.filter(([, count]) => count !== 0)
      .map(([labels, count]) => `${name}${JSON.stringify(labels)} ${count}`)
  ).sort();

const fleet: RecordedEvent[] = [];
for await (const record of (await fleetLog()).read()) fleet.push(decodeEvent(record));

describe("Counts of the sample fleet", () => {
  test("are the same counted with each event, from a snapshot, and all at once", () => {
    const [along, anew] = [new Counts(), new Inventory()];
    let resumed: Counts | undefined;
    for (const event of fleet) {
      along.apply(event, event.sequence);
      if (resumed) resumed.apply(event, event.sequence);
      anew.apply(event, event.sequence);
      if (event.sequence === 20_000) resumed = new Counts(Inventory.from(anew.content()));
    }
    expect(lines(along.families())).toEqual(lines(new Counts(anew).families()));
    expect(lines(resumed!.families())).toEqual(lines(along.families()));
    expect(lines(along.families())).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^cim_resources\{"resource_type":"switch","status":"active","site":".+"\} \d$/,
        ),
        expect.stringMatching(/^cim_connections\{"kind":"cable"\} \d+$/),
      ]),
    );
  });

  test("go down to 0 with a resource that is decommissioned, and all that is on it", () => {
    const counts = new Counts();
    for (const event of fleet) counts.apply(event, event.sequence);
    const { inventory } = counts;
    const last = fleet.at(-1)!;
    const computes = inventory.content().aggregates.filter(([, { type }]) => type === "compute");
    for (const [at, [id]] of computes.entries()) {
      const version = inventory.version(id) + 1;
      counts.apply({
        ...last,
        event_type: "ComputeDecommissioned",
        aggregate_type: "compute",
        aggregate_id: id,
        aggregate_version: version,
        data: {},
      } as RecordedEvent, last.sequence + 1 + at);
    }
    const left = counts.families().filter(({ samples }) => samples.some(([, count]) => count > 0));
    expect(left.map(({ name }) => name)).not.toContain("cim_resources");
    expect(left.map(({ name }) => name)).not.toContain("cim_software");
    expect(left.map(({ name }) => name)).not.toContain("cim_connections");
    expect(counts.families().flatMap(({ samples }) => samples).every(([, count]) => count >= 0))
      .toBe(true);
    const resources = counts.families().find(({ name }) => name === "cim_resources")!;
    expect(resources.samples.length).toBeGreaterThan(0); // each of them 0, and not gone
  });
});

test("A log is read once, however often it is counted", async () => {
  const log = await fleetLog();
  const counted = new CountedLog(log);
  await counted.catchUp(new AbortController().signal);
  expect(counted.sequence).toBe(36_000);
  const before = lines(counted.families());
  await counted.catchUp(new AbortController().signal);
  expect(lines(counted.families())).toEqual(before);
  expect(before).toContain("cim_counted_sequence{} 36000");
});
