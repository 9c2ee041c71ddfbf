/** Files of rows in a folder of one test, and what comes of them. */
import { join } from "node:path";
import { FileTable } from "../../src/importers/file_table.ts";
import { type FileFormat, fileFormatOf } from "../../src/importers/file_format.ts";
import { type FileMapping, parseMapping } from "../../src/importers/file_mapping.ts";
import type { RowPlace } from "../../src/importers/file_source.ts";
import { MappedCommands, type RowCommand } from "../../src/importers/mapped_commands.ts";

/** What comes of a file. */
export interface Imported {
  commands: RowCommand[];
  /** Each with its place before it. */
  refused: string[];
}

/** What a file with this content comes to, by a mapping in YAML or as it is. */
export async function imported(
  name: string,
  content: string | Uint8Array,
  given: string | FileMapping,
  format?: FileFormat,
): Promise<Imported> {
  const folder = await Deno.makeTempDir({ prefix: "cim-test-" });
  try {
    const path = join(folder, name);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(path, bytes);
    const mapping = typeof given === "string" ? parseMapping(given, "m.yaml") : given;
    const refused: string[] = [];
    const commands: RowCommand[] = [];
    const refuse = ({ at, why }: { at: RowPlace; why: string }) =>
      refused.push(`${at.line ?? `row ${at.row}`}: ${why}`);
    const work = join(folder, "work");
    await Deno.mkdir(work);
    using table = await FileTable.read(path, {
      file: name,
      format: format ?? fileFormatOf(name),
      mapping: { ...mapping, file: "m.yaml" },
      folder: work,
      refuse,
    });
    for await (const one of (await MappedCommands.of(table, mapping, "m.yaml")).commands()) {
      if ("command" in one) commands.push(one);
      else refuse(one);
    }
    return { commands, refused };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The error that a promise ends with. */
export async function errorOf(work: Promise<unknown>): Promise<Error & { code?: string }> {
  const error = await work.then(() => undefined, (error) => error);
  if (!(error instanceof Error)) throw new Error("nothing was refused");
  return error;
}
