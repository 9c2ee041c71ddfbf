/** The tables of a run, kept as Parquet files. */
import { type DuckDBConnection, DuckDBDecimalValue } from "@duckdb/node-api";
import { join } from "node:path";
import { closeDatabase, isAboutValues, openDatabase } from "../projections/sql/database.ts";
import { oneLine } from "../projections/projector_error.ts";
import type { RawTable } from "./experiment_canonical.ts";
import { ExperimentError } from "./experiment_error.ts";
import { hashOfFile } from "./experiment_files.ts";
import { MADE_ANEW } from "./experiment_manifest.ts";

/** Parquet has no whole numbers of 128 bits, and would round them. */
const AS_DECIMAL = new Set(["HUGEINT"]);

/**
 * Writes tables to files of their names.
 *
 * @param positionOf where in the spec a table is asked for
 * @returns SHA-256 of each file, by its name
 * @throws {ExperimentError} `experiment_query` for a whole number of more than 38 digits
 */
export async function saveTables(
  folder: string,
  tables: Record<string, RawTable>,
  positionOf: (table: string) => string,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const database = await openDatabase(":memory:", { threads: "1" });
  try {
    for (const [name, table] of Object.entries(tables)) {
      await fill(database.connection, table);
      const file = join(folder, `${name}.parquet`);
      const columns = table.columns.map(({ name, type }) =>
        AS_DECIMAL.has(type) ? `${quoted(name)}::DECIMAL(38, 0) AS ${quoted(name)}` : quoted(name)
      );
      const query = `SELECT ${columns.join(", ")} FROM result`;
      const copy = `COPY (${query}) TO $file (FORMAT parquet, COMPRESSION zstd)`;
      await database.connection.run(copy, { file }).catch((error) => {
        if (!isAboutValues(error)) throw error;
        const reason = `it cannot be kept: ${
          oneLine(error).replace(/ LINE \d+: .*$/, "")
        }; cast it`;
        throw new ExperimentError("experiment_query", positionOf(name), reason);
      });
      files[`${name}.parquet`] = await hashOfFile(file);
    }
    return files;
  } finally {
    closeDatabase(database);
  }
}

async function fill(connection: DuckDBConnection, { columns, rows }: RawTable): Promise<void> {
  const defined = columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  await connection.run(`CREATE OR REPLACE TABLE result (${defined.join(", ")})`);
  const appender = await connection.createAppender("result");
  const types = columns.map((_, at) => appender.columnType(at));
  for (const row of rows) {
    for (const [at, value] of row.entries()) appender.appendValue(value, types[at]!);
    appender.endRow();
  }
  appender.closeSync();
}

/**
 * Reads a table back, in the order in which it was written.
 *
 * @param entry what the manifest says of it
 * @param sha256 of the file, as it was written
 * @throws {ExperimentError} `experiment_damaged`
 */
export async function loadTable(
  folder: string,
  name: string,
  { columns }: Pick<RawTable, "columns">,
  sha256: string | undefined,
): Promise<Pick<RawTable, "columns" | "rows">> {
  const file = join(folder, `${name}.parquet`);
  const database = await openDatabase(":memory:", { threads: "1" });
  try {
    if (await hashOfFile(file) !== sha256) throw new RangeError("its SHA-256 is another");
    const reader = await database.connection.runAndReadAll("FROM read_parquet($file)", { file });
    const rows = reader.getRows().map((row) =>
      row.map((value, at) =>
        AS_DECIMAL.has(columns[at]!.type) && value instanceof DuckDBDecimalValue
          ? value.value
          : value
      )
    );
    return { columns, rows };
  } catch (error) {
    const reason = `${file} is not as it was written: ${oneLine(error)}; ${MADE_ANEW}`;
    throw new ExperimentError("experiment_damaged", "", reason, { cause: error });
  } finally {
    closeDatabase(database);
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
