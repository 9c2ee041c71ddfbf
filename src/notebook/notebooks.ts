/** The notebooks of the project: which there are, what each asks, and reading one. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { Notebook } from "./export/nbformat.ts";
import { wholeText } from "./export/nbformat.ts";
import { NotebookUnusable } from "./notebook_error.ts";

/** A notebook as it lies on disk. */
export interface NotebookFile {
  /** Its path. */
  path: string;
  /** Its file's name without `.ipynb`. */
  name: string;
  notebook: Notebook;
  /** SHA-256 of the file, in hexadecimal digits. */
  sha256: string;
}

/** The paths of the notebooks of a project, in their order. */
export function notebooksIn(project: string): string[] {
  const folder = join(project, "notebooks");
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ipynb")).sort().map((name) => join(folder, name));
}

/**
 * The path of the notebook that somebody means by `04-concepts`, `04` or `concepts`.
 *
 * @throws {NotebookUnusable} when there is none of that name, or more than one
 */
export function notebookNamed(project: string, name: string): string {
  const all = notebooksIn(project);
  const names = all.map((path) => basename(path, ".ipynb"));
  const found = names.filter((one) => one === name);
  if (found.length === 0) {
    found.push(...names.filter((one) => {
      const [, number, words] = one.match(/^(\d+)-(.*)$/) ?? [];
      return name === number || name === words;
    }));
  }
  if (found.length === 1) return all[names.indexOf(found[0]!)]!;
  throw new NotebookUnusable(
    found.length === 0
      ? `There is no notebook ${JSON.stringify(name)}: there are ${names.join(", ") || "none"}; ` +
        `one that lies elsewhere is named by its path, with .ipynb`
      : `${JSON.stringify(name)} is ${found.join(" or ")}: say which`,
  );
}

/**
 * Reads a notebook.
 *
 * @throws {NotebookUnusable} when it cannot be read, or is none
 */
export async function readNotebook(path: string): Promise<NotebookFile> {
  const bytes = await Deno.readFile(path).catch((error: Error) => {
    throw new NotebookUnusable(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  const notebook = parsed(bytes);
  if (!notebook) {
    throw new NotebookUnusable(`${path} is no notebook of nbformat 4: make one in "deno task lab"`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, name: basename(path, ".ipynb"), notebook, sha256 };
}

function parsed(bytes: Uint8Array): Notebook | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Notebook>;
    if (value.nbformat === 4 && Array.isArray(value.cells)) return value as Notebook;
  } catch { /* No JSON: no notebook either. */ }
  return undefined;
}

/** The title of a notebook, and its first paragraph, which says what it asks; the title is its name where it has none. */
export function wordsOf({ cells }: Notebook, name: string): { title: string; summary: string } {
  const text = wholeText(cells.find((cell) => cell.cell_type === "markdown")?.source ?? "");
  const [, title = name, rest = ""] = text.match(/^# (.+)\n*([^]*)$/) ?? [];
  const summary = rest.split(/\n\s*\n/)[0]!.replace(/\s+/g, " ").trim();
  return { title: unmarked(title), summary: unmarked(summary) };
}

/** A line of Markdown as it is read: emphasis, code and links are their words. */
function unmarked(line: string): string {
  return line.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(?<![\p{L}\p{N}])([*_]{1,3})(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}])/gu, "$2")
    .replace(/`([^`]+)`/g, "$1");
}
