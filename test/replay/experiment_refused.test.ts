/** What is wrong with an experiment is said, with where it is and what to do. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemoryLog } from "../../src/log/memory.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import type { ExperimentSpec } from "../../src/replay/experiment_spec.ts";
import { ask } from "../../src/replay/experiment_sql.ts";
import { closeDatabase, openDatabase } from "../../src/projections/sql/database.ts";
import { history, STORY } from "./history.ts";

let log: MemoryLog;
beforeAll(async () => {
  log = await history(...STORY);
});
const file = Deno.makeTempFileSync({ suffix: ".csv" });
afterAll(() => Deno.remove(file));

const DEFINE = { command: "DefineNetwork", data: { name: "lan", cidr: "10.9.0.0/24" } };
const queries = { all: { sql: "SELECT hostname FROM resources" } };
const refused = async (spec: object | string) =>
  await runExperiment(
    (typeof spec === "string" ? spec : { name: "x", queries, ...spec }) as ExperimentSpec,
    log,
  ).then(
    () => "it ran",
    ({ code, position, message }) => `${code} ${position} | ${message}`,
  );
const asking = (sql: string, rest: object = {}) => refused({ queries: { q: { sql } }, ...rest });

describe("A spec is refused", () => {
  test.each<[string, object | string, RegExp]>([
    ["that is not JSON", "{", /^experiment_invalid {2}\| it is not JSON/],
    ["with a field of no such name", { qeries: 1 }, /^experiment_invalid \/qeries .*there are/],
    ["without queries", { queries: {} }, /^experiment_invalid \/queries /],
    [
      "with a query whose name is no name of a table",
      { queries: { "../q": { sql: "SELECT 1" } } },
      /^experiment_invalid \/queries\/..~1q .*like cpu_load, not "..\/q"/,
    ],
    [
      "with a seed among its parameters",
      { parameters: { seed: 5 } },
      /^experiment_invalid \/parameters\/seed .*\/seed/,
    ],
    [
      "with a parameter that nothing reads, though a text has its name",
      { parameters: { most: 3 }, queries: { q: { sql: "SELECT '$most', $most_of -- $most" } } },
      /^experiment_empty \/parameters\/most .*about nothing/,
    ],
    [
      "with a value of none of several types, which it names",
      { parameters: { most: [1] } },
      /^experiment_invalid \/parameters\/most .*must be string, number, boolean or null, not \[1\]/,
    ],
    [
      "with a name that is none, in words",
      { name: "Two Words" },
      /^experiment_invalid \/name .*Small letters and digits.*, not "Two Words"/,
    ],
    [
      "with a duration that is none, by example",
      { projection: { position_window: "soon" } },
      /^experiment_invalid \/projection\/position_window .*15m.*, not "soon"/,
    ],
    [
      "with a selection that selects by nothing, with what it can select by",
      { filter: {} },
      /^experiment_invalid \/filter .*it is empty: say one of event_types, resources, events, from, to/,
    ],
    [
      "with a merge that adds what is no field of the event",
      { transformations: [{ change: { to: 2 }, merge: { labels: {} } }] },
      /^experiment_refused \/transformations\/0\/merge .*labels is no field of it.*, or say the event_types/,
    ],
    [
      "also where it has said which events",
      { transformations: [{ change: { event_types: ["ComputeRegistered"] }, merge: { no: 1 } }] },
      /^experiment_refused \/transformations\/0\/merge .*no is no field of it; change less of it$/,
    ],
    [
      "with a number that JSON does not keep",
      { parameters: { most: 2 ** 53 } },
      /^experiment_invalid \/parameters\/most .*9007199254740992/,
    ],
    [
      "with half a character",
      { parameters: { name: "\ud800" } },
      /^experiment_invalid \/parameters\/name .*surrogate/,
    ],
    ["with what has no form in JSON", { seed: 5n }, /^experiment_invalid {2}\|.*BigInt/],
    [
      "with a merge that says nothing",
      { transformations: [{ change: { to: 3 }, merge: {} }] },
      /^experiment_invalid \/transformations\/0\/merge /,
    ],
    [
      "with a merge that leaves everything as it is",
      { transformations: [{ change: { resources: ["web"], to: 1 }, merge: { hostname: "web" } }] },
      /^experiment_empty \/transformations\/0\/change /,
    ],
    [
      "with a moment that is none",
      { range: { as_of: "then" } },
      /^experiment_invalid \/range\/as_of/,
    ],
    [
      "with an event type that is not there",
      { transformations: [{ drop: { event_types: ["Bought"] } }] },
      /^experiment_invalid \/transformations\/0\/drop\/event_types\/0 .*ComputeRegistered/,
    ],
    [
      "with a transformation that is none",
      { transformations: [{ drop: { to: 3 } }, { remove: {} }] },
      /^experiment_invalid \/transformations\/1 /,
    ],
    [
      "that changes what an event is about",
      { transformations: [{ change: { to: 3 }, merge: { compute: "x" } }] },
      /^experiment_invalid \/transformations\/0\/merge\/compute/,
    ],
    [
      "of sequences that are not there",
      { range: { sequence: 8 } },
      /^experiment_unknown \/range\/sequence .*0 to 7/,
    ],
    [
      "of a part that is empty",
      { range: { from_sequence: 9 } },
      /^experiment_unknown \/range\/from_sequence/,
    ],
    [
      "with a filter that leaves nothing",
      { filter: { event_types: ["ConceptDefined"] } },
      /^experiment_empty \/filter /,
    ],
    [
      "with a place that is outside its range",
      { range: { sequence: 5 }, transformations: [{ add: [DEFINE], at: 6 }] },
      /^experiment_unknown \/transformations\/0\/at .*0 to 5/,
    ],
    [
      "with a resource that is not there",
      { transformations: [{ drop: { resources: ["web", "wbe"] } }] },
      /^experiment_unknown \/transformations\/0\/drop\/resources\/1 .*"wbe"/,
    ],
    [
      "with a SELECT that selects nothing",
      { transformations: [{ drop: { events: { sql: "SELECT 1 WHERE false" } } }] },
      /^experiment_empty \/transformations\/0\/drop\/events\/sql/,
    ],
    [
      "with a transformation that is about nothing",
      { transformations: [{ drop: { event_types: ["PolicyRevoked"] } }] },
      /^experiment_empty \/transformations\/0\/drop/,
    ],
    [
      "with a command that is refused",
      {
        transformations: [{
          add: [{ command: "ChangeComputeStatus", data: { compute: "web", status: "broken" } }],
        }],
      },
      /^experiment_refused \/transformations\/0\/add\/0\/data\/status .*maintenance/,
    ],
    [
      "with a change that leaves no event",
      {
        transformations: [{
          change: { event_types: ["ComputeRegistered"] },
          merge: { hostname: 7 },
        }],
      },
      /^experiment_refused \/transformations\/0\/merge .*event 1 \(ComputeRegistered\).*hostname/,
    ],
  ])("%s", async (_, spec, expected) => {
    expect(await refused(spec)).toMatch(expected);
  });
});

describe("SQL is refused", () => {
  test.each<[string, string, RegExp]>([
    [
      "that is none, with line and column",
      "SELECT\n  hostname FORM x y",
      /^experiment_query \/queries\/q\/sql .*line 2/,
    ],
    ["about a table that is not there", "FROM resorces", /resorces.*Did you mean/],
    ["about a column that is not there", "SELECT hostnam FROM resources", /hostnam/],
    [
      "with a parameter that is not there",
      "SELECT $threshold",
      /^experiment_unknown .*\$threshold.*\$seed/,
    ],
    ["that is several statements", "SELECT 1; SELECT 2", /several statements/],
    ["that writes", "CREATE TABLE x (a INTEGER)", /no SELECT/],
    ["that copies to a file", `COPY (SELECT 1) TO '${file}'`, /no SELECT/],
    ["that reads a file", `SELECT * FROM read_csv('${file}')`, /read_csv/],
    ["that reads a file as a table", `FROM '${file}'`, /file system|Cannot access/],
    [
      "that gives the present moment",
      "SELECT\n now()",
      /now\(\) is not the same each time.*line 2, column 2/,
    ],
    [
      "that gives it without a call",
      "SELECT current_timestamp",
      /current_timestamp is not the same/,
    ],
    ["that draws an id", "SELECT gen_random_uuid()", /gen_random_uuid/],
    ["that runs a text", "FROM query('SELECT now()')", /query\(\)/],
    ["that tells of the machine", "SELECT current_setting('threads')", /current_setting/],
    [
      "about the database itself",
      "SELECT oid FROM pg_catalog.pg_class",
      /pg_class is of the database/,
    ],
    ["about it by another name", "FROM duckdb_tables", /duckdb_tables is of the database/],
    ["that samples", "FROM events USING SAMPLE 3", /SAMPLE/],
    ["with two columns of one name", "SELECT 1 AS a, 2 AS a", /two columns are called a/],
    ["with a type that no file keeps", "SELECT [1::HUGEINT] AS a", /the column a is HUGEINT\[\]/],
    ["that fails on a value", "SELECT 'x'::INTEGER", /^experiment_query .*Could not convert/],
  ])("%s", async (_, sql, expected) => {
    expect(await asking(sql)).toMatch(expected);
  });

  test("whose key does not tell its rows apart, or is not among its columns", async () => {
    const sql = "SELECT aggregate_type, sequence FROM events";
    const keyed = (key: string[]) => refused({ queries: { q: { sql, key } } });
    expect(await keyed(["aggregate_type"])).toMatch(/^experiment_key \/queries\/q\/key .*two rows/);
    expect(await keyed(["kind"])).toMatch(
      /^experiment_key \/queries\/q\/key\/0 .*aggregate_type, sequence/,
    );
    expect(await keyed(["sequence", "sequence"])).toMatch(
      /^experiment_invalid \/queries\/q\/key\/1 .*"sequence" is there twice/,
    );
    let deep: unknown = [];
    for (let depth = 0; depth < 5_000; depth++) deep = [deep];
    expect(await keyed([deep, deep] as never)).toMatch(/^experiment_invalid \/queries\/q\/key/);
    expect(await keyed(["sequence"])).toBe("it ran");
  });

  test("that gives more than can be held", async () => {
    const database = await openDatabase(":memory:");
    const asked = { sql: "SELECT range, 'text' FROM range(100)", position: "/queries/q/sql" };
    const { signal } = new AbortController();
    const held = (most: number) => ask(database.connection, asked, {}, signal, most);
    await expect(held(3_599)).rejects.toMatchObject({
      code: "experiment_query",
      message: expect.stringContaining("its first 99 rows"),
    });
    expect((await held(3_600)).rows).toHaveLength(100);
    closeDatabase(database);
  });

  test("that takes for ever, when its time is over", async () => {
    const sql =
      "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 5";
    expect(await asking(sql, { timeout_seconds: 0.7 })).toMatch(
      /^experiment_timeout \/timeout_seconds .*0.7 s/,
    );
  });

  test("and a value is a value, whatever it says", async () => {
    const hostile = `'; DROP TABLE resources; --`;
    const run = await runExperiment({
      name: "hostile",
      parameters: { hostile },
      queries: { q: { sql: "SELECT $hostile AS said, count(*) AS n FROM resources" } },
    }, log);
    expect(run.tables.q!.values).toEqual([[hostile, 1]]);
  });
});
