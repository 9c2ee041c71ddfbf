/** What a query gives is what is kept, whatever type it is of. */
import { afterAll, expect, test } from "vitest";
import { canonicalRow } from "../../src/replay/experiment_canonical.ts";
import { runExperiment } from "../../src/replay/experiment.ts";
import { loadTable } from "../../src/replay/experiment_parquet.ts";
import { history, STORY } from "./history.ts";

const folder = Deno.makeTempDirSync({ prefix: "cim-experiment-values-" });
afterAll(() => Deno.remove(folder, { recursive: true }));

test("every value comes back from its file as it was: numbers, moments, lists, structs, maps", async () => {
  const sql =
    `SELECT NULL AS nothing, [1, 2] AS list, {'a': 1, 'b': [TIMESTAMPTZ '2026-01-01 00:00:00+02']} AS struct,
    MAP {'k': 1} AS map, 1.5::DECIMAL(5, 2) AS decimal, sum(1) AS sum, -(2::HUGEINT ** 90)::HUGEINT AS huge, 0.1::FLOAT AS float,
    1e400::DOUBLE AS infinite, INTERVAL 3 DAY AS interval, DATE '2026-01-01' AS date, TIME '10:00' AS time, 'x'::BLOB AS blob,
    'a'::ENUM ('a', 'b') AS enum, '6a8d1aee-0cd6-5c95-8b18-a39324c87f90'::UUID AS uuid, TIMESTAMP '2026-01-01' AS moment,
    '{}'::JSON AS json, [1, 2]::INTEGER[2] AS array, ''::VARCHAR AS "it's ""quoted"""`;
  const run = await runExperiment(
    { name: "values", queries: { q: { sql } } },
    await history(STORY[0]!),
    {
      folder,
    },
  );
  const { files, tables } = run.manifest;
  const back = await loadTable(run.path!, "q", tables.q!, files["q.parquet"]);
  expect(back.rows.map(canonicalRow)).toEqual(run.rawTable("q")!.rows.map(canonicalRow));
  expect(run.tables.q!.rows[0]).toMatchObject({
    struct: { a: 1, b: ["2025-12-31T22:00:00.000000Z"] },
    huge: -(2n ** 90n),
  });
});
