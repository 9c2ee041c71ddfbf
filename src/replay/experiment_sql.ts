/** The SQL of an experiment: what may be asked, and how it is. */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import { ExperimentError } from "./experiment_error.ts";
import type { RawTable } from "./experiment_canonical.ts";
import type { Parameters } from "./experiment_spec.ts";
import { boundValue } from "./values.ts";

/** A query, and where in the spec it stands. */
export interface Asked {
  sql: string;
  /** As a JSON pointer. */
  position: string;
}

/** Names that the database gives the present moment without a call. */
const MOMENTS = [
  "current_timestamp",
  "current_date",
  "current_time",
  "localtimestamp",
  "localtime",
  "current_localtimestamp",
  "current_localtime",
];
/** What tells of the machine or the session and not of the log, or runs a text as SQL. */
const OF_THE_MACHINE =
  /^(duckdb_|pragma_|parquet_|read_|test_|(enable|disable)_|current_setting$|getvariable$|query(_table)?$|json_execute_serialized_sql$|glob$|sniff_csv$|which_secret$|(force_)?checkpoint$|truncate_duckdb_logs$|sql_auto_complete$|check_peg_parser$|pg_timezone_names$)/;
/** Views in which the database numbers what it has: otherwise on the way by a log than by an archive. */
const OF_THE_CATALOGUE = /^(pg_catalog\.|[^.]*\.(pg_|sqlite_|duckdb_|pragma_))/i;
/** How large a table may be, in bytes, at 16 for each value and what its text has: it is held in memory. */
const MOST_BYTES = 500_000_000;
/** What Parquet has no type for, or the database does not write to it as it is. */
const NOT_KEPT =
  /\b(BIT|UNION|VARIANT|BIGNUM|GEOMETRY|TIMESTAMP_M?S|U?HUGEINT)\b|\bTIME WITH TIME ZONE/;
/** Varies, and yet may be asked: the seed says what it gives, or it gives nothing. */
const SEEDED = ["random", "error"];

/**
 * Checks that a text is one SELECT that gives the same each time, and that its tables, columns and parameters are there.
 *
 * @returns whether it gives its rows an order
 * @throws {ExperimentError} `experiment_query`, or `experiment_unknown` for a parameter
 */
export async function checkSql(
  connection: DuckDBConnection,
  asked: Asked,
  parameters: Parameters,
): Promise<{ ordered: boolean }> {
  const tree = await parsed(connection, asked);
  const [statement, more] = tree.statements;
  if (!statement || more) {
    fault(asked, `it is ${statement ? "several" : "no"} statements: ask one SELECT`);
  }
  const varies = await varyingFunctions(connection);
  for (const node of nodesOf(statement)) {
    if (node.sample) {
      fault(asked, "a SAMPLE is another one each time: ORDER BY hash(…, $seed) LIMIT n");
    }
    const { function_name: name, column_names: columns, table_name: table } = node;
    if (typeof table === "string" && OF_THE_CATALOGUE.test(`${node.schema_name}.${table}`)) {
      fault(asked, `${table} is of the database itself, and not of the log`, node);
    }
    if (typeof name === "string") {
      const called = name.toLowerCase();
      const isNow = called === "age" && listOf(node.children).length === 1;
      if (varies.has(called) || OF_THE_MACHINE.test(called) || isNow) {
        fault(asked, `${name}() is not the same each time, or not of the log`, node);
      }
    }
    const [column, part] = listOf(columns);
    if (part === undefined && MOMENTS.includes(String(column).toLowerCase())) {
      fault(asked, `${column} is not the same each time: put a moment into the parameters`, node);
    }
  }
  (await prepared(connection, asked, parameters)).destroySync();
  const { modifiers } = statement.node as Node;
  return { ordered: listOf(modifiers).some((one) => (one as Node).type === "ORDER_MODIFIER") };
}

/**
 * Asks what was checked.
 *
 * @param parameters each that the query names has its value
 * @param signal ends it, with its reason
 * @param most how large the table may be, in bytes
 * @throws {ExperimentError} `experiment_query`
 */
