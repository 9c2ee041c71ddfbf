/** A table and a mapping → commands, in the order in which they are to be submitted. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CommandType } from "../domain/command.ts";
import { oneLine } from "../projections/projector_error.ts";
import { interruptible } from "../projections/sql/interruptible.ts";
import { type FileMapping, MappingInvalid } from "./file_mapping.ts";
import type { RowPlace, RowRefused } from "./file_source.ts";
import type { FileTable } from "./file_table.ts";
import {
  expressionOf,
  type MappedData,
  mappedData,
  moment,
  type Shape,
  shapeOf,
} from "./mapped_fields.ts";
import { merged, RowsDiffer, withoutNulls } from "./mapped_rows.ts";

/** A command, and where the first of the rows is that it comes from. */
export interface RowCommand {
  command: CommandType;
  data: Record<string, unknown>;
  source: "observed" | "declared";
  occurredAt: string | undefined;
  at: RowPlace;
  /** What tells it from all others of its file and mapping. */
  id: string;
}

/** What a thing is told by, in the commands that say several things of one. */
const KEYS: Partial<Record<CommandType, readonly string[]>> = {
  RegisterCompute: ["hostname"],
  UpdateCompute: ["compute"],
  RecordMeasurements: ["observed_at", "compute"],
  ConfigureSoftware: ["compute", "kind", "source", "name"],
  RemoveSoftware: ["compute", "kind", "source", "name"],
  DefineConcept: ["space", "name"],
};
/** How many rows that cannot be computed are each told why. */
const EXPLAINED = 200;

interface Prepared {
  index: number;
  mapped: FileMapping["commands"][number];
  data: MappedData;
  /** Each with its path in the mapping. */
  others: { path: string; sql: string }[];
}

/** The commands of a table. */
export class MappedCommands {
  private constructor(private readonly table: FileTable, private readonly all: Prepared[]) {}

  /**
   * Checks a mapping with the columns of a table.
   *
   * @param file the mapping's name
   * @throws {MappingInvalid} with the expression that makes no sense
   */
  static async of(
    table: FileTable,
    mapping: FileMapping,
    file: string,
  ): Promise<MappedCommands> {
    const { connection } = table.database;
    const all: Prepared[] = [];
    for (const [index, mapped] of mapping.commands.entries()) {
      const at = `commands/${index}`;
      const data = mappedData(mapped, table.columns, file, `${at}/data`);
      const others = [
        ...mapped.where === undefined
          ? []
          : [{ path: `${at}/where`, sql: condition(mapped.where, table) }],
        ...mapped.occurred_at === undefined
          ? []
          : [{ path: `${at}/occurred_at`, sql: occurrence(mapped.occurred_at, table) }],
      ];
      for (const { path, sql } of [...data.fields, ...others]) {
        await check(connection, sql, (reason, cause) => {
          const hint = /not found/.test(reason)
            ? `. The file has ${
              table.columns.map(({ name }) => name).join(", ")
            }; a text is in quotes of its own: "'text'"`
            : "";
          throw new MappingInvalid(file, path, `${reason}${hint}`, { cause });
        });
      }
      all.push({ index, mapped, data, others });
    }
    return new MappedCommands(table, all);
  }

  /**
   * All of them, with the rows that no command comes of.
   *
   * @throws the signal's reason
   */
  async *commands(signal?: AbortSignal): AsyncGenerator<RowCommand | RowRefused> {
    for (const one of this.all) yield* this.#of(one, signal);
  }

