/** `cim space anomalies`, as a process of its own. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SAMPLES } from "../../src/sample/samples.ts";
import { SAMPLE_DEFAULTS } from "../../src/sample/options.ts";
import { GROUND_TRUTH, writeSample } from "../../src/sample/write_sample.ts";
import { TableFolder } from "./tables.ts";

const FLEET = `${SAMPLES}/fleet`;
let place: TableFolder;
beforeAll(async () => {
  place = await TableFolder.make();
});
afterAll(() => place[Symbol.asyncDispose]());

const anomalies = (...args: string[]) => place.cim("space", "anomalies", ...args);

test("The incidents of the sample are told as a table and in sentences, and judged against the truth", async () => {
  const { code, out, err } = await anomalies(
    "--archive",
    FLEET,
    "--truth",
    `${FLEET}/${GROUND_TRUTH}`,
  );
  expect(code, err).toBe(0);
  expect(out).toMatch(/^from +to +peak +p +resources +signs +dimensions +concept\n/);
  expect(out).toMatch(
    /^shop-app-02: performance\.memory \d+ %, from 2026-10-0\S+ to 2026-10-\S+, most at /m,
  );
  expect(out).toMatch(
    /^shop-app-01-copy: it is declared physical_server, and is like virtual_machine, from /m,
  );
  expect(out).toMatch(
    /^\d+ incidents of 61 resources in [\d,]+ points \(half hours\), at most 0\.05 /m,
  );
  expect(out).toMatch(/^kind +incidents +found +recall +delay_seconds\n/m);
  expect(out).toMatch(/^precision \d+ % \(\d+ of \d+\), recall (83|100) %\n$/m);
});

test("A fleet that nobody looked at before is told as well: four of six kinds, and half of what is told is right", async () => {
  const folder = `${place.folder}/other`;
  const { start } = SAMPLE_DEFAULTS;
  await writeSample(folder, { start, resources: 60, events: 36_000, seed: 7 });
  const { code, out, err } = await anomalies(
    "--archive",
    folder,
    "--truth",
    `${folder}/${GROUND_TRUTH}`,
    "--json",
  );
  expect(code, err).toBe(0);
  const lines = out.trim().split("\n").map((line) => JSON.parse(line));
  const { precision, recall, told } = lines.at(-1);
  expect(recall).toBeGreaterThanOrEqual(4 / 6);
  expect(precision).toBeGreaterThanOrEqual(0.5);
  expect(lines).toHaveLength(told + 2);
  expect(lines.at(-2)).toMatchObject({ fdr: 0.05, needed: 96, calibrated_on: 20_000 });
  for (const { parts, event_ids, dimensions } of lines.slice(0, told)) {
    expect(parts[0].is_first).toBe(true);
    expect(event_ids.length).toBeGreaterThan(0);
    for (const { from, found } of parts[0].anomalies) {
      expect(found >= from && from).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    for (const { dimension } of dimensions) expect(dimension).toMatch(/^[a-z]+\.[a-z_]+$/);
  }
});

test("Of one resource and a time it tells that alone; of a machine of ten minutes, what it needs", async () => {
  const own = await anomalies(
    "compute",
    "shop-web-02",
    "--archive",
    FLEET,
    "--to",
    "2026-10-05T00:00Z",
  );
  expect(own.out).toMatch(
    /^shop-web-02: nothing is heard of it, from 2026-10-04T05:16:30\.000Z to /m,
  );
  const { code, out } = await anomalies("--archive", `${SAMPLES}/machine`);
  expect([code, out]).toEqual([
    0,
    "0 incidents of 1 resource in 0 points (half hours), at most 0.05 of a half hour's discoveries false; nothing to " +
    "calibrate on yet: 1,000 normal points of a dimension are needed, of all resources together; 1 resource with too " +
    "little history (vm has 1 of 96 points)\n",
  ]);
});

test("How far things are from others of their kind is told as a table, or as JSON", async () => {
  const { code, out, err } = await anomalies("capacity", "--points", "--archive", FLEET);
  expect(code, err).toBe(0);
  expect(out).toMatch(
    /^name +concept +p +of +discovery +distance +nearest +nearest_distance +dimensions\n/,
  );
  expect(out).toMatch(/^\d+ discoveries of \d+ things; too few of a kind to tell: .*router \(2\)/m);
  const one = await anomalies(
    "capacity",
    "shop-batch-01",
    "--points",
    "--json",
    "--archive",
    FLEET,
  );
  expect(JSON.parse(one.out)).toMatchObject({
    thing: { name: "shop-batch-01" },
    calibrated_on: { nearest: 22 },
    event_ids: [expect.any(String), expect.any(String)],
    sequence: expect.any(Number),
    is_discovery: false,
  });
});

test("What makes no sense is refused", async () => {
  for (
    const [args, status, message] of [
      [["software"], 1, "only resources have a history"],
      [["--fdr", "0"], 2, "above 0 to 1"],
      [["--from", "2026-10-09T00:00Z", "--to", "2026-10-08T00:00Z"], 2, "is after --to"],
      [["--points", "--from", "2026-10-08T00:00Z"], 2, "cannot be used with option"],
      [["compute", "nobody"], 1, 'There is no "nobody"'],
      [["--truth", "nowhere.json"], 1, "Cannot read nowhere.json"],
    ] as const
  ) {
    const { code, out, err } = await anomalies(...args, "--archive", `${SAMPLES}/machine`);
    expect([code, out], err).toEqual([status, ""]);
    expect(err).toContain(message);
  }
});
