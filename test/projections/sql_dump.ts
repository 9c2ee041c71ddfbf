/** What is in the SQL read model, to compare it with another. */
import type { DuckDBConnection } from "@duckdb/node-api";

/** Every row of every table but the checkpoint and what is parked, as text, sorted. */
export async function dumpTables(connection: DuckDBConnection): Promise<Record<string, unknown>> {
  const dump: Record<string, unknown> = {};
  const tables = await connection.runAndReadAll(
    `SELECT concat_ws('.', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_name NOT IN ('checkpoint', 'parked') ORDER BY name`,
  );
  for (const [name] of tables.getRowsJS()) {
    const rows = await connection.runAndReadAll(
      `SELECT COLUMNS(*)::VARCHAR FROM ${name} ORDER BY ALL`,
    );
    dump[String(name)] = rows.getRowObjectsJS();
  }
  return dump;
}
