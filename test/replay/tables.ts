/** Everything that is in a model, so that two can be held against each other. */
import { TABLES } from "../../src/projections/sql/tables.ts";
import type { Model } from "../../src/replay/model.ts";

/** The rows of every table that others are made of, as text and in the order in which they lie there. */
export async function everything(model: Model): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = { checkpoint: model.checkpoint };
  const tables = await model.query(
    `SELECT schema_name || '.' || table_name FROM duckdb_tables()
     WHERE database_name = current_database() AND NOT temporary ORDER BY ALL`,
  );
  for (const [name] of tables.values) {
    // What is parked is asked for in its order.
    const from = name === "fold.parked" ? `(FROM ${name} ORDER BY sequence)` : name;
    found[String(name)] = (await model.query(`SELECT COLUMNS(*)::VARCHAR FROM ${from}`)).values;
  }
  return found;
}

/** Of every table that people ask, how many rows it has, and their hash. */
export async function summaries(model: Model): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const { name } of TABLES) found[name] = await model.summary(name);
  return found;
}
