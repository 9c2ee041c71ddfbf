/** The types of a file's columns: by all that is in them, or as the mapping says. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { MappingInvalid } from "./file_mapping.ts";
import type { FileTableOptions } from "./file_source.ts";
import { identifier, text } from "./mapped_fields.ts";

/** What the texts in a column may be, the first that all of them are; numbers that begin with 0 are names. */
const TYPES: [type: string, is: (column: string) => string][] = [
  ["BIGINT", (own) => `regexp_full_match(${own}, '[+-]?(0|[1-9][0-9]{0,17})')`],
  [
    "DOUBLE",
    (own) =>
      `regexp_full_match(${own}, '[+-]?(0|[1-9][0-9]*|)(\\.[0-9]*)?([eE][+-]?[0-9]{1,3})?')
      AND TRY_CAST(${own} AS DOUBLE) IS NOT NULL`,
  ],
  ["BOOLEAN", (own) => `lower(${own}) IN ('true', 'false')`],
  [
    "TIMESTAMP",
    (own) => `${isDate(own)} AND TRY_CAST(${own} AS TIMESTAMP) IS NOT NULL AND ${hasNoZone(own)}`,
  ],
  ["TIMESTAMPTZ", (own) => `${isDate(own)} AND TRY_CAST(${own} AS TIMESTAMPTZ) IS NOT NULL`],
];

/** Whether a text begins with a date. */
function isDate(own: string): string {
  return `regexp_matches(${own}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}')`;
}

/** Whether a date does not say its zone. */
function hasNoZone(own: string): string {
  return `(length(${own}) = 10 OR NOT regexp_matches(${own}, '[0-9]([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$'))`;
}

/** A column of the table `file`. */
export interface FileColumn {
  name: string;
  /** The name under which it is there as the text that is in the file, where its type is another one. */
  text?: string;
}

/**
 * Makes the table `file` of the table `read`: texts that are all numbers are numbers, and there as texts too, as a version
 * 1.10 is not 1.1. A row of which a column is not what the mapping says is refused.
 *
 * @throws {MappingInvalid} for a column that is not there
 */
export async function typedColumns(
  connection: DuckDBConnection,
  { mapping, format, refuse }: FileTableOptions,
): Promise<FileColumn[]> {
  const described = (await connection.runAndReadAll("DESCRIBE read")).getRows().slice(1)
    .map(([name, type]) => ({ name: String(name), type: String(type) }));
  const declared = new Map(Object.entries(mapping.columns ?? {}));
  for (const name of declared.keys()) {
    if (described.some((column) => column.name === name)) continue;
    const known = described.map((column) => column.name).join(", ");
    const reason = `the file has no such column: it has ${known}`;
    throw new MappingInvalid(mapping.file, `columns/${name}`, reason);
  }
  const found = format === "csv"
    ? await typesIn(connection, described.map(({ name }) => name))
    : [];
  const taken = new Set(described.map(({ name }) => name.toLowerCase()));
  const columns: FileColumn[] = [];
  const selected = described.flatMap(({ name, type: before }, at) => {
    const type = declared.get(name) ?? found[at];
    const own = identifier(name);
    const typed = type ? `TRY_CAST(${own} AS ${type}) AS ${own}` : own;
    const asText = before === "JSON"
      ? `${own}->>'$'`
      : before === "VARCHAR" && type
      ? own
      : undefined;
    if (asText === undefined) {
      columns.push({ name });
      return [typed];
    }
    let text = `${name} as text`;
    while (taken.has(text.toLowerCase())) text += "_";
    columns.push({ name, text });
    return [typed, `${asText} AS ${identifier(text)}`];
  });
  const unfit = [...declared].map(([name, type]) => {
    const own = identifier(name);
    const why = `CASE WHEN ${own} IS NOT NULL AND TRY_CAST(${own} AS ${type}) IS NULL
      THEN ${text(`${name} is no ${type}: `)} || left(${own}::VARCHAR, 80) END`;
    return why;
  });
  if (unfit.length > 0) {
    await connection.run(
      `CREATE TABLE unfit AS SELECT * FROM (SELECT _line, coalesce(${
        unfit.join(", ")
      }) AS why FROM read)
        WHERE why IS NOT NULL`,
    );
    const wrong = await connection.runAndReadAll("FROM unfit ORDER BY _line");
    const unit = format === "csv" || format === "jsonl" ? "line" : "row";
    for (const [at, why] of wrong.getRows()) {
      refuse({ at: { [unit]: Number(at) }, why: String(why) });
    }
  }
  await connection.run(
    `CREATE VIEW file AS SELECT _line, ${selected.join(", ")} FROM read ${
      unfit.length > 0 ? "WHERE _line NOT IN (SELECT _line FROM unfit)" : ""
    }`,
  );
  return columns;
}

/** So many columns are looked at together: a question about more takes longer with their square. */
const TOGETHER = 16;

async function typesIn(
  connection: DuckDBConnection,
  columns: readonly string[],
): Promise<(string | undefined)[]> {
  const types: (string | undefined)[] = [];
  for (let at = 0; at < columns.length; at += TOGETHER) {
    const some = columns.slice(at, at + TOGETHER);
    const tests = some.flatMap((name) => {
      const own = identifier(name);
      return [`count(${own})`, ...TYPES.map(([, is]) => `count(*) FILTER (${is(own)})`)];
    });
    const [counts = []] = (await connection.runAndReadAll(`SELECT ${tests.join(", ")} FROM read`))
      .getRows();
    const numbers = counts.map(Number);
    for (let one = 0; one < numbers.length; one += TYPES.length + 1) {
      const [all, ...fit] = numbers.slice(one, one + TYPES.length + 1);
      types.push(all === 0 ? undefined : TYPES[fit.findIndex((count) => count === all)]?.[0]);
    }
  }
  return types;
}
