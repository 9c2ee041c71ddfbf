/** JSON, by lines or not, and Parquet → a table. */
import { join } from "node:path";
import type { Database } from "../projections/sql/database.ts";
import { type FileSource, PLACE } from "./file_source.ts";
import { ImportError } from "./import_error.ts";
import { identifier, text } from "./mapped_fields.ts";
import { RowFile } from "./row_file.ts";

/** The longest line of JSON, in characters. */
const MOST = 4_000_000;
/** Between the number of a line and what is in it: no JSON has it, but escaped. */
const BETWEEN = "\u0001";
/** What no JSON has unescaped, and would tear a row. */
const UNSAYABLE = [BETWEEN, "\0", "\r"];

/** Lines of JSON: the table `lines`, and of objects in them the table `read`. */
export async function readLines(
  { database: { connection }, ...source }: FileSource,
): Promise<void> {
  const { bytes, file, folder, format, refuse, signal } = source;
  const rows = await RowFile.open(join(folder, "rows.txt"));
  let line = 0;
  let left = "";
  const take = (whole: string) => {
    line++;
    const said = whole.trim();
    if (said === "") return;
    const isLine = said.length <= MOST && !UNSAYABLE.some((one) => said.includes(one));
    if (isLine) rows.add(`${line}${BETWEEN}${said}\n`);
    else refuse({ at: { line }, why: said.length > MOST ? "it is too long" : NO_JSON });
  };
  try {
    for await (const chunk of bytes.chunks(signal)) {
      const lines = (left + chunk).split("\n");
      left = lines.pop()!;
      lines.forEach(take);
      await rows.flush();
    }
    if (left !== "") take(left);
  } finally {
    await rows.close();
  }
  await connection.run(
    `CREATE TABLE lines AS SELECT ${
      identifier(PLACE)
    }, said FROM read_csv($rows, auto_detect = false,
      header = false, delim = '${BETWEEN}', quote = '', escape = '', new_line = '\\n',
      max_line_size = ${rows.mostBytes}, hive_partitioning = false, columns = {'${PLACE}': 'BIGINT', 'said': 'VARCHAR'})`,
    { rows: rows.path },
  );
  await Deno.remove(rows.path);
  const isObject = "TRY(json_type(said)) = 'OBJECT'";
  const wrong = await connection.runAndReadAll(
    `SELECT ${PLACE} FROM lines WHERE (${isObject}) IS NOT TRUE ORDER BY ALL`,
  );
  for (const [at] of wrong.getRows()) refuse({ at: { line: Number(at) }, why: NO_JSON });
  await connection.run(`DELETE FROM lines WHERE (${isObject}) IS NOT TRUE`);
  if (format !== "osquery") await objectsOf(connection, `FROM lines`, file);
}

const NO_JSON = "it is no object of JSON";

/** The fields of objects as columns. */
async function objectsOf(
  connection: Database["connection"],
  from: string,
  file: string,
): Promise<void> {
  const structure = await connection.runAndReadAll(
    `SELECT json_group_structure(said::JSON)::VARCHAR ${from}`,
  );
  const shape = structure.getRows()[0]?.[0];
  if (typeof shape !== "string" || !shape.startsWith("{")) {
    throw new ImportError("no_rows", file, "there is no object of JSON in it");
  }
  try {
    await connection.run(
      `CREATE TABLE read AS SELECT ${PLACE}, unnest(json_transform(said::JSON, ${
        text(shape)
      })) ${from}`,
    );
  } catch (error) {
    const why = `its fields are no columns: ${(error as Error).message.split("\n")[0]}`;
    throw new ImportError("syntax", file, why);
  }
}

/** A list that was cut between two of its objects is read without a word. */
async function requireEnd({ bytes, file, signal }: FileSource): Promise<void> {
  let first = "";
  let last = "";
  for await (const chunk of bytes.chunks(signal)) {
    const said = chunk.trim();
    first ||= said.charAt(0);
    last = said.at(-1) ?? last;
  }
  if (first !== "[" || last === "]") return;
  throw new ImportError("syntax", file, "it is not whole: its list does not end");
}

/** Parquet, and JSON that has no lines. */
export async function readRows(source: FileSource): Promise<void> {
  const { database: { connection }, format, path, file } = source;
  // DuckDB takes these for patterns of names.
  const files = { file: path.replace(/[*?[]/g, "[$&]") };
  try {
    if (format === "parquet") {
      await connection.run(
        `CREATE TABLE read AS SELECT file_row_number + 1 AS ${PLACE}, * EXCLUDE (file_row_number)
          FROM read_parquet($file, file_row_number = true, hive_partitioning = false)`,
        files,
      );
      await source.bytes.pass(source.signal);
      return;
    }
    await connection.run(
      `CREATE TABLE items AS SELECT row_number() OVER () AS ${PLACE}, json::VARCHAR AS said
        FROM read_json_objects($file, maximum_object_size = ${MOST}, hive_partitioning = false)`,
      files,
    );
  } catch (error) {
    const why = (error as Error).message.split("\n")[0]!.replace(/ in file ".*?"/, "");
    throw new ImportError("syntax", file, `it cannot be read as ${format}: ${why}`);
  }
  await requireEnd(source);
  const wrong = await connection.runAndReadAll(
    `DELETE FROM items WHERE json_type(said) <> 'OBJECT' RETURNING ${PLACE}`,
  );
  for (const [at] of wrong.getRows()) source.refuse({ at: { row: Number(at) }, why: NO_JSON });
  await objectsOf(connection, "FROM items", file);
}
