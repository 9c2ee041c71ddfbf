import { describe, expect, test } from "vitest";
import { MACROS, TABLE_NAMES, TABLES, VIEWS } from "../../src/projections/sql/tables.ts";
import { replay } from "../../src/replay/replay.ts";
import { history } from "../replay/history.ts";

describe("The tables, views and macros of a read model", () => {
  test("are those that are named, and no other", async () => {
    await using model = await replay(await history());
    const names = await model.sql`
      SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal
      UNION ALL SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'`;
    expect(names.values.flat().sort()).toEqual([...TABLE_NAMES].sort());
    const macros = await model.sql`
      SELECT function_name || '(' || array_to_string(parameters, ', ') || ')'
      FROM duckdb_functions()
      WHERE schema_name = 'main' AND NOT internal AND function_type LIKE '%macro'`;
    expect(macros.values.flat().sort()).toEqual(MACROS.map(({ name }) => name).sort());
  });

  test("are each said once, in a line", () => {
    const all = [...TABLES, ...VIEWS, ...MACROS];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { what } of all) expect(what).toMatch(/^\S.{3,78}\S$/);
  });

  test("answer with no rows when nothing has happened", async () => {
    await using model = await replay(await history());
    for (const name of TABLE_NAMES) {
      expect((await model.query(`FROM ${name}`)).values, name).toEqual([]);
    }
    for (
      const call of [
        "resources_at('2026-11-01')",
        "networks_at('2026-11-01')",
        "connections_at('2026-11-01')",
        "software_at('2026-11-01')",
        "drift('2026-11-01', '2026-11-02')",
        "drift_by_sequence(0, 1)",
        "position_drift('2026-11-01', '2026-11-02')",
        "position_evidence('00000000-0000-0000-0000-000000000000')",
        "correlation_tree('00000000-0000-0000-0000-000000000000')",
      ]
    ) {
      expect((await model.query(`FROM ${call}`)).values, call).toEqual([]);
    }
    expect((await model.sql`SELECT sequence_at(${"2026-11-01"})`).values).toEqual([[0]]);
  });
});
