/** `cim experiment`, as processes: on this machine's log, on an archive alone, and on another machine. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STORY } from "../replay/history.ts";
import { Place, type Ran } from "./cim.ts";

const samples = fileURLToPath(new URL("../../data/samples", import.meta.url));
let place: Place;
beforeAll(async () => {
  place = await Place.make();
  await new Deno.Command("cp", { args: ["-r", samples, join(place.folder, "samples")] }).output();
  await place.file("whole.json", JSON.stringify(WHOLE));
});
afterAll(() => place?.[Symbol.asyncDispose]());

const WHOLE = {
  name: "whole",
  archive: "samples/fleet",
  range: { sequence: 400 },
  parameters: { least: 1 },
  queries: {
    sites: {
      sql: "SELECT site, count(*) AS n FROM locations GROUP BY site HAVING n >= $least",
      key: ["site"],
    },
  },
};
const cim = async (...args: string[]) => await place.run(["experiment", ...args]);
const json = ({ code, out, err }: Ran, expected = 0) => {
  expect(code, err).toBe(expected);
  return JSON.parse(out);
};

describe("cim experiment", () => {
  test("runs what a spec says of the archive that it names, and keeps it in the folder of runs", async () => {
    const { code, out, err } = await cim("run", "samples/experiments/rack_fails.json");
    expect(code, err).toBe(0);
    expect(out).toMatch(/^Experiment {2}rack-fails [0-9a-f]{16}\n/);
    expect(out).toContain("1,488 dropped");
    expect(out).toMatch(/Kept {8}data\/local\/experiments\/rack-fails-[0-9a-f]{16}\n/);
    expect(out).toMatch(/switch +maintenance +2\n/);
    const again = await cim("verify", "rack-fails");
    expect(again.out, again.err).toMatch(/\n +identical\n$/);
    expect(again.code).toBe(0);
  });

  test("says how to see the rows that it does not show, which are all in its JSON", async () => {
    const spec = "samples/experiments/cpu_threshold.json";
    const { out, err } = await cim("run", spec);
    expect(err).toContain("Asking alarms …, 1 of 1");
    expect(out).toMatch(/\nTook +[\d.]+ s: folding [\d.]+ s, asking [\d.]+ s, keeping [\d.]+ s\n/);
    const [, folder, select] = out.match(
      /\(20 of 689 rows; all of them: deno task cim sql --archive (\S+) "(FROM '.*')"\)\n$/,
    )!;
    const rest = await place.run(["sql", "--archive", folder!, "--format", "json", select!]);
    const { path, tables } = json(await cim("run", spec, "--json"));
    expect(json(rest)).toEqual(tables.alarms.rows);
    expect(tables.alarms).toMatchObject({ rows: { length: 689 }, key: ["hostname", "day"] });
    const listed = (await cim("list", "--json")).out;
    expect(listed.length).toBeLessThan(10_000);
    await cim("run", spec, "--set", "threshold=0.95");
    expect((await cim("list")).out).toMatch(/ \d{4}-\d\d-\d\dT[\d:]+Z +threshold=0.95 /);
    await Deno.writeTextFile(join(path, "manifest.json"), "{}");
    const broken = await cim("list");
    expect(broken.err).toContain(
      `${path.split("/").at(-1)}/manifest.json is not as it was written`,
    );
  });

  test("compares two runs, and exits with 1 where they differ", async () => {
    const a = json(await cim("run", "whole.json", "--json"));
    expect(a).toMatchObject({ run_id: expect.stringMatching(/^[0-9a-f]{16}$/), effects: [] });
    const b = json(await cim("run", "whole.json", "--set", "least=1000", "--json"));
    const same = await cim("compare", a.run_id, a.path);
    expect([same.code, same.out]).toEqual([0, expect.stringContaining("Every table is the same.")]);
    const found = json(await cim("compare", a.run_id, b.run_id, "--json"), 1);
    expect(found.asked).toEqual([{ field: "/spec/parameters/least", before: 1, after: 1000 }]);
    expect(found.tables[0]).toMatchObject({ table: "sites", removed: 1, added: 0 });
    const { out } = await cim("compare", a.run_id, b.run_id);
    expect(out).toMatch(/ {2}- {2}berlin +n: \d+\n/);
    const list = json(await cim("list", "--json"));
    expect(list.filter(({ spec }: typeof a) => spec.name === "whole")).toHaveLength(2);
  });

  test("verifies on another machine, from the manifest and an archive alone", async () => {
    const { path } = json(await cim("run", "whole.json", "--json"));
    await using other = await Place.make({ TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8" });
    await Deno.copyFile(join(path, "manifest.json"), join(other.folder, "it.json"));
    const args = ["experiment", "verify", "it.json", "--json", "--archive"];
    const found = json(await other.run([...args, join(samples, "fleet")]));
    expect(found).toMatchObject({ identical: true, same_code: true, tables: 1 });
    const wrong = await other.run([...args, join(samples, "machine")]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("is of the log SAMPLE")]);
  });

  test("refuses a spec with 3, and names the position", async () => {
    const refused = async (spec: object, ...args: string[]) => {
      await place.file("wrong.json", JSON.stringify({ ...WHOLE, ...spec }));
      const { code, err } = await cim("run", "wrong.json", ...args);
      expect(code, err).toBe(3);
      return err;
    };
    expect(await refused({ sed: 1 })).toMatch(/^cim: \/sed: there is no such field/);
    expect(await refused({ archive: "nowhere" })).toMatch(
      /^cim: \/archive: there is no archive in nowhere/,
    );
    expect(await refused({}, "--set", "most=1")).toMatch(/^cim: \/parameters\/most: .*least/);
    expect(await refused({ transformations: [{ drop: { resources: ["wbe"] } }] })).toMatch(
      /^cim: \/transformations\/0\/drop\/resources\/0: there is no resource "wbe"/m,
    );
    expect((await cim("run", "nothing.json")).code).toBe(1);
    expect((await cim("run")).code).toBe(2);
  });

  test("interrupted, it leaves nothing half-written", async () => {
    const folder = join(place.folder, "interrupted");
    await place.file(
      "long.json",
      JSON.stringify({
        ...WHOLE,
        parameters: {},
        queries: { q: { sql: "SELECT count(*) FROM range(100000000) a, range(100000000) b" } },
      }),
    );
    const running = place.start(["experiment", "run", "long.json", "--folder", "interrupted"]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    running.kill("SIGINT");
    const { code, err } = await running.end();
    expect([code, err]).toEqual([130, expect.stringContaining("interrupted")]);
    expect(await Deno.stat(folder).catch(() => "never")).toBe("never");
  });

  test("runs on this machine's log, where no archive is named", async () => {
    const lines = STORY.map(([command, data]) =>
      JSON.stringify({ command, data, source: "observed" })
    );
    const { code, err } = await place.run(["submit", "-"], { stdin: lines.join("\n") });
    expect(code, err).toBe(0);
    await place.file(
      "here.json",
      JSON.stringify({
        name: "here",
        transformations: [{ drop: { resources: ["web"], event_types: ["MeasurementsRecorded"] } }],
        queries: { n: { sql: "SELECT count(*) AS n FROM events" } },
      }),
    );
    const run = json(await cim("run", "here.json", "--json"));
    expect(run.input).toMatchObject({ name: "INFRASTRUCTURE_EVENTS", events: 7 });
    expect(run.applied.events).toBe(6);
    expect(json(await cim("verify", "here", "--json"))).toMatchObject({ identical: true });
  });

  test("has a schema that the samples are of", async () => {
    const { out } = await place.run(["schema", "Experiment"]);
    const schema = JSON.parse(out);
    expect(schema.title).toBe("Experiment");
    const fields = Object.keys(schema.properties);
    for (const name of ["rack_fails.json", "cpu_threshold.json"]) {
      const spec = JSON.parse(await Deno.readTextFile(join(samples, "experiments", name)));
      expect(fields).toEqual(expect.arrayContaining(Object.keys(spec)));
    }
  });
});
