/** The records of a CSV text as it comes, each with the line that it begins in, and all of one shape. */

/** A record. */
export interface CsvRecord {
  /** Where it begins, from 1. */
  line: number;
  /** The fields; undefined where something is wrong. */
  fields: string[] | undefined;
  /** What is wrong. */
  why?: string;
}

/** The most characters that a record may have: a quote that is never closed would take all that comes for one field. */
const MOST = 4_000_000;
const DELIMITERS = [",", ";", "\t", "|"];
/** How many records are looked at to tell what is between the fields. */
const LOOKED_AT = 50;

/**
 * What is between the fields of a CSV text (RFC 4180, or with another delimiter): that by which most of its first records have
 * as many fields as its first one, and several.
 */
export function delimiterOf(begin: string): string {
  const judged = DELIMITERS.map((delimiter) => {
    const reader = new CsvReader(delimiter);
    const records = [...reader.take(begin), ...reader.end()].slice(0, LOOKED_AT);
    const count = records[0]?.fields?.length ?? 1;
    const alike = records.filter(({ fields }) => fields?.length === count).length;
    return { delimiter, score: count === 1 ? 0 : alike / records.length, count };
  });
  judged.sort((a, b) => b.score - a.score || b.count - a.count);
  return judged[0]!.score === 0 ? "," : judged[0]!.delimiter;
}

/** Cuts a text into records. Empty lines, and those of nothing but delimiters, are none. */
export class CsvReader {
  #text = "";
  #line = 1;

  constructor(private readonly delimiter: string) {}

  /** The records that end in what has come so far. */
  *take(chunk: string): Generator<CsvRecord> {
    this.#text += chunk;
    yield* this.#records(false);
  }

  /** The last one, which may have no line end. */
  *end(): Generator<CsvRecord> {
    yield* this.#records(true);
    this.#text = "";
  }

  *#records(isEnd: boolean): Generator<CsvRecord> {
    const text = this.#text;
    let from = 0;
    while (from < text.length) {
      const stop = text.indexOf("\n", from);
      if (stop < 0 && !isEnd) break;
      const end = stop < 0 ? text.length : stop;
      const bare = text[end - 1] === "\r" && end > from ? end - 1 : end;
      const whole = text.slice(from, bare);
      if (!whole.includes('"')) {
        const fields = whole.split(this.delimiter);
        if (!isBlank(fields)) yield { line: this.#line, fields };
        from = end + 1;
        this.#line++;
        continue;
      }
      const found = quotedRecord(text, from, this.delimiter);
      const isTooLong = text.length - from > MOST;
      if (found === undefined && !isEnd && !isTooLong) break;
      if (found === undefined || "why" in found) {
        // Behind a quote that is wrong, the next line is a record again.
        const why = found?.why ?? 'a quote " is opened in it that is never closed';
        yield { line: this.#line, fields: undefined, why };
        from = end + 1;
        this.#line++;
        continue;
      }
      if (!found.isWhole && !isEnd) break;
      if (!isBlank(found.fields)) yield { line: this.#line, fields: found.fields };
      this.#line += found.lines;
      from = found.end;
    }
    this.#text = text.slice(from);
  }
}

function isBlank(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === "");
}

interface Found {
  fields: string[];
  /** Behind its line end. */
  end: number;
  lines: number;
  /** Whether its line end is there. */
  isWhole: boolean;
}

/** A record with quotes; undefined where it goes on behind the text. */
function quotedRecord(
  text: string,
  from: number,
  delimiter: string,
): Found | { why: string } | undefined {
  const fields: string[] = [];
  let lines = 1;
  for (let at = from;;) {
    if (text[at] !== '"') {
      const stop = text.indexOf("\n", at);
      const end = stop < 0 ? text.length : stop;
      const next = text.indexOf(delimiter, at);
      if (next >= 0 && next < end) {
        fields.push(text.slice(at, next));
        at = next + 1;
        continue;
      }
      fields.push(text.slice(at, end).replace(/\r$/, ""));
      return { fields, end: end + 1, lines, isWhole: stop >= 0 };
    }
    let close = text.indexOf('"', at + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) return undefined;
    const inside = text.slice(at + 1, close);
    lines += inside.split("\n").length - 1;
    fields.push(inside.replaceAll('""', '"'));
    at = close + 1;
    if (text[at] === "\r" && (text[at + 1] === "\n" || at + 1 === text.length)) at++;
    if (at >= text.length) return { fields, end: at, lines, isWhole: false };
    if (text[at] === "\n") return { fields, end: at + 1, lines, isWhole: true };
    if (text[at] !== delimiter) {
      return { why: 'something is behind a closing quote ": write "" for a quote in a field' };
    }
    at++;
  }
}
