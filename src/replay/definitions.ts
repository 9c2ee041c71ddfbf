/** Whether the views and macros of a model are those that this version of the program makes. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { join } from "node:path";
import { removePaths } from "../projections/sql/aside.ts";
import { closeDatabase, openDatabase } from "../projections/sql/database.ts";
import { createModel, definition } from "../projections/sql/fold.ts";
import { attached } from "./compare.ts";
import { ModelDamaged } from "./model_error.ts";

/** Of each view and macro, under its name, what it is. */
type Definitions = Map<string, string>;

/**
 * The views and macros of a model in a file that are not as this version of the program makes them, with those that only
 * one of the two has, by name. One of positions has none.
 *
 * @param path of a model that this version of the program made; it is only read
 * @param made its definition
 * @throws {ModelDamaged} when they cannot be read
 */
export async function otherDefinitions(path: string, made: string): Promise<string[]> {
  const expected = made === await definition() ? await (ours ??= madeHere()) : new Map();
  const found = await definitionsOf(path);
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].filter((name) => expected.get(name) !== found.get(name)).sort();
}

let ours: Promise<Definitions> | undefined;

/** From a file too: the database writes a definition that it has read otherwise than one that it was given. */
async function madeHere(): Promise<Definitions> {
  const folder = await Deno.makeTempDir({ prefix: "cim-definitions-" });
  try {
    const path = join(folder, "model.duckdb");
    const database = await openDatabase(path);
    try {
      await createModel(database.connection, { name: "", incarnation: "" });
    } finally {
      closeDatabase(database);
    }
    return await definitionsOf(path);
  } finally {
    await removePaths(folder);
  }
}

async function definitionsOf(path: string): Promise<Definitions> {
  const database = await openDatabase(":memory:");
  try {
    const found = await attached(database.connection, path, () => read(database.connection));
    if ("unreadable" in found) throw new ModelDamaged(path, found.unreadable);
    return found;
  } finally {
    closeDatabase(database);
  }
}

async function read(connection: DuckDBConnection): Promise<Definitions> {
  const reader = await connection.runAndReadAll(
    `SELECT concat_ws('.', schema_name, view_name), sql
     FROM duckdb_views() WHERE database_name = 'old_model' AND NOT internal
     UNION ALL
     SELECT concat_ws('.', schema_name, function_name),
       string_agg(concat_ws(' ', function_type, parameters, macro_definition), '; ' ORDER BY macro_definition)
     FROM duckdb_functions() WHERE database_name = 'old_model' AND NOT internal GROUP BY 1`,
  );
  return new Map(
    reader.getRowsJS().map(([name, sql]) => [plain(String(name)), inOneOrder(String(sql))]),
  );
}

/** As people ask for it. */
function plain(name: string): string {
  return name.replace(/^main\./, "");
}

/** What is left out of a `*` is a set, which the database writes in another order each time that it has read it. */
function inOneOrder(sql: string): string {
  return sql.replace(
    /EXCLUDE \(([^()]*)\)/g,
    (_, names: string) => `EXCLUDE (${names.split(", ").sort().join(", ")})`,
  );
}
