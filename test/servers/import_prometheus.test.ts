/** `cim import prometheus` on a real Prometheus, and the model that is made of it, sample by sample. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMPORTED_METRICS } from "../../src/importers/prometheus/import.ts";
import { metricsOf, promQl } from "../../src/importers/prometheus/query.ts";
import { openWorkspace } from "../../src/workspace.ts";
import { parsed, Place } from "./cim.ts";
import {
  BEGIN,
  CONTAINER,
  DOWN,
  END,
  GAP,
  HISTORY,
  MACHINE_ID,
  REBOOT,
} from "./prometheus_history.ts";
import { hasPrometheus, startPrometheus, type TestPrometheus } from "./prometheus_server.ts";

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();
const PERIOD = ["--from", moment(BEGIN), "--to", moment(END)];

/** A value as the model has it. */
interface Sample {
  hostname: string;
  name: string;
  attributes: string;
  at: number;
  value: number;
}

/** All measurements in the log of a place. */
async function samples(place: Place): Promise<Sample[]> {
  await using workspace = await openWorkspace({ folder: join(place.folder, "data", "local") });
  await using model = await workspace.replay();
  const { rows } = await model.sql`
    SELECT hostname, name, to_json(attributes)::VARCHAR AS attributes, epoch(observed_at)::DOUBLE AS at, value
    FROM measurements JOIN resources USING (compute_id)`;
  return rows as unknown as Sample[];
}

