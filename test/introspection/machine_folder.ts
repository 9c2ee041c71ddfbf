/** Machines as folders: a table of files becomes a tree that introspection reads as its root. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { FileSource } from "../../src/introspection/files.ts";

/** A file's text or bytes, or where a symbolic link points to, by path. A path that ends with `/` is a folder. */
export type MachineTable = Record<string, string | Uint8Array | { link: string }>;

/** Writes the machine to a temporary folder, which is removed after the test. */
export function machineFolder(table: MachineTable): string {
  const root = mkdtempSync(join(tmpdir(), "machine-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(table)) {
    const place = join(root, path);
    mkdirSync(path.endsWith("/") ? place : dirname(place), { recursive: true });
    if (path.endsWith("/")) continue;
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(place, content);
    else symlinkSync(content.link, place);
  }
  return root;
}

/** Files that a user may read but for some, by their paths: the tests may be run by root, who may read all. */
export function refusing(refused: RegExp, code = "EACCES"): FileSource {
  const allowed = <T>(read: (path: string) => T) => (path: string) => {
    if (!refused.test(path)) return read(path);
    throw Object.assign(new Error(code), { code });
  };
  return {
    read: allowed((path) => readFileSync(path)),
    list: allowed((path) => readdirSync(path)),
    link: allowed((path) => readlinkSync(path)),
  };
}

/** The files of a process. */
export function processTable(
  pid: number,
  name: string | Uint8Array,
  options: {
    executable?: string;
    sockets?: number[];
    flags?: number;
    state?: string;
    /** When it was started, in seconds after the machine was: early on unless it says otherwise. */
    startedSeconds?: number;
    cgroup?: string;
  } = {},
): MachineTable {
  const { executable, sockets = [], flags = 4_194_304, state = "S", startedSeconds = 0.14 } =
    options;
  const encoder = new TextEncoder();
  const stat = [
    ...encoder.encode(`${pid} (`),
    ...(typeof name === "string" ? encoder.encode(name) : name),
    ...encoder.encode(
      `) ${state} 1 ${pid} ${pid} 0 -1 ${flags} 100 0 0 0 1 2 0 0 20 0 1 0 ${
        Math.round(startedSeconds * 100)
      } 0 0\n`,
    ),
  ];
  return {
    [`/proc/${pid}/stat`]: new Uint8Array(stat),
    // Never to be read: what is in them would be seen in the results.
    [`/proc/${pid}/cmdline`]: "program\0--password=hunter2\0",
    [`/proc/${pid}/environ`]: "container=stolen\0SECRET=hunter2\0",
    ...(executable ? { [`/proc/${pid}/exe`]: { link: executable } } : {}),
    ...(options.cgroup ? { [`/proc/${pid}/cgroup`]: options.cgroup } : {}),
    [`/proc/${pid}/fd/`]: "",
    ...Object.fromEntries(
      sockets.map((
        inode,
        index,
      ) => [`/proc/${pid}/fd/${index + 3}`, { link: `socket:[${inode}]` }]),
    ),
  };
}

/** The files of an interface. */
export function linkTable(name: string, facts: Record<string, string>): MachineTable {
  return Object.fromEntries(
    Object.entries({ type: "1", mtu: "1500", ...facts })
      .map((
        [file, text],
      ) => [`/sys/class/net/${name}/${file}`, file.endsWith("/") ? "" : `${text}\n`]),
  );
}
