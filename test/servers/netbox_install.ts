/** The programs of a real NetBox: a Python that can run it, PostgreSQL, Redis, and NetBox itself from the package index. */
import { join } from "node:path";
import { parse } from "yaml";
import { lockedFile } from "../../src/setup/file_lock.ts";
import { tether } from "./tether.ts";

/** The release that these tests are about. */
const NETBOX_VERSION = "4.7.3";
/** One that is installed as NetBox's documentation says, such as /opt/netbox, is tested in its place where this says so. */
const OTHER = "CIM_TEST_NETBOX";

/** What is missing on this machine, and how to get it. */
export class NetBoxMissing extends Error {
  override name = "NetBoxMissing";
}

/** Where everything is. */
export interface NetBoxPrograms {
  version: string;
  /** The Python of an environment with NetBox in it. */
  python: string;
  /** Where Python finds NetBox, where that is not in its environment. */
  path?: string;
  /** A program of PostgreSQL, which Debian keeps off the PATH. */
  postgres(name: string): string;
  redis: string;
  /** Where this is kept. */
  folder: string;
}

/**
 * Finds them, and installs NetBox into a folder, once: some 550 MB. Of several processes that need it at once one installs
 * it and the others wait.
 *
 * @throws {NetBoxMissing}
 */
export async function netboxPrograms(folder: string): Promise<NetBoxPrograms> {
  const bin = await findPostgres();
  const postgres = (name: string) => join(bin, name);
  const redis = "redis-server";
  if (!await says(redis, "--version")) throw missing("Redis", "redis-server", "redis");
  const other = Deno.env.get(OTHER);
  if (other) return { ...await installed(other), postgres, redis, folder };
  const base = await findPython();
  const environment = join(folder, `venv-${NETBOX_VERSION}`);
  const python = join(environment, "bin", "python");
  const stamp = join(environment, "complete");
  if (!await isThere(stamp)) {
    await Deno.mkdir(folder, { recursive: true });
    using _lock = await lockedFile(join(folder, "install.lock"));
    if (!await isThere(stamp)) {
      const log = join(folder, "install.log");
      await run(log, base, "-m", "venv", "--clear", environment);
      const pip = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check"];
      await run(log, python, ...pip, "--no-compile", `netbox==${NETBOX_VERSION}`);
      await Deno.writeTextFile(stamp, "");
    }
  }
  return { version: NETBOX_VERSION, python, postgres, redis, folder };
}

async function installed(
  home: string,
): Promise<Pick<NetBoxPrograms, "version" | "python" | "path">> {
  const path = join(home, "netbox");
  const release = await Deno.readTextFile(join(path, "release.yaml")).catch((error) => {
    throw new NetBoxMissing(`${OTHER}=${home} is no installation of NetBox`, { cause: error });
  });
  return { version: parse(release).version, python: join(home, "venv", "bin", "python"), path };
}

async function run(log: string, program: string, ...args: readonly string[]): Promise<void> {
  if (await tether(program, args, { log }).ended === 0) return;
  const error = (await Deno.readTextFile(log)).split("\n").findLast((line) => /error/i.test(line));
  throw new NetBoxMissing(
    `NetBox ${NETBOX_VERSION} could not be installed (${
      error ?? "it said nothing"
    }): see ${log}. It needs the package ` +
      `index, and a compiler and PostgreSQL's headers (on Debian and Ubuntu "sudo apt-get install gcc libpq-dev")`,
  );
}

/** The first Python that NetBox runs on: by its name on the PATH, or one of pyenv's. */
async function findPython(): Promise<string> {
  const pyenv = join(Deno.env.get("PYENV_ROOT") ?? `${Deno.env.get("HOME")}/.pyenv`, "versions");
  const names = ["python3.12", "python3.13", "python3.14", "python3"];
  const installed = (await foldersIn(pyenv)).map((version) => join(version, "bin", "python3"));
  const fits = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))";
  for (const python of [...names, ...installed]) {
    if (await says(python, "-c", fits)) return python;
  }
  throw new NetBoxMissing(
    `NetBox ${NETBOX_VERSION} needs Python 3.12 or newer, and there is none on PATH nor in ${pyenv}: install one ` +
      `("pyenv install 3.12")`,
  );
}

/** The folder of the newest PostgreSQL's programs. */
async function findPostgres(): Promise<string> {
  const homes = await foldersIn("/usr/lib/postgresql");
  const folders = [...homes.map((home) => join(home, "bin")).reverse(), ""];
  for (const folder of folders) {
    if (await says(join(folder, "postgres"), "--version")) return folder;
  }
  throw missing("PostgreSQL", "postgresql", "postgresql");
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => join(folder, name))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  } catch {
    return [];
  }
}

async function says(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(program, { args: [...args], ...quiet }).output()).success;
  } catch {
    return false;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function missing(what: string, debian: string, brew: string): NetBoxMissing {
  return new NetBoxMissing(
    `NetBox needs ${what}, and there is none: on Debian and Ubuntu run "sudo apt-get install ${debian}", on macOS ` +
      `"brew install ${brew}", then run it again`,
  );
}