  async *#of(prepared: Prepared, signal?: AbortSignal): AsyncGenerator<RowCommand | RowRefused> {
    const { mapped: { command, source = "declared" }, index } = prepared;
    const shape = shapeOf(command);
    const keys = KEYS[command] ?? [];
    const broken: number[] = [];
    let open: RowCommand & { key: string; first: number } | undefined;
    for await (const { line, data, occurredAt } of this.#rows(prepared, keys, signal)) {
      if (data === null) {
        broken.push(line);
        continue;
      }
      const said = withoutNulls(JSON.parse(data), shape) as Record<string, unknown>;
      if (isEmpty(said, shape)) continue;
      const key = keyOf(said, keys);
      if (open && key !== undefined && key === open.key) {
        try {
          open.data = merged(open.data, said);
        } catch (error) {
          if (!(error instanceof RowsDiffer)) throw error;
          const why = `${error.message} in ${this.table.unit} ${open.first}, for the same ${
            keys.at(-1)
          }: say one thing`;
          yield { at: this.table.place(line), why };
        }
        continue;
      }
      if (open) yield open;
      const at = this.table.place(line);
      const id = `${index}:${line}:${key ?? data}`;
      open = { command, data: said, source, occurredAt, at, id, key: key ?? "", first: line };
      if (key !== undefined) continue;
      yield open;
      open = undefined;
    }
    if (open) yield open;
    yield* this.#explained(prepared, broken.sort((a, b) => a - b), signal);
  }

  /** Null where an expression cannot be computed of a row. */
  async *#rows(
    { mapped, data }: Prepared,
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ line: number; data: string | null; occurredAt: string | undefined }> {
    const { connection } = this.table.database;
    const where = mapped.where === undefined ? "TRUE" : condition(mapped.where, this.table);
    const when = mapped.occurred_at === undefined
      ? "NULL::VARCHAR"
      : occurrence(mapped.occurred_at, this.table);
    const at = (key: string) => `lower(data->>'${key}')`;
    const order = mapped.command === "RecordMeasurements"
      ? `data->>'observed_at', ${at("compute")}, `
      : keys.length === 0
      ? ""
      : `min(_line) OVER (PARTITION BY ${keys.map(at).join(", ")}), ${keys.map(at).join(", ")}, `;
    // In a record, so that a moment that is none is told from one that cannot be computed.
    const sql = `SELECT _line, data::VARCHAR, occurred.at FROM (
        SELECT _line, CASE WHEN is_meant AND occurred IS NOT NULL THEN data END AS data, occurred FROM (
          SELECT _line, TRY(${where}) AS is_meant, TRY(${data.sql}) AS data, TRY({'at': ${when}}) AS occurred
          FROM file WHERE TRY(${where}) IS DISTINCT FROM FALSE
        )
      ) ORDER BY ${order}_line, data::VARCHAR`;
    const result = await interruptible(connection, signal, () => connection.stream(sql));
    for (;;) {
      const chunk = await interruptible(connection, signal, () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      const [lines, texts, moments] = [0, 1, 2].map((column) => chunk.getColumnVector(column));
      for (let row = 0; row < chunk.rowCount; row++) {
        yield {
          line: Number(lines!.getItem(row)),
          data: texts!.getItem(row) as string | null,
          occurredAt: (moments!.getItem(row) as string | null) ?? undefined,
        };
      }
    }
  }

  /** Which field it is that cannot be computed: asked of the single row, without what turns errors into nulls. */
  async *#explained(
    { data: { fields }, others }: Prepared,
    lines: readonly number[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RowRefused> {
    const { connection } = this.table.database;
    for (const [count, line] of lines.entries()) {
      signal?.throwIfAborted();
      let why = "an expression cannot be computed of it, as of others before";
      if (count < EXPLAINED) {
        for (const { path, sql } of [...others, ...fields]) {
          const reader = connection.runAndReadAll(`SELECT ${sql} FROM file WHERE _line = $line`, {
            line,
          });
          const error = await reader.then(() => undefined, (error) => error);
          if (error) {
            why = `${path}: ${reasonOf(error)}`;
            break;
          }
        }
      }
      yield { at: this.table.place(line), why };
    }
  }
}

/** Whether a row says nothing of what the command is about. */
function isEmpty(said: Record<string, unknown>, { properties = {} }: Shape): boolean {
  return Object.hasOwn(properties, "points") &&
    (said["points"] as unknown[] | undefined)?.length === 0;
}

/** A row that does not say what it is about is joined with no other. */
function keyOf(said: Record<string, unknown>, keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  if (keys.some((key) => said[key] === undefined && key !== "source")) return undefined;
  return JSON.stringify(keys.map((key) => String(said[key] ?? "").toLowerCase()));
}

function condition(where: string, { columns }: FileTable): string {
  return `coalesce(CAST((${expressionOf(where, columns)}\n) AS BOOLEAN), FALSE)`;
}

function occurrence(when: string, { columns }: FileTable): string {
  return moment(expressionOf(when, columns));
}

/** Checks that an expression is one, and makes sense with these columns. */
async function check(
  connection: DuckDBConnection,
  sql: string,
  fail: (reason: string, cause: unknown) => void,
): Promise<void> {
  try {
    // Two statements in one text cannot be prepared.
    const statement = await connection.prepare(`SELECT TRY(${sql}) FROM file`);
    statement.destroySync();
  } catch (error) {
    fail(reasonOf(error), error);
  }
}

/** What the database says, without the picture of where and the list of what else there is. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : oneLine(error);
  return said.replace(/\n\s*(Candidate functions|LINE \d+):?[^]*$/, "").replaceAll(/\s*\n\s*/g, " ")
    .replace(/^(Binder|Conversion|Parser|Catalog|Invalid Input|Out of Range) Error: /, "");
}
