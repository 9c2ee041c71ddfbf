/** What a file of rows is read from, and with. */
import type { Database } from "../projections/sql/database.ts";
import type { FileFormat } from "./file_format.ts";
import type { FileMapping } from "./file_mapping.ts";
import type { FileText, Reading } from "./file_text.ts";

/** The column that says where a row is. */
export const PLACE = "_line";

/** The name of the database that a file is read into, in its folder. */
export const FILE_DATABASE = "file.duckdb";

/** Where something is in a file: a line, or where there are none a row; from 1. */
export interface RowPlace {
  line?: number;
  row?: number;
}

/** A row that is not imported, and why. */
export interface RowRefused {
  at: RowPlace;
  why: string;
}

/** What a file is read with. */
export interface FileTableOptions {
  /** What it is called, in messages. */
  file: string;
  format: FileFormat;
  mapping: Pick<FileMapping, "columns" | "missing"> & { file: string };
  /** A folder for what does not fit into memory; whoever gives it removes it. */
  folder: string;
  /** Told each row that cannot be read. */
  refuse: (row: RowRefused) => void;
  reading?: Reading;
  signal?: AbortSignal | undefined;
}

/** A file that is being read into a database. */
export interface FileSource extends FileTableOptions {
  database: Database;
  bytes: FileText;
  path: string;
}
