/** Events as typed rows: made of their bytes, or read from Parquet files that were made so. */
import { type DuckDBConnection, listValue } from "@duckdb/node-api";
import type { ProjectedEvent } from "../projection.ts";
import { statements } from "./database.ts";

/** The typed relations, each under the name that `typed.sql` gives it. */
export const TYPED = [
  "typed_events",
  "typed_changes",
  "typed_computes",
  "typed_networks",
  "typed_connections",
  "typed_software",
  "typed_policies",
  "typed_concepts",
  "typed_labels",
  "typed_series",
  "typed_points",
] as const;

const BUFFER_BYTES = 1 << 20;

/**
 * Makes the typed relations of a file with events, as temporary tables beside `log`, which has the events as they are.
 *
 * @param lines a file with a line an event: sequence, time, payload, and its newest form where that differs, a tab apart
 */
export async function typeLines(connection: DuckDBConnection, lines: string): Promise<void> {
  await readLines(connection, lines);
  await connection.run(await statements("typed.sql"));
}

/** Shows a file with events, as for {@linkcode typeLines}, as the temporary view `log`. */
export async function readLines(connection: DuckDBConnection, lines: string): Promise<void> {
  await connection.run("SET VARIABLE lines = $lines", { lines: literally(lines) });
  await connection.run(
    `CREATE TEMP VIEW log AS
     SELECT * FROM read_csv(getvariable('lines'), delim = '\t', quote = '', escape = '', header = false,
       auto_detect = false, hive_partitioning = false, new_line = '\\n', max_line_size = 4_000_000,
       columns = {'sequence': 'BIGINT', 'recorded_at': 'TIMESTAMP', 'payload': 'VARCHAR',
         'newest': 'VARCHAR'})`,
  );
}

/** Drops what {@linkcode typeLines} made, as far as it came. */
export async function dropTyped(connection: DuckDBConnection): Promise<void> {
  const drops = ["measured", ...TYPED].map((name) => `DROP TABLE IF EXISTS ${name}`);
  await connection.run(["DROP VIEW IF EXISTS log", ...drops].join("; "));
}

/** Writes the typed relations to Parquet files of their names in a folder. */
export async function saveTyped(connection: DuckDBConnection, folder: string): Promise<void> {
  for (const name of TYPED) {
    await connection.run(
      `COPY ${name} TO $file (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`,
      { file: `${folder}/${name}.parquet` },
    );
  }
}

/**
 * Gives the typed relations of Parquet files, as temporary views on those of their rows whose sequence is behind
 * `after` and not behind `through`.
 *
 * @param folders that {@linkcode saveTyped} wrote to, in the order of the log
 */
export async function viewTyped(
  connection: DuckDBConnection,
  folders: readonly string[],
  { after, through }: { after: number; through: number },
): Promise<void> {
  await connection.run("SET VARIABLE typed_after = $after", { after: BigInt(after) });
  await connection.run("SET VARIABLE typed_through = $through", { through: BigInt(through) });
  for (const name of TYPED) {
    await connection.run(`SET VARIABLE ${name} = $files`, {
      files: listValue(folders.map((folder) => literally(`${folder}/${name}.parquet`))),
    });
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${name} AS
       FROM read_parquet(getvariable('${name}'), hive_partitioning = false)
       WHERE sequence > getvariable('typed_after') AND sequence <= getvariable('typed_through')`,
    );
  }
}

/** A path that means just itself where DuckDB takes patterns. */
function literally(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

/** Drops what {@linkcode viewTyped} made. */
export async function dropViews(connection: DuckDBConnection): Promise<void> {
  await connection.run(TYPED.map((name) => `DROP VIEW ${name}`).join("; "));
}

/** A file of lines as {@linkcode typeLines} reads them, written a buffer at a time. */
export class LinesFile {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(BUFFER_BYTES);
  #used = 0;

  /** @param path of the file, which is made anew */
  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  /** Writes an event. */
  write({ record, event }: ProjectedEvent): void {
    const head = `${record.sequence}\t${record.recorded_at}\t`;
    const newest = event.upcast_from === undefined ? "" : newestText(event);
    const { payload } = record;
    const most = 3 * (head.length + newest.length) + payload.length + 2;
    if (this.#used + most > this.#buffer.length) this.#flush();
    if (most > this.#buffer.length) this.#buffer = new Uint8Array(most);
    this.#text(head);
    this.#buffer.set(payload, this.#used);
    this.#used += payload.length;
    this.#buffer[this.#used++] = 9;
    this.#text(newest);
    this.#buffer[this.#used++] = 10;
  }

  #text(text: string): void {
    this.#used += this.#encoder.encodeInto(text, this.#buffer.subarray(this.#used)).written;
  }

  #flush(): void {
    for (let from = 0; from < this.#used;) {
      from += this.#file.writeSync(this.#buffer.subarray(from, this.#used));
    }
    this.#used = 0;
  }

  /** Writes what is left, and closes the file. */
  close(): void {
    try {
      this.#flush();
    } finally {
      this.#file.close();
    }
  }
}

function newestText(decoded: ProjectedEvent["event"]): string {
  const { sequence: _, recorded_at: __, upcast_from: ___, ...event } = decoded;
  return JSON.stringify(event);
}
