/** The bytes of a file as text, which is checked to be some, and their hash. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ImportError } from "./import_error.ts";

const CHUNK_BYTES = 1 << 20;
const GZIP = [0x1f, 0x8b];

/** How far a file is read. */
export type Reading = (bytesRead: number, bytes: number) => void;

/** A file that is read once, from its beginning to its end. */
export class FileText {
  #hash = createHash("sha256");
  #read = 0;

  /**
   * @param path where it is
   * @param file what it is called, for messages
   */
  constructor(
    private readonly path: string,
    private readonly file: string,
    private readonly reading: Reading = () => {},
  ) {}

  /** The SHA-256 of the bytes as they lie there, once all of them are read. */
  hash(): string {
    return this.#hash.digest("hex");
  }

  /** Only hashes it. */
  async pass(signal?: AbortSignal): Promise<void> {
    for await (const _ of this.#hashed(signal));
  }

  /**
   * Its text, piece by piece, without a byte-order mark; what is packed by gzip is unpacked.
   *
   * @throws {ImportError} `not_utf8`, with the line, or `syntax` where it is not whole
   */
  async *chunks(signal?: AbortSignal): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let line = 1;
    let isFirst = true;
    try {
      for await (const bytes of await this.#bytes(signal)) {
        if (isFirst) this.#requireText(bytes);
        isFirst = false;
        let text: string;
        try {
          text = decoder.decode(bytes, { stream: true });
        } catch {
          throw this.#notText(line + linesBefore(bytes));
        }
        yield text;
        line += newlines(bytes);
      }
    } catch (error) {
      if (error instanceof Error && "code" in error && /^Z_/.test(String(error.code))) {
        throw new ImportError("syntax", this.file, `it is not whole: ${error.message}`);
      }
      throw error;
    }
    try {
      decoder.decode();
    } catch {
      throw this.#notText(line);
    }
  }

  async #bytes(signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    const handle = await open(this.path);
    const begin = new Uint8Array(2);
    await handle.read(begin, 0, 2, 0);
    await handle.close();
    const raw = this.#hashed(signal);
    if (begin[0] !== GZIP[0] || begin[1] !== GZIP[1]) return raw;
    const packed = Readable.from(raw, { objectMode: false });
    const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
    packed.on("error", (error) => unpacked.destroy(error));
    return packed.pipe(unpacked);
  }

  async *#hashed(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const { size } = await stat(this.path);
    const how = { highWaterMark: CHUNK_BYTES, ...signal && { signal } };
    for await (const bytes of createReadStream(this.path, how)) {
      this.#hash.update(bytes);
      this.reading(this.#read += bytes.length, size);
      yield bytes;
    }
  }

  #requireText([first, second]: Uint8Array): void {
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      const why = "it is UTF-16: convert it, as by iconv -f utf-16 -t utf-8";
      throw new ImportError("not_utf8", this.file, why);
    }
  }

  #notText(line: number): ImportError {
    const why = "it is not UTF-8: convert it, as by iconv -f latin1 -t utf-8";
    return new ImportError("not_utf8", this.file, why, { line, column: 1 });
  }
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** How many lines end before the first bytes that are no text, in bytes that have some. */
function linesBefore(bytes: Uint8Array): number {
  const text = new TextDecoder().decode(bytes);
  return text.slice(0, text.indexOf("\uFFFD")).split("\n").length - 1;
}
