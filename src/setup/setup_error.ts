import { join } from "node:path";

/** What is wrong when something that is needed cannot be set up. */
export type SetupErrorCode =
  | "requirements_missing"
  | "python_missing"
  | "python_too_old"
  | "venv_missing"
  | "java_missing"
  | "java_too_old"
  | "maven_missing"
  | "packages_unavailable"
  | "packages_unfit"
  | "packages_changed"
  | "folder_read_only"
  | "disk_full"
  | "program_missing"
  | "setup_failed";

/** Something cannot be set up: `message` is one line, what is wrong and what to do. */
export class SetupError extends Error {
  override name = "SetupError";
  /** Stable: what a program may branch on. */
  readonly code: SetupErrorCode;

  constructor(code: SetupErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}

const READ_ONLY = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** The error that a failed write below `path` should be reported as; any other error as it is. */
export function writeFailure(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (READ_ONLY.has(code)) return readOnly(path, (error as Error).message);
  if (FULL.has(code)) return diskFull(path);
  return error;
}

/** Does something that writes below `path`, or fails as {@link writeFailure} says. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/**
 * The error that the output of a failed `venv` or `pip` means. `python` describes the Python used, and
 * `folder` is the environment's.
 */
export function installFailure(output: string, python: string, folder: string): SetupError {
  const last = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const error = last.findLast((line) => /error/i.test(line)) ?? last.at(-1) ?? "no output";
  if (/No space left on device|Disk quota exceeded|Errno (28|122)\b/.test(output)) {
    return diskFull(folder);
  }
  if (/Read-only file system|Permission denied|Operation not permitted/.test(output)) {
    return readOnly(folder, error);
  }
  if (/ensurepip is not available|No module named '?(ensurepip|venv)/.test(output)) {
    return venvMissing(python);
  }
  if (/DO NOT MATCH THE HASHES|Hashes are required|In --require-hashes mode/i.test(output)) {
    const which = last.find((line) => / from \S+:/.test(line) || /==/.test(line)) ?? error;
    return new SetupError(
      "packages_changed",
      `A downloaded package is not the one that notebooks/requirements.txt names (${which}): ` +
        `someone changed it on the way; try another package index (PIP_INDEX_URL)`,
    );
  }
  // Before "no matching distribution", which is how pip also ends when it could not ask at all.
  if (
    /Retrying \(Retry|connection broken|Max retries exceeded|ConnectionError|ProxyError|SSLError|Could not fetch URL|Read timed out|HTTP error [45]\d\d|Name or service not known/i
      .test(output)
  ) {
    return new SetupError(
      "packages_unavailable",
      `The package index could not be reached (${error}): check the network or your proxy/PIP_INDEX_URL ` +
        `and run it again`,
    );
  }
  if (/No matching distribution found|is not a supported wheel/.test(output)) {
    const wanted = /No matching distribution found for (\S+)/.exec(output)?.[1] ?? "a package";
    const platform = `${Deno.build.os} ${Deno.build.arch}`;
    return new SetupError(
      "packages_unfit",
      `The package index has no ${wanted} for ${python} on ${platform}: use another platform or ` +
        `Python, or an index that has it (PIP_INDEX_URL), and run it again`,
    );
  }
  return new SetupError(
    "setup_failed",
    `The Python environment could not be made with ${python} (${error}): remove ${folder} and run it again`,
    { cause: output },
  );
}

/** The error that the output of a failed `deno install` in `project` means. */
export function downloadFailure(output: string, project: string): SetupError {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const error = (lines.find((line) => line.startsWith("error:")) ?? lines[0] ?? "no output")
    .replace(/^error: /, "");
  if (/No space left on device|Disk quota exceeded|os error (28|122)\b/.test(output)) {
    return diskFull(project);
  }
  if (/Read-only file system|Permission denied|os error (1|13|30)\b/.test(output)) {
    return readOnly(join(project, "node_modules"), error);
  }
  if (/integrity|checksum|lockfile is out of date/i.test(output)) {
    return new SetupError(
      "packages_changed",
      `The npm packages are not the ones that deno.lock names (${error}): take deno.json and ` +
        `deno.lock from the same commit, or run "deno install --frozen=false" to make the lock anew`,
    );
  }
  return new SetupError(
    "packages_unavailable",
    `The npm packages could not be downloaded (${error}): check the network or your proxy ` +
      `(HTTPS_PROXY, NPM_CONFIG_REGISTRY) and run it again`,
  );
}

/** The error for a Python, described by `python` ("Python 3.11.2 (path)"), without `venv` or `ensurepip`. */
export function venvMissing(python: string): SetupError {
  const minor = /\b3\.\d+/.exec(python)?.[0] ?? "3";
  return new SetupError(
    "venv_missing",
    `${python} cannot make environments, its venv module is missing: on Debian and Ubuntu run ` +
      `"sudo apt-get install python3-venv" (or python${minor}-venv), then run it again`,
  );
}

function readOnly(path: string, why: string): SetupError {
  return new SetupError(
    "folder_read_only",
    `${path} cannot be written (${why}): make it writable or use a copy of the project elsewhere, ` +
      `and run it again`,
  );
}

function diskFull(path: string): SetupError {
  return new SetupError("disk_full", `The disk of ${path} is full: make room and run it again`);
}
