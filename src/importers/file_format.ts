/** What a file of rows is. */
import { ImportError } from "./import_error.ts";

/** What a file of rows may be. `json` is a list, or objects one after the other; `jsonl` one a line. */
export const FILE_FORMATS = ["csv", "jsonl", "json", "parquet", "osquery"] as const;
/** {@linkcode FILE_FORMATS} as a type. */
export type FileFormat = (typeof FILE_FORMATS)[number];

const ENDINGS: [RegExp, FileFormat][] = [
  [/osquery[^/\\]*\.log(\.gz)?$/i, "osquery"],
  [/\.(csv|tsv)(\.gz)?$/i, "csv"],
  [/\.(jsonl|ndjson)(\.gz)?$/i, "jsonl"],
  [/\.json(\.gz)?$/i, "json"],
  [/\.parquet$/i, "parquet"],
];

/**
 * What a file is, by its name.
 *
 * @throws {ImportError} `unknown_format`
 */
export function fileFormatOf(file: string): FileFormat {
  const found = ENDINGS.find(([ending]) => ending.test(file));
  if (found) return found[1];
  const why =
    "its name does not say what it is (.csv, .tsv, .jsonl, .ndjson, .json, each with .gz, " +
    ".parquet, osqueryd.results.log): say --format";
  throw new ImportError("unknown_format", file, why);
}
