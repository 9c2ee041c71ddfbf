/** Experiments that ask more than SQL can. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXPERIMENT_SCHEMA, runExperiment, verifyExperiment } from "../src/experiments.ts";
import { Archive } from "../src/log/archive.ts";
import type { MemoryLog } from "../src/log/memory.ts";
import { alerts } from "../src/policy/alerts.ts";
import { compliance } from "../src/policy/compliance.ts";
import { compareExperiments } from "../src/replay/experiment_compare.ts";
import type { ExperimentSpec } from "../src/replay/experiment_spec.ts";
import { replay } from "../src/replay/replay.ts";
import { history, STORY } from "./replay/history.ts";

const fleet = await Archive.open(fileURLToPath(new URL("../data/samples/fleet", import.meta.url)));
const folder = Deno.makeTempDirSync({ prefix: "cim-experiments-test-" });
afterAll(() => Deno.remove(folder, { recursive: true }));
let log: MemoryLog;
beforeAll(async () => {
  log = await history(...STORY);
});

const set = (data: object) => ({ add: [{ command: "SetPolicy" as const, data: { ...data } }] });
const CORES = {
  name: "cores",
  severity: "critical",
  selector: "true",
  rule: "resource.cpu_cores >= 4",
  for: "1s",
};
const LATE = "now > timestamp('2026-10-31T00:00:00Z')";
const refused = (spec: object) =>
  runExperiment({ name: "refused", ...spec } as ExperimentSpec, log).then(
    () => "it ran",
    ({ code, position, message }) => `${code} ${position} | ${message}`,
  );

describe("An analysis", () => {
  test("says of a log that is left as it is what it says of a replay, as of the same moment", async () => {
    const as_of = "2026-10-06T08:00:00Z";
    const run = await runExperiment({
      name: "as-it-was",
      range: { as_of },
      analyses: { verdicts: { analysis: "compliance" }, alarms: { analysis: "alerts" } },
    }, fleet);
    await using model = await replay(fleet, { asOf: as_of });
    const verdicts = (await compliance(model)).rows;
    expect(run.tables.verdicts!.rows.map(({ policy, resource, verdict, since }) => [
      policy,
      resource,
      verdict,
      since,
    ])).toEqual(verdicts.map((row) => [row.policy, row.resource, row.verdict, row.since]));
    expect(run.tables.verdicts!.column("verdict")).toContain("fail");
    expect(run.tables.alarms!.column("fired_at"))
      .toEqual((await alerts(model)).map(({ fired_at }) => fired_at ?? null));
  });

  test("tells what a policy would have said that is in no log", async () => {
    const { tables } = await runExperiment({
      name: "what-if",
      transformations: [{ ...set(CORES), at: 0 }],
      analyses: {
        verdicts: { analysis: "compliance", policy: "cores" },
        alarms: { analysis: "alerts" },
        later: { analysis: "alerts", to: "2026-11-01T00:00:00.5Z" },
      },
    }, log);
    expect(tables.verdicts!.rows).toMatchObject([
      { policy: "cores", hostname: "web", verdict: "fail", because: "resource.cpu_cores = 2" },
    ]);
    expect(tables.alarms!.rows).toMatchObject([{ policy: "cores", state: "firing" }]);
    expect(tables.later!.rows).toMatchObject([{ policy: "cores", state: "pending" }]);
  });

  test("is kept, compared by its key, and comes out the same again", async () => {
    const spec = (cores: number): ExperimentSpec => ({
      name: "kept",
      range: { as_of: "2026-11-01T00:00:10Z" },
      transformations: [{
        ...set({ ...CORES, rule: `${LATE} && resource.cpu_cores >= ${cores}` }),
        at: 0,
      }],
      queries: { hosts: { sql: "SELECT hostname FROM resources" } },
      analyses: { verdicts: { analysis: "compliance", policy: "cores" } },
    });
    const [fails, passes] = [
      await runExperiment(spec(4), log, { folder }),
      await runExperiment(spec(1), log, { folder }),
    ];
    expect(Object.keys(fails.manifest.files)).toEqual(["hosts.parquet", "verdicts.parquet"]);
    const found = await compareExperiments(fails.path!, passes.path!);
    expect(found.tables).toMatchObject([{ table: "verdicts", changed: 1, added: 0, removed: 0 }]);
    expect(found.tables[0]!.rows[0]).toMatchObject({
      key: { policy: "cores", hostname: "web" },
      cells: [{ column: "verdict", before: "fail", after: "pass" }],
    });
    const archive = await Archive.open(join(folder, "archive"));
    // The same moment is "now" again, whichever the last event is.
    expect(passes.tables.verdicts!.column("because")).toEqual([
      `now = "2026-11-01T00:00:10.000Z", resource.cpu_cores = 2`,
    ]);
    await archive.extend(log);
    expect(await verifyExperiment(passes.path!, archive)).toMatchObject({
      identical: true,
      tables: 2,
      rows: 2,
    });
  });

  test("has its parameters in the schema of a spec", () => {
    const schema = JSON.stringify(EXPERIMENT_SCHEMA);
    for (
      const word of ['"const":"compliance"', '"const":"alerts"', '"policy"', '"transformations"']
    ) {
      expect(schema).toContain(word);
    }
  });
});

describe("An analysis is refused", () => {
  const asked = (call: unknown, rest: object = {}) => refused({ analyses: { a: call }, ...rest });

  test("where there is none of that name, with those that there are", async () => {
    expect(await asked({ analysis: "complaince" })).toMatch(
      /^experiment_unknown \/analyses\/a\/analysis \|.*"complaince": there are alerts, classification, compliance$/,
    );
    expect(await asked({ analysis: "constructor" })).toMatch(/^experiment_unknown /);
  });

  test("with a parameter that it does not have, with those that it has", async () => {
    expect(await asked({ analysis: "compliance", polcy: "p" })).toMatch(
      /^experiment_invalid \/analyses\/a\/polcy \|.*there are analysis, policy$/,
    );
  });

  test("with a value that is none, before anything is folded", async () => {
    expect(await asked({ analysis: "alerts", from: "yesterday" })).toMatch(
      /^experiment_invalid \/analyses\/a\/from \|.*2026-11-01T00:00Z, not "yesterday"$/,
    );
    expect(await asked({ policy: "p" })).toMatch(/^experiment_invalid \/analyses\/a\/analysis /);
    expect(await asked("compliance")).toMatch(/^experiment_invalid \/analyses\/a /);
  });

  test("of a policy that is not there, with those that are", async () => {
    expect(await asked({ analysis: "compliance", policy: "q" })).toMatch(
      /^experiment_analysis \/analyses\/a \|.*"q".*there are p$/,
    );
  });

  test("from a moment that is after the one that it goes to", async () => {
    const period = { from: "2026-11-02T00:00Z", to: "2026-11-01T00:00Z" };
    expect(await asked({ analysis: "alerts", ...period })).toMatch(
      /^experiment_analysis \/analyses\/a \|.*from is after to/,
    );
  });

  test("under the name of a query, and where nothing is asked at all", async () => {
    const queries = { a: { sql: "SELECT 1 AS n" } };
    expect(await asked({ analysis: "compliance" }, { queries })).toMatch(
      /^experiment_invalid \/analyses\/a \|.*a query has that name/,
    );
    expect(await refused({})).toMatch(/^experiment_invalid \/queries \|.*queries or analyses/);
    expect(await refused({ analyses: {} })).toMatch(/^experiment_invalid \/analyses /);
  });
});

test("A policy whose rule is none is refused in an experiment as it is anywhere else", async () => {
  const rule = "resource.cpu_coers >= 4";
  expect(
    await refused({
      transformations: [set({ ...CORES, rule })],
      analyses: { verdicts: { analysis: "compliance" } },
    }),
  ).toMatch(/^experiment_refused \/transformations\/0\/add\/0\/data\/rule \|.*line 1.*cpu_coers/);
});

test("A secret in a command that is added is kept out of what is made of it", async () => {
  const run = await runExperiment({
    name: "secret",
    transformations: [{
      add: [{
        command: "ConfigureSoftware",
        data: {
          compute: "web",
          name: "app",
          kind: "service",
          configuration: { password: "hunter2" },
        },
      }],
    }],
    queries: {
      all: { sql: "SELECT configuration::VARCHAR AS said FROM software WHERE name = 'app'" },
    },
  }, log);
  expect(run.tables.all!.rows).toMatchObject([{ said: expect.stringContaining("redacted") }]);
});

test("The program that the README shows runs, and says what a lost rack leaves", async () => {
  const project = fileURLToPath(new URL("..", import.meta.url));
  const readme = await Deno.readTextFile(join(project, "README.md"));
  const [, section] = readme.split("\n## Experiments\n");
  const [, program] = section!.match(/```ts\n(.*?)```/s)!;
  const file = join(folder, "readme.ts");
  await Deno.writeTextFile(file, program!.replace("data/local/experiments", join(folder, "runs")));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--config", join(project, "deno.json"), "--check", file],
    cwd: project,
    env: { NO_COLOR: "1" },
  }).output();
  const out = new TextDecoder().decode(stdout);
  expect(code, new TextDecoder().decode(stderr)).toBe(0);
  expect(out).toMatch(/^left: 0 added, 3 removed, 3 changed, 3 same$/m);
  expect(out).toMatch(/^physical_server 3$/m);
  expect(out).toMatch(/^true$/m);
  expect(out).toMatch(/servers-are-redundant +critical +shop-app-01-copy +fail/);
  expect(out).toMatch(/servers-are-redundant +critical +shop-app-01-copy +firing/);
});
