/** The samples that come with the project are what their README says. */
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { decodeEvent, type RecordedEvent } from "../../src/domain/event.ts";
import { Inventory } from "../../src/domain/inventory.ts";
import { Archive } from "../../src/log/archive.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { writeSample } from "../../src/sample/write_sample.ts";

const samples = fileURLToPath(new URL("../../data/samples", import.meta.url));
const folder = await Deno.makeTempDir({ prefix: "cim-samples-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

const files = (of: string) =>
  [...Deno.readDirSync(of)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
const size = (of: string) =>
  files(of).reduce((sum, name) => sum + Deno.statSync(`${of}/${name}`).size, 0);

async function eventsOf(name: string): Promise<RecordedEvent[]> {
  const archive = await Archive.open(`${samples}/${name}`);
  const inventory = new Inventory();
  const events: RecordedEvent[] = [];
  for await (const record of archive.read()) {
    const event = decodeEvent(record);
    expect(event.aggregate_version).toBe(inventory.version(event.aggregate_id) + 1);
    inventory.apply(event, event.sequence);
    events.push(event);
  }
  return events;
}

test("The fleet is made again by the command in its README, byte for byte", async () => {
  const readme = Deno.readTextFileSync(`${samples}/README.md`);
  const [, command] = /^deno task cim sample (.*) --into data\/samples\/fleet$/m.exec(readme)!;
  const option = (name: string) => Number(new RegExp(`--${name} (\\d+)`).exec(command!)![1]);
  await writeSample(`${folder}/fleet`, {
    start: SAMPLE_DEFAULTS.start,
    resources: option("resources"),
    events: option("events"),
    seed: option("seed"),
  });
  // Beside them there may be what is made from them: typed copies.
  expect(files(`${samples}/fleet`)).toEqual(expect.arrayContaining(files(`${folder}/fleet`)));
  for (const file of ["manifest.json", "ground_truth.json"]) {
    expect(Deno.readTextFileSync(`${folder}/fleet/${file}`))
      .toBe(Deno.readTextFileSync(`${samples}/fleet/${file}`));
  }
  await (await Archive.open(`${samples}/fleet`)).verify(); // its segments are those of the manifest
  expect(size(`${samples}/fleet`)).toBeLessThan(3_000_000);
});

test("The machine's history is whole, and was measured for minutes", async () => {
  const events = await eventsOf("machine");
  const [first, last] = [events[0]!, events.at(-1)!];
  const minutes = (Date.parse(last.recorded_at) - Date.parse(first.recorded_at)) / 60_000;
  expect(minutes).toBeGreaterThan(5);
  const measured = events.filter(({ event_type }) => event_type === "MeasurementsRecorded");
  expect(measured.length).toBeGreaterThan(4 * 5);
  expect(size(`${samples}/machine`)).toBeLessThan(1_000_000);
});