describe.runIf(hasPrometheus)("An hour of a house", () => {
  let prometheus: TestPrometheus;
  let place: Place;
  let first: Awaited<ReturnType<Place["run"]>>;
  let all: Sample[];
  const load = (...args: string[]) =>
    place.run(["import", "prometheus", "--url", prometheus.url, ...args]);
  const of = (hostname: string, name: string, attributes: Record<string, string> = {}) =>
    all.filter((one) =>
      one.hostname === hostname && one.name === name &&
      Object.entries(attributes).every(([key, value]) => JSON.parse(one.attributes)[key] === value)
    ).sort((a, b) => a.at - b.at);

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: HISTORY });
    place = await Place.make();
    first = await load(...PERIOD);
    all = await samples(place);
  });
  afterAll(async () => {
    await place?.[Symbol.asyncDispose]();
    await prometheus?.[Symbol.asyncDispose]();
  });

  test("is imported, and what is odd is told", () => {
    expect(first, first.err).toMatchObject({ code: 0 });
    expect(first.out).toMatch(/^Read +4 machines, 1 container, 61 moments\n/);
    expect(first.out).toMatch(
      /\nAccepted +5 registrations, \d+ measurements of [\d,]+ points, seq/,
    );
    // NaN, +Inf and, at the reset, five shares; 15 of each moment while it was down; the load of the second target; a service.
    expect(first.out).toMatch(
      /\nLeft out +7 values that are no numbers\n +30 values of targets that were down\n +53 values that are there twice\n +61 values of what is not known\n/,
    );
    expect(first.out).toMatch(/localhost:9100 \(lost\): nothing says on which machine it is/);
    expect(first.out).toMatch(/web-1 is scraped 2 times/);
    expect(first.out).toMatch(/there is more than one debian: that of .* is called 10\.0\.0\.[78]/);
  });

  test("has each machine once, with its newest facts, and the container on its host", async () => {
    const events = parsed((await place.run(["log", "--json", "--type", "ComputeRegistered"])).out);
    const byName = new Map(
      events.map(({ data, aggregate_id }) => [data.hostname, { ...data, aggregate_id }]),
    );
    expect(byName.get("web-1")).toMatchObject({
      resource_type: "virtual_machine",
      manufacturer: "QEMU",
      architecture: "x86_64",
      cpu_cores: 2,
      memory_bytes: 8e9,
      operating_system: { name: "Debian GNU/Linux", version: "12", kernel: "6.2.0" },
      evidence: { machine_id: MACHINE_ID },
      interfaces: [{
        name: "eth0",
        kind: "ethernet",
        mac_address: "52:54:00:00:00:01",
        mtu: 1500,
        speed_bps: 1e9,
      }],
      status: "active",
    });
    expect(byName.get("shop")).toMatchObject({
      resource_type: "container",
      evidence: { container_id: CONTAINER },
      virtualization: { container: "docker" },
      host: byName.get("web-1")!.aggregate_id,
    });
    expect(byName.get("push-1")).toMatchObject({
      evidence: { machine_id: "ab".repeat(8) + "cd".repeat(8) },
    });
    expect(byName.size).toBe(5);
  });

  test("is in the model as Prometheus has it, sample by sample", async () => {
    const known = new Map<string, number>(
      all.map((
        { hostname, name, attributes, at, value },
      ) => [`${hostname} ${name} ${attributes} ${at}`, value]),
    );
    expect(known.size).toBe(all.length); // none is there twice
    const hostOf: Record<string, string> = {
      "web-1.example.org:9100": "web-1",
      "web-1.example.org:8080": "shop",
      "3f2a": "push-1",
    };
    let compared = 0;
    for (const { name, query, attributes = {} } of IMPORTED_METRICS) {
      if (
        !metricsOf(query).every((one) => HISTORY.some(({ series }) => series.startsWith(`${one}{`)))
      ) continue;
      const answer = await prometheus.queryRange(
        promQl(query, { matchers: "", step: 60_000 }),
        BEGIN,
        END,
        60,
      );
      for (const { metric, values } of answer) {
        const hostname = hostOf[metric["instance"] ?? ""];
        const isMeant = hostname !== undefined && !/\.service$/.test(metric["id"] ?? "") &&
          metric["mountpoint"] !== "/var/lib/shop";
        if (!isMeant) continue;
        const said = Object.fromEntries(
          Object.entries(attributes).flatMap(([key, value]) => {
            const text = value.startsWith("$")
              ? value.slice(1).split("|").map((one) => metric[one]).find(Boolean)
              : value;
            return text === undefined ? [] : [[key, text]];
          }),
        );
        for (const [at, text] of values) {
          const isDown = hostname === "web-1" && at >= DOWN[0] && at < DOWN[1];
          if (!Number.isFinite(Number(text)) || isDown) continue;
          const found = of(hostname, name, said).find((one) => one.at === at)?.value;
          expect(found, `${hostname} ${name} ${JSON.stringify(said)} ${moment(at)}`).toBeCloseTo(
            Number(text),
            2,
          );
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(1_500);
  });

  test("has gaps where nothing was scraped, was down, or said no number; a reset has no share of time", () => {
    const isIn = (at: number, [from, to]: readonly [number, number]) => at >= from + 60 && at < to;
    const idle = of("web-1", "system.cpu.utilization", { "cpu.mode": "idle" });
    expect(idle.filter(({ at }) => isIn(at, GAP))).toEqual([]);
    expect(idle.filter(({ at }) => at >= DOWN[0] && at < DOWN[1])).toEqual([]);
    expect(idle.map(({ at }) => at)).not.toContain(REBOOT);
    expect(idle.length).toBeGreaterThan(40);
    for (const { value } of idle) expect(value).toBe(0.75);
    const total = Map.groupBy(
      all.filter(({ hostname, name }) => hostname === "web-1" && name === "system.cpu.utilization"),
      ({ at }) => at,
    );
    for (const modes of total.values()) {
      expect(modes.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 3);
    }
    const received = of("web-1", "system.network.io");
    expect(received.find(({ at }) => at === REBOOT)?.value).toBe(0);
    expect(received.find(({ at }) => at === REBOOT - 60)!.value).toBe(1_000 * (1_800 - 60 + 120));
    // Where the first scrape has no number, the second one has: it is another target of the same machine.
    const loads = of("web-1", "system.cpu.load_average.1m");
    for (const at of [300, 360]) { // NaN, and +Inf
      expect(loads.filter((one) => one.at === BEGIN + at).map(({ value }) => value)).toEqual([
        0.75,
      ]);
    }
    expect(loads.find(({ at }) => at === BEGIN + 240)?.value).toBe(0.5);
  });

  test("lands in the conceptual spaces", async () => {
    await using workspace = await openWorkspace({ folder: join(place.folder, "data", "local") });
    await using model = await workspace.replay();
    const { rows } = await model.sql`
      SELECT hostname, what, latest FROM utilisation ORDER BY hostname, what`;
    expect(rows).toContainEqual({ hostname: "web-1", what: "cpu", latest: 0.25 });
    expect(rows).toContainEqual({ hostname: "web-1", what: "memory", latest: 0.5 });
    expect(rows).toContainEqual({ hostname: "web-1", what: "filesystem", latest: 0.6 });
    expect(rows).toContainEqual({ hostname: "push-1", what: "cpu", latest: 0.5 });
    expect(rows).toContainEqual({ hostname: "push-1", what: "memory", latest: 0.75 });
  });

  test("is not imported again, and what is before and behind it is", async () => {
    const again = await load(...PERIOD);
    expect(again.out).toMatch(/\nAccepted +0 registrations, 0 measurements/);
    const longer = await load("--from", moment(BEGIN - 60), "--to", moment(END + 60));
    expect(longer.out).toMatch(/^Read +4 machines, 1 container, 2 moments, 1 with data\n/);
    const now = await samples(place);
    expect(now.filter(({ at }) => at >= BEGIN && at <= END).length).toBe(all.length);
    expect(now.filter(({ at }) => at === BEGIN - 60).length).toBeGreaterThan(20);
  });

  test("is shown by a dry run as lines that cim submit takes, of a part where one is wanted", async () => {
    const before = await place.run(["log", "--json"]);
    const dry = await place.run([
      "import",
      "prometheus",
      "--url",
      prometheus.url,
      ...PERIOD,
      "--match",
      '{job="otelcol"}',
      "--step",
      "10m",
      "--dry-run",
    ]);
    expect(dry, dry.err).toMatchObject({ code: 0 });
    expect((await place.run(["log", "--json"])).out).toBe(before.out);
    const lines = parsed(dry.out);
    expect(lines.map(({ command }) => command)).toEqual([
      "RegisterCompute",
      ...Array(7).fill("RecordMeasurements"),
    ]);
    const submitted = await place.run(["submit", "-"], { stdin: dry.out });
    expect(submitted, submitted.out).toMatchObject({ code: 0 });
  });
});
