/** Rows on their way to a database. */

/** A file of rows that is written for the database. */
export class RowFile {
  #parts: string[] = [];
  #longest = 0;
  readonly #encoder = new TextEncoder();

  private constructor(readonly path: string, private readonly file: Deno.FsFile) {}

  static async open(path: string): Promise<RowFile> {
    return new RowFile(path, await Deno.open(path, { create: true, write: true, truncate: true }));
  }

  /** A row with its line end. */
  add(row: string): void {
    this.#parts.push(row);
    if (row.length > this.#longest) this.#longest = row.length;
  }

  /** The most bytes that a row of it may have, for a reader whose buffers are many times as large. */
  get mostBytes(): number {
    return Math.max(2_000_000, 3 * this.#longest);
  }

  async flush(): Promise<void> {
    const bytes = this.#encoder.encode(this.#parts.join(""));
    this.#parts = [];
    for (let at = 0; at < bytes.length;) at += await this.file.write(bytes.subarray(at));
  }

  async close(): Promise<void> {
    await this.flush();
    this.file.close();
  }
}
