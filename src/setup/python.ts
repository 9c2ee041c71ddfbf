import { createHash } from "node:crypto";
import { join } from "node:path";
import { lockedFile } from "./file_lock.ts";
import { describe, findPython, type Python } from "./python_search.ts";
import { installFailure, SetupError, writing } from "./setup_error.ts";

export { SetupError, type SetupErrorCode } from "./setup_error.ts";

/** The project's own Python environment: exactly the packages of notebooks/requirements.txt. */
export interface PythonEnvironment {
  /** Absolute path of the environment, `<project>/.venv`. */
  folder: string;
  /**
   * Absolute path of one of its programs, for example `program("nats-server")`. Throws a
   * {@link SetupError} `program_missing` if it is not there; the next run then makes the environment anew.
   */
  program(name: string): string;
}

/** What {@link pythonEnvironment} needs to know. */
export interface PythonEnvironmentOptions {
  /** The project's folder, the one with `notebooks/requirements.txt`. */
  project: string;
  /** Called with one line for people when there is something to wait for. */
  progress?: ((line: string) => void) | undefined;
  /** Stops the making, its child processes included. */
  signal?: AbortSignal | undefined;
}

const WINDOWS = Deno.build.os === "windows";

/**
 * The Python environment `<project>/.venv`, made once from `notebooks/requirements.txt` (with hashes)
 * by the first fitting Python on PATH, and again when that file, the Python or the project's place
 * changes. When it is ready this costs two small reads. Of several processes that need it at once, one
 * makes it and the others wait. Interrupted, the next run starts over.
 *
 * Throws a {@link SetupError} that says in one line what is missing, or the signal's reason.
 */
export async function pythonEnvironment(
  options: PythonEnvironmentOptions,
): Promise<PythonEnvironment> {
  const { progress, signal } = options;
  signal?.throwIfAborted();
  const { project, digest } = await readRequirements(options.project);
  const folder = join(project, ".venv");
  if (await isReady(folder, digest)) return environment(folder);

  const local = join(project, "data", "local");
  await writing(local, () => Deno.mkdir(local, { recursive: true }));
  const lock = await writing(local, () =>
    lockedFile(join(local, "setup.lock"), {
      signal,
      waiting: () => progress?.("Another process is setting up the Python environment, waiting …"),
    }));
  try {
    if (!(await isReady(folder, digest))) await make(project, folder, digest, progress, signal);
  } finally {
    lock.close();
  }
  return environment(folder);
}

function environment(folder: string): PythonEnvironment {
  return {
    folder,
    program(name) {
      const path = programPath(folder, name);
      try {
        // Empty is what a power failure can leave of a file.
        if (Deno.statSync(path).size > 0) return path;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      try {
        Deno.removeSync(stampPath(folder));
      } catch { /* Read-only or gone already: the message below is what matters. */ }
      throw new SetupError(
        "program_missing",
        `${path} is missing from the Python environment: run it again to have it made anew`,
      );
    },
  };
}

async function make(
  project: string,
  folder: string,
  digest: string,
  progress?: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const python = await findPython(signal);
  progress?.("Setting up the Python environment (once) …");
  const start = performance.now();
  // A link would lead to somebody else's environment, which would be emptied: the link goes, not what it leads to.
  const there = await Deno.lstat(folder).catch(ignoreMissing);
  if (there?.isSymlink) await writing(folder, () => Deno.remove(folder));
  await writing(folder, () => Deno.mkdir(folder, { recursive: true }));
  // The stamp goes first and comes last, so that whatever happens between leaves none.
  await writing(folder, () => Deno.remove(stampPath(folder)).catch(ignoreMissing));
  await run(
    python,
    python.executable,
    ["venv", "--clear", "--without-pip", folder],
    folder,
    signal,
  );
  // By itself, because venv would keep its words from us ("No space left on device").
  await run(python, programPath(folder, "python"), ["ensurepip", "--default-pip"], folder, signal);
  progress?.("Installing the packages of notebooks/requirements.txt …");
  await run(
    python,
    programPath(folder, "python"),
    [
      "pip",
      "install",
      "--require-hashes",
      "--no-deps",
      "--only-binary=:all:",
      "--no-user",
      "--no-input",
      "--disable-pip-version-check",
      "--no-warn-script-location",
      "--retries=1",
      "--timeout=15",
      "-r",
      join(project, "notebooks", "requirements.txt"),
    ],
    folder,
    signal,
  );
  const stamp = await stampOf(folder, digest);
  await writing(folder, () => Deno.writeTextFile(stampPath(folder), stamp ?? ""));
  progress?.(`Python environment ready (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

// Runs a module, and ends with its own children as soon as its standard input closes: on abort, and
// also when this process is killed, so that no pip goes on writing beside the next one.
const GUARD = `
import os, runpy, signal, sys, threading
if hasattr(os, "setpgrp"):
    os.setpgrp()
def leave():
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL) if hasattr(os, "killpg") else os._exit(1)
threading.Thread(target=leave, daemon=True).start()
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
`;

async function run(
  python: Python,
  executable: string,
  module: string[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const child = new Deno.Command(executable, {
    args: ["-I", "-c", GUARD, ...module],
    env: { LC_ALL: "C", PYTHONUTF8: "1", PIP_TARGET: "", PIP_PREFIX: "", PIP_ROOT: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = () => child.stdin.close().catch(() => {});
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const { success, stdout, stderr } = await child.output();
    signal?.throwIfAborted();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
    if (!success) throw installFailure(text, describe(python), folder);
  } finally {
    signal?.removeEventListener("abort", stop);
    await stop();
  }
}

async function readRequirements(folder: string): Promise<{ project: string; digest: string }> {
  try {
    const project = await Deno.realPath(folder);
    const bytes = await Deno.readFile(join(project, "notebooks", "requirements.txt"));
    return { project, digest: createHash("sha256").update(bytes).digest("hex") };
  } catch (error) {
    throw new SetupError(
      "requirements_missing",
      `${join(folder, "notebooks", "requirements.txt")} cannot be read (${
        error instanceof Error ? error.message : error
      }): run it from the project's folder`,
      { cause: error },
    );
  }
}

/** What the stamp says when all is well, or undefined if the environment's Python is gone. */
async function stampOf(folder: string, digest: string): Promise<string | undefined> {
  try {
    // Its real path names the version ("/usr/bin/python3.11"): a Python that was replaced shows. The
    // folder belongs to it because the scripts of an environment that was moved name the old place.
    const python = await Deno.realPath(programPath(folder, "python"));
    const base = WINDOWS ? await Deno.readTextFile(join(folder, "pyvenv.cfg")) : "";
    return [digest, python, folder, base, ""].join("\n");
  } catch (error) {
    return ignoreMissing(error);
  }
}

async function isReady(folder: string, digest: string): Promise<boolean> {
  // What another user made may lead to a Python that only they may read.
  return await writing(folder, async () => {
    const stamp = await Deno.readTextFile(stampPath(folder)).catch(ignoreMissing);
    return stamp !== undefined && stamp === await stampOf(folder, digest);
  });
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return undefined;
  }
  throw error;
}

function stampPath(folder: string): string {
  return join(folder, "cim-setup");
}

function programPath(folder: string, name: string): string {
  return WINDOWS ? join(folder, "Scripts", `${name}.exe`) : join(folder, "bin", name);
}
