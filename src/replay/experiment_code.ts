/** Which code ran: so that whoever runs it again knows whether it was the same. */
import { version as duckdb } from "@duckdb/node-api";
import { createHash } from "node:crypto";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { byCodeUnit } from "../domain/values.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What ran. */
export interface CodeIdentity {
  /** Of git; null where the project is in no repository. */
  commit: string | null;
  /** SHA-256 of what differs from that commit in the code; null where nothing does. */
  dirty: string | null;
  /** SHA-256 of every file of the code, with its name: the same wherever the code is the same. */
  source: string;
  /** SHA-256 of the lock file, which says every package to the byte. */
  lock: string;
  /** The programs, with their versions. */
  versions: Record<string, string>;
}

let known: Promise<CodeIdentity> | undefined;

/** What runs. It is looked at once: a program that runs goes on as it began. */
export function codeIdentity(): Promise<CodeIdentity> {
  return known ??= identify();
}

async function identify(): Promise<CodeIdentity> {
  const source = createHash("sha256");
  for (const path of (await Array.fromAsync(files(join(PROJECT, "src")))).sort(byCodeUnit)) {
    const name = relative(PROJECT, path).split(sep).join("/");
    source.update(`${name}\0`).update(await Deno.readFile(path)).update("\0");
  }
  const parts = ["--", "src", "deno.json", "deno.lock"];
  const commit = (await git("rev-parse", "HEAD"))?.trim() ?? null;
  const differing = commit === null ? "" : await git("diff", "HEAD", ...parts) ?? "";
  const others = commit === null
    ? ""
    : await git("ls-files", "--others", "--exclude-standard", ...parts) ?? "";
  const hash = source.digest("hex");
  return {
    commit,
    dirty: differing + others === ""
      ? null
      : createHash("sha256").update(differing).update(hash).digest("hex"),
    source: hash,
    lock: createHash("sha256").update(await Deno.readFile(join(PROJECT, "deno.lock")))
      .digest("hex"),
    versions: { [project.name]: project.version, deno: Deno.version.deno, duckdb: duckdb() },
  };
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(join(folder, name));
    else yield join(folder, name);
  }
}

/** What git says; undefined where there is none, or no repository that begins here. */
async function git(...args: string[]): Promise<string | undefined> {
  try {
    await Deno.stat(join(PROJECT, ".git"));
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", PROJECT, ...args],
      stderr: "null",
      env: { LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}
