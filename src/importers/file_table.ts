/** A file of rows as a table, which expressions are asked of and out of which nothing can be reached. */
import { join } from "node:path";
import { closeDatabase, type Database, openDatabase } from "../projections/sql/database.ts";
import { type FileColumn, typedColumns } from "./file_columns.ts";
import { FILE_DATABASE, type FileTableOptions, type RowPlace } from "./file_source.ts";
import { FileText } from "./file_text.ts";
import { osqueryTable } from "./osquery.ts";
import { readCsv } from "./read_csv.ts";
import { readLines, readRows } from "./read_json.ts";

/** How much of the memory the database takes before it goes on in its folder. */
const MEMORY = "1GB";

/** A file, read once: the table `file` of a database of its own. */
export class FileTable implements Disposable {
  private constructor(
    readonly database: Database,
    readonly columns: readonly FileColumn[],
    /** What a place of it is called. */
    readonly unit: "line" | "row",
    /** The SHA-256 of the file. */
    readonly hash: string,
    readonly rows: number,
  ) {}

  /**
   * Reads a file.
   *
   * @throws {ImportError} where it is not what it is said to be
   */
  static async read(path: string, options: FileTableOptions): Promise<FileTable> {
    const { folder, format, file, signal } = options;
    const bytes = new FileText(path, file, options.reading);
    const database = await openDatabase(join(folder, FILE_DATABASE), {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      memory_limit: MEMORY,
      temp_directory: folder,
    });
    try {
      const source = { database, bytes, path, ...options };
      const isByRows = format === "parquet" || format === "json";
      if (format === "csv") await readCsv(source);
      else if (!isByRows) await readLines(source);
      else await readRows(source);
      const { connection } = database;
      const columns = format === "osquery"
        ? await osqueryTable(connection)
        : await typedColumns(connection, options);
      // From here on it is only asked, and reaches nothing else.
      await connection.run("SET enable_external_access = false");
      await connection.run("SET lock_configuration = true");
      const [[count] = []] = (await connection.runAndReadAll("SELECT count(*) FROM file"))
        .getRows();
      const unit = isByRows ? "row" : "line";
      return new FileTable(database, columns, unit, bytes.hash(), Number(count));
    } catch (error) {
      closeDatabase(database);
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** A place of it. */
  place(at: number): RowPlace {
    return { [this.unit]: at };
  }

  /** Closes the database. */
  [Symbol.dispose](): void {
    closeDatabase(this.database);
  }
}
