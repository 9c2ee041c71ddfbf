/** The machine as files: /proc, /sys and /etc are Linux's interface to facts, read here and nowhere else. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { byCodeUnit } from "../domain/values.ts";

/** A source that could not be read, and why: the facts it holds are absent from the result. */
export interface Gap {
  /** A path on the machine (without the root that it was read under), or a pattern: `/proc/[pid]/fd`. */
  source: string;
  /** For people: `permission denied`. */
  reason: string;
}

/** Where bytes come from; tests put one here that refuses. Each function may throw as `node:fs` does. */
export interface FileSource {
  read(path: string): Uint8Array;
  list(path: string): string[];
  link(path: string): string;
}

const disk: FileSource = {
  read: (path) => readFileSync(path),
  list: (path) => readdirSync(path),
  link: (path) => readlinkSync(path),
};

/**
 * Errors that are an answer, "there is no such fact": sysfs says EINVAL for the speed of a link that is down and for a
 * link that is none, and a process that ends during the scan gives ESRCH.
 */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "EINVAL", "ENODEV", "ENXIO", "ESRCH", "EOPNOTSUPP"]);

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a directory",
  ENOENT: "not found",
  ELOOP: "too many symbolic links",
};

/** What is done with a source that is there and cannot be read. */
export type Denied = (source: string, reason: string) => void;

/** Reads a machine's files under a root and remembers what it could not read. No method throws. */
export class MachineFiles {
  readonly #root: string;
  readonly #source: FileSource;
  readonly #gaps = new Map<string, Gap>();
  #refusals = 0;
  readonly #record: Denied = (source, reason) => this.gap(source, reason);

  /** @param root the folder that holds the machine's `proc`, `sys` and `etc` */
  constructor(root = "/", source: FileSource = disk) {
    this.#root = root.replace(/\/+$/, "");
    this.#source = source;
  }

  /** Whether this is the machine that we run on, so that system calls may tell what files do not. */
  get live(): boolean {
    return this.#root === "";
  }

  /** What could not be read so far, sorted by source; a source read twice is one gap. */
  get gaps(): Gap[] {
    return [...this.#gaps.values()].sort((a, b) => byCodeUnit(a.source, b.source));
  }

  /** Records that a source is unusable. The first reason stays. */
  gap(source: string, reason: string): void {
    this.#refusals++;
    if (!this.#gaps.has(source)) this.#gaps.set(source, { source, reason });
  }

  /** Reads, and tells whether all that was asked for meanwhile could be read: a gap said before counts again. */
  whole<T>(read: () => T): { found: T; whole: boolean } {
    const before = this.#refusals;
    const found = read();
    return { found, whole: this.#refusals === before };
  }

  /** Where a path of the machine is for this process. */
  locate(path: string): string {
    return `${this.#root}${path}`;
  }

  /** The text of a file (what is not UTF-8 becomes U+FFFD), or undefined; that it is absent is no gap. */
  text(path: string, denied: Denied = this.#record): string | undefined {
    return this.#attempt(
      path,
      () => new TextDecoder().decode(this.#source.read(this.locate(path))),
      denied,
    );
  }

  /** The text of a file that every Linux has: that it is absent is a gap too. */
  required(path: string): string | undefined {
    let denied = false;
    const text = this.text(path, (source, reason) => {
      denied = true;
      this.gap(source, reason);
    });
    if (text === undefined && !denied) this.gap(path, "not found");
    return text;
  }

  /** The first line of a file without white space around it; undefined when there is nothing in it. */
  line(path: string, denied: Denied = this.#record): string | undefined {
    return this.text(path, denied)?.split("\n", 1)[0]?.trim() || undefined;
  }

  /** The names in a folder, sorted by code unit; none when there is no such folder. */
  list(path: string, denied: Denied = this.#record): string[] {
    return this.#attempt(path, () => this.#source.list(this.locate(path)), denied)
      ?.sort(byCodeUnit) ?? [];
  }

  /** Where a symbolic link points to, or undefined. */
  link(path: string, denied: Denied = this.#record): string | undefined {
    return this.#attempt(path, () => this.#source.link(this.locate(path)), denied);
  }

  /** Whether a folder holds this entry. Not a gap when the folder cannot be read: then nobody can tell. */
  has(path: string): boolean {
    const cut = path.lastIndexOf("/");
    return this.list(path.slice(0, cut) || "/", () => {}).includes(path.slice(cut + 1));
  }

  #attempt<T>(path: string, read: () => T, denied: Denied): T | undefined {
    try {
      return read();
    } catch (error) {
      const { code = "", message } = error as { code?: string; message: string };
      if (!ABSENT.has(code)) denied(path, REASONS[code] ?? (code || message));
      return undefined;
    }
  }
}
