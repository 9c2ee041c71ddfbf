/** CSV → a table. */
import { join } from "node:path";
import { CsvReader, type CsvRecord, delimiterOf } from "./csv_records.ts";
import { type FileSource, PLACE } from "./file_source.ts";
import { ImportError } from "./import_error.ts";
import { text } from "./mapped_fields.ts";
import { RowFile } from "./row_file.ts";

/** Records as we cut them, so that each knows its line, whatever is in its fields. */
export async function readCsv(source: FileSource): Promise<void> {
  const { bytes, file, folder, refuse, signal, mapping } = source;
  const missing = new Set(mapping.missing);
  let reader: CsvReader | undefined;
  let header: string[] | undefined;
  let delimiter = ",";
  let begin = "";
  const rows = await RowFile.open(join(folder, "rows.csv"));
  /** A field as the database reads it; nothing where it says nothing. */
  const said = (field: string) => {
    const bare = withoutBlanks(field);
    return missing.has(bare) ? "" : csvField(bare);
  };
  const take = (records: Iterable<CsvRecord>) => {
    for (const { line, fields, why } of records) {
      if (!fields) refuse({ at: { line }, why: why! });
      else if (!header) header = headerOf(fields);
      else {
        const fault = unlike(fields, header, delimiter);
        if (fault) refuse({ at: { line }, why: fault });
        else rows.add(`${line},${fields.slice(0, header.length).map(said).join(",")}\n`);
      }
    }
  };
  try {
    const start = () => {
      delimiter = delimiterOf(begin);
      reader = new CsvReader(delimiter);
      take(reader.take(begin));
    };
    for await (const chunk of bytes.chunks(signal)) {
      if (reader) take(reader.take(chunk));
      else if ((begin += chunk).length > 65_536) start();
      await rows.flush();
    }
    if (!reader) start();
    take(reader!.end());
  } finally {
    await rows.close();
  }
  if (!header) throw new ImportError("no_rows", file, "there is nothing in it");
  const columns = [PLACE, ...header].map((name, at) =>
    `${text(name)}: ${at === 0 ? "'BIGINT'" : "'VARCHAR'"}`
  ).join(", ");
  await source.database.connection.run(
    `CREATE TABLE read AS FROM read_csv($rows, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
      new_line = '\\n', max_line_size = ${rows.mostBytes}, hive_partitioning = false, columns = {${columns}})`,
    { rows: rows.path },
  );
  await Deno.remove(rows.path);
}

/** Names of columns: each of its own, and none of nothing. */
function headerOf(fields: readonly string[]): string[] {
  const taken = new Set([PLACE]);
  return fields.map((field, at) => {
    const wanted = field.trim() || `column${at + 1}`;
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

function unlike(
  fields: readonly string[],
  header: readonly string[],
  delimiter: string,
): string | undefined {
  const isMore = fields.length > header.length &&
    fields.slice(header.length).some((field) => field.trim() !== "");
  if (fields.length >= header.length && !isMore) return undefined;
  const between = delimiter === "\t" ? "a tab" : `a ${delimiter}`;
  return `it has ${fields.length} fields, and the first line names ${header.length}: ${
    isMore ? `a field with ${between} in it belongs in quotes` : "is it cut off?"
  }`;
}

/** Without the blanks around it; by hand, as a pattern takes their square where there are many. */
function withoutBlanks(field: string): string {
  let [from, to] = [0, field.length];
  while (from < to && field[from] === " ") from++;
  while (from < to && field[to - 1] === " ") to--;
  return field.slice(from, to);
}

function csvField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
