/** Tables in Parquet and CSV files, read for what they say in numbers. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { oneLine } from "../projections/projector_error.ts";
import { given, Unreadable } from "./given.ts";

/** How a file is read, by the ending of its name. Nothing in its path is a pattern or says a value. */
const READERS: Record<string, string> = {
  ".parquet": "read_parquet($file, hive_partitioning = false)",
  // Types by all rows: of the first ones, a column might have none.
  ".csv": "read_csv($file, hive_partitioning = false, sample_size = -1)",
};

/** What a CSV file says where a number is missing. */
const MISSING = "('NA', 'NaN', 'nan', 'null')";

/** The types of DuckDB that count as numbers. */
const NUMERIC =
  /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN)$/;

/** A table cannot be used for what it was given for. */
export class TableUnfit extends Error {
  override readonly name = "TableUnfit";
  /** Stable, for programs. */
  readonly code = "table_unfit";
  /**
   * @param file its path, as it was given
   * @param reason why, and what to do
   */
  constructor(readonly file: string, readonly reason: string) {
    super(`${file}: ${reason}`);
  }
}

/** A column of a file: its name and its type, as DuckDB calls it. */
export interface FileColumn {
  readonly name: string;
  readonly type: string;
}

/** A file with a table, loaded. */
export class TableFile {
  readonly #connection: DuckDBConnection;
  readonly #table: string;

  private constructor(
    connection: DuckDBConnection,
    table: string,
    /** As it was given. */
    readonly path: string,
    readonly columns: readonly FileColumn[],
    readonly rows: number,
  ) {
    this.#connection = connection;
    this.#table = table;
  }

  /**
   * Loads a file into a database.
   *
   * @param table what it is called there; one of that name is replaced
   * @throws {Unreadable} when it is not there, or is not what its name's ending says
   */
  static async load(connection: DuckDBConnection, path: string, table: string): Promise<TableFile> {
    const reader = READERS[extname(path).toLowerCase()];
    if (!reader) {
      throw new Unreadable(
        `Cannot read ${path}: its name ends in none of ${Object.keys(READERS).join(", ")}`,
      );
    }
    const name = quoted(table);
    try {
      await stat(given(path));
      // DuckDB takes these for patterns of names.
      const file = given(path).replace(/[*?[]/g, "[$&]");
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS FROM ${reader}`, { file });
    } catch (error) {
      throw new Unreadable(`Cannot read ${path}: ${oneLine(error)}`, { cause: error });
    }
    let columns = await columnsOf(connection, name);
    if (extname(path).toLowerCase() === ".csv") {
      for (const own of columns.filter(({ type }) => type === "VARCHAR")) {
        await readNumbers(connection, name, quoted(own.name));
      }
      columns = await columnsOf(connection, name);
    }
    const [counted] = (await connection.runAndReadAll(`SELECT count(*) FROM ${name}`)).getRows();
    return new TableFile(connection, name, path, columns, Number(counted![0]));
  }

  /** The columns that say numbers: booleans are 0 and 1. */
  numeric(): FileColumn[] {
    return this.columns.filter(({ type }) => NUMERIC.test(type));
  }

  /** The column of a name. */
  column(name: string): FileColumn | undefined {
    return this.columns.find((column) => column.name === name);
  }

  /** The numbers in a column, row by row; NaN where there is none. What can be no number is refused by DuckDB. */
  async numbers(name: string): Promise<Float64Array> {
    const query = `SELECT CAST(${quoted(name)} AS DOUBLE) FROM ${this.#table}`;
    const [values = []] = (await this.#connection.runAndReadAll(query)).getColumns();
    return Float64Array.from(values, (value) => typeof value === "number" ? value : NaN);
  }

  /** What a column says, as text; null where it says nothing. */
  async texts(name: string): Promise<(string | null)[]> {
    const query = `SELECT CAST(${quoted(name)} AS VARCHAR) FROM ${this.#table}`;
    const [values = []] = (await this.#connection.runAndReadAll(query)).getColumns();
    return values as (string | null)[];
  }

  /** When it was, as a column says: microseconds, or the numbers in it; null where it says none. */
  async moments(name: string): Promise<(bigint | number | null)[]> {
    const isNumber = this.numeric().some((column) => column.name === name);
    const moment = isNumber
      ? `CAST(${quoted(name)} AS DOUBLE)`
      : `epoch_us(TRY_CAST(${quoted(name)} AS TIMESTAMP))`;
    const query = `SELECT ${moment} FROM ${this.#table}`;
    const [values = []] = (await this.#connection.runAndReadAll(query)).getColumns();
    return values as (bigint | number | null)[];
  }

  /** Whether a column says anything. */
  async hasValues(name: string): Promise<boolean> {
    const said = `${quoted(name)}::VARCHAR NOT IN ${MISSING}`;
    const query = `SELECT count(*) FILTER (${said}) FROM ${this.#table}`;
    const [counted] = (await this.#connection.runAndReadAll(query)).getRows();
    return Number(counted![0]) > 0;
  }

  /** The first value of a column that is no number, and its row, from 1; undefined where all are. */
  async firstText(name: string): Promise<{ row: number; value: string } | undefined> {
    const text = `${quoted(name)}::VARCHAR`;
    const query = `SELECT rowid + 1, ${text} FROM ${this.#table}
      WHERE ${text} NOT IN ${MISSING} AND TRY_CAST(${text} AS DOUBLE) IS NULL ORDER BY rowid LIMIT 1`;
    const [first] = (await this.#connection.runAndReadAll(query)).getRows();
    return first && { row: Number(first[0]), value: String(first[1]) };
  }
}

async function columnsOf(connection: DuckDBConnection, table: string): Promise<FileColumn[]> {
  const described = (await connection.runAndReadAll(`DESCRIBE ${table}`)).getRowObjects();
  return described.map(({ column_name, column_type }) => ({
    name: String(column_name),
    type: String(column_type),
  }));
}

/** Makes numbers or booleans of a column of text that says nothing else, but where it says that they are missing. */
async function readNumbers(
  connection: DuckDBConnection,
  table: string,
  column: string,
): Promise<void> {
  const query = `SELECT count(*), count(*) FILTER (regexp_full_match(said, '[+-]?[0-9]{1,18}')),
      count(TRY_CAST(said AS DOUBLE)), count(*) FILTER (lower(said) IN ('true', 'false'))
    FROM (SELECT ${column} AS said FROM ${table}) WHERE said NOT IN ${MISSING}`;
  const [counts] = (await connection.runAndReadAll(query)).getRows();
  const [all, whole, numbers, truths] = counts!.map(Number);
  if (all === 0) return;
  const type = whole === all
    ? "BIGINT"
    : numbers === all
    ? "DOUBLE"
    : truths === all
    ? "BOOLEAN"
    : undefined;
  if (!type) return;
  await connection.run(
    `ALTER TABLE ${table} ALTER ${column} TYPE ${type}
      USING CASE WHEN ${column} NOT IN ${MISSING} THEN ${column}::${type} END`,
  );
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