export async function ask(
  connection: DuckDBConnection,
  asked: Asked,
  parameters: Parameters,
  signal: AbortSignal,
  most: number = MOST_BYTES,
): Promise<Pick<RawTable, "columns" | "rows">> {
  signal.throwIfAborted();
  const interrupt = () => connection.interrupt();
  signal.addEventListener("abort", interrupt);
  const statement = await prepared(connection, asked, parameters);
  try {
    const values: Record<string, ReturnType<typeof boundValue>> = {};
    for (let at = 1; at <= statement.parameterCount; at++) {
      const name = statement.parameterName(at);
      values[name] = boundValue(parameters[name]);
    }
    statement.bind(values);
    const result = await statement.stream();
    const types = result.columnTypes();
    const rows: DuckDBValue[][] = [];
    for (let left = most;;) {
      signal.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      const vectors = types.map((_, at) => chunk.getColumnVector(at));
      for (let at = 0; at < chunk.rowCount; at++) {
        rows.push(vectors.map((vector) => {
          const value = vector.getItem(at);
          left -= 16 + (typeof value === "string" ? value.length : 0);
          if (left < 0) {
            fault(asked, `its first ${rows.length} rows are all that can be held: ask for less`);
          }
          return value;
        }));
      }
    }
    return {
      columns: result.columnNames().map((name, at) => ({ name, type: String(types[at]) })),
      rows,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ExperimentError) throw error;
    fault(asked, textOf(error), undefined, error);
  } finally {
    signal.removeEventListener("abort", interrupt);
    statement.destroySync();
  }
}

/**
 * Checks that what a query gives can be kept as it is.
 *
 * @throws {ExperimentError} `experiment_query`
 */
export function checkColumns(asked: Asked, columns: RawTable["columns"]): void {
  const seen = new Set<string>();
  for (const { name, type } of columns) {
    if (seen.has(name.toLowerCase())) {
      fault(asked, `two columns are called ${name}: name them with AS`);
    }
    seen.add(name.toLowerCase());
    const bare = type.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, ""); // names of fields, values of enums
    if (NOT_KEPT.test(bare) && bare !== "HUGEINT") {
      fault(
        asked,
        `the column ${name} is ${type}, of which a file would keep something else: cast it`,
      );
    }
  }
}

async function prepared(
  connection: DuckDBConnection,
  asked: Asked,
  parameters: Parameters,
): Promise<DuckDBPreparedStatement> {
  let statement: DuckDBPreparedStatement;
  try {
    statement = await connection.prepare(asked.sql);
  } catch (error) {
    fault(asked, textOf(error), undefined, error);
  }
  for (let at = 1; at <= statement.parameterCount; at++) {
    const name = statement.parameterName(at);
    if (Object.hasOwn(parameters, name)) continue;
    statement.destroySync();
    const known = Object.keys(parameters).map((one) => `$${one}`).join(", ");
    throw new ExperimentError(
      "experiment_unknown",
      asked.position,
      `there is no parameter $${name}: there are ${known}; add it to /parameters`,
    );
  }
  return statement;
}

type Node = Record<string, unknown>;

/** The syntax tree of a text, as the database gives it. */
async function parsed(
  connection: DuckDBConnection,
  asked: Asked,
): Promise<{ statements: Node[] }> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($sql::VARCHAR)", {
    sql: asked.sql,
  });
  // The database writes numbers into it that JSON does not have.
  const json = String(reader.getRows()[0]![0])
    .replaceAll(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (part) => part[0] === '"' ? part : "null");
  const tree = JSON.parse(json);
  if (!tree.error) return tree;
  if (tree.error_type !== "parser") {
    fault(asked, "it is no SELECT: an experiment only asks", undefined, tree);
  }
  fault(asked, tree.error_message, { query_location: Number(tree.position) });
}

/** Every object in a tree. */
function* nodesOf(tree: unknown): Generator<Node> {
  const left = [tree];
  for (const one of left) {
    if (typeof one !== "object" || one === null) continue;
    left.push(...Object.values(one));
    if (!Array.isArray(one)) yield one as Node;
  }
}

let varying: Set<string> | undefined;

/** The functions of the database that do not give the same for the same each time. */
async function varyingFunctions(connection: DuckDBConnection): Promise<Set<string>> {
  if (varying) return varying;
  const reader = await connection.runAndReadAll(
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'",
  );
  return varying = new Set(
    reader.getRows().map(([name]) => String(name)).filter((name) => !SEEDED.includes(name)),
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What the database says, without the picture of where: that is said by the line. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.match(/^LINE (\d+): /m)?.[1];
  const said = text.replace(/\s*\n\s*LINE \d+: [\s\S]*$/, "").replaceAll(/\s*\n+\s*/g, " ");
  return line === undefined || said.includes(`line ${line}`) ? said : `${said} (line ${line})`;
}

function fault(asked: Asked, reason: string, node?: Node, cause?: unknown): never {
  const at = Number(node?.query_location ?? NaN);
  const before = at <= asked.sql.length ? asked.sql.slice(0, at).split("\n") : undefined;
  const where = before ? ` (line ${before.length}, column ${before.at(-1)!.length + 1})` : "";
  throw new ExperimentError("experiment_query", asked.position, `${reason}${where}`, { cause });
}
