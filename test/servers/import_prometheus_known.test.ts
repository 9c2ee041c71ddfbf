/** `cim import prometheus` of machines that are known already, and of one that runs at this moment. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkspace } from "../../src/workspace.ts";
import { parsed, Place } from "./cim.ts";
import { BEGIN, HISTORY } from "./prometheus_history.ts";
import { hasPrometheus, startPrometheus } from "./prometheus_server.ts";

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();

describe.runIf(hasPrometheus)("With a real Prometheus", () => {
  let place: Place;
  beforeAll(async () => {
    place = await Place.make();
    await place.run(["status"]); // sets up what is missing
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  test("what is known stays as it is, and what cannot be told apart is refused by its name", async () => {
    await using prometheus = await startPrometheus({ history: HISTORY });
    const machine = (hostname: string, machine_id: string, more = {}) =>
      JSON.stringify({
        command: "RegisterCompute",
        source: "observed",
        data: {
          hostname,
          resource_type: "physical_server",
          evidence: { machine_id },
          interfaces: [],
          ...more,
        },
      });
    const before = [
      machine("pusher", "ab".repeat(8) + "cd".repeat(8), { owner: "ada", cpu_cores: 64 }),
      machine("debian", "1".repeat(31) + "2"),
      machine("debian", "1".repeat(31) + "3"),
    ];
    await place.run(["submit", "-"], { stdin: before.join("\n") });
    const period = ["--from", moment(BEGIN), "--to", moment(BEGIN + 120)];
    const load = (...more: string[]) =>
      place.run(["import", "prometheus", "--url", prometheus.url, ...period, ...more]);
    const { code, out, err } = await load();
    expect(code).toBe(3);
    expect(err).toMatch(
      /nothing is recorded of the 1 resource whose registration was refused: once/,
    );
    expect(out).toMatch(
      /\nRefused +1\n +debian: hostname: "debian" is the name of several resources/,
    );
    expect(out).toMatch(/ values of what is not known\n/);
    expect(out).toMatch(/\nAccepted +3 registrations, 12 measurements/); // web-1 and shop, pusher, the other debian

    // The one of the two that is the machine is known by its id; the other gives its name up.
    const mended = machine("debian-old", "1".repeat(31) + "3");
    await place.run(["submit", "-"], { stdin: mended });
    const again = await load();
    expect(again, again.err).toMatchObject({ code: 0, err: expect.not.stringMatching(/refused/) });
    expect(again.out).toMatch(/\nAccepted +\d registrations?, 3 measurements/);
    expect(again.out).toMatch(/\nThere already +12 measurements\n/);
    expect((await load()).out).toMatch(/\nAccepted +0 registrations, 0 measurements/);

    await using workspace = await openWorkspace({ folder: join(place.folder, "data", "local") });
    await using model = await workspace.replay();
    const { rows } = await model.sql`
      SELECT hostname, count(DISTINCT observed_at)::INTEGER AS moments FROM measurements
      JOIN resources USING (compute_id) GROUP BY hostname ORDER BY hostname`;
    const moments = Object.fromEntries(rows.map(({ hostname, moments }) => [hostname, moments]));
    expect(moments).toMatchObject({ pusher: 3, shop: 3, "web-1": 3 });
    const known = await model.sql`SELECT owner, cpu_cores FROM resources WHERE hostname = 'pusher'`;
    expect(known.rows).toEqual([{ owner: "ada", cpu_cores: 64 }]);
  });

  test("a machine that runs is imported as it is scraped, until it does no more", async () => {
    await using prometheus = await startPrometheus({ nodeExporter: true });
    const scraped = async () => {
      const now = Math.floor(Date.now() / 1_000);
      const [counted] = await prometheus.queryRange("count_over_time(node_load1[1m])", now, now, 1);
      return Number(counted?.values[0]?.[1] ?? 0);
    };
    while (await scraped() < 10) await delay(200);
    await prometheus.killExporter();
    const killed = Date.now() / 1_000;
    await delay(8_000);
    const to = Math.floor(Date.now() / 1_000);
    const run = await place.run([
      ...["import", "prometheus", "--url", prometheus.url, "--step", "2s"],
      ...["--from", "1m", "--to", moment(to), "--dry-run"],
    ]);
    expect(run, run.err).toMatchObject({ code: 0 });
    const [registered, ...recorded] = parsed(run.out);
    expect(registered).toMatchObject({
      command: "RegisterCompute",
      data: { hostname: Deno.hostname().toLowerCase(), cpu_cores: navigator.hardwareConcurrency },
    });
    const at = recorded.map(({ data }) => Date.parse(data.observed_at) / 1_000);
    expect(at.length).toBeGreaterThan(3);
    expect(Math.max(...at)).toBeLessThan(killed + 3); // what it said last is not repeated
    const values = (name: string) =>
      recorded.flatMap(({ data }) => {
        const found = data.points.find((one: { name: string }) => one.name === name)?.value;
        return found === undefined ? [] : [[Date.parse(data.observed_at) / 1_000, found]];
      });
    const [first = 0, last = 0] = [at[0], at.at(-1)];
    for (
      const [name, query, scale] of [
        ["system.memory.limit", "node_memory_MemTotal_bytes", 1],
        ["system.cpu.load_average.1m", "node_load1", 1e4],
        ["system.uptime", "node_time_seconds - node_boot_time_seconds", 100],
      ] as const
    ) {
      const [series] = await prometheus.queryRange(query, first, last, 2);
      const told = series!.values.map((
        [second, value],
      ) => [second, Math.round(Number(value) * scale) / scale]);
      expect(values(name), name).toEqual(told.filter(([second]) => at.includes(second!)));
    }
    const modes = recorded.at(-1).data.points.filter(({ name }: { name: string }) =>
      name === "system.cpu.utilization"
    );
    expect(modes.reduce((sum: number, { value }: { value: number }) => sum + value, 0)).toBeCloseTo(
      1,
      2,
    );
  });
});
