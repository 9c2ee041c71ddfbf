import { SetupError, venvMissing } from "./setup_error.ts";

/** A Python of this machine that can make environments. */
export interface Python {
  /** Absolute path of the base interpreter: never one of an environment that may be removed. */
  executable: string;
  /** "3.11.2" */
  version: string;
}

/** The oldest Python that notebooks/requirements.txt is resolved for. */
const OLDEST_MINOR = 11;

const CANDIDATES: readonly (readonly string[])[] = [
  ["python3"],
  ["python"],
  ...[14, 13, 12, 11].map((minor) => [`python3.${minor}`]),
  ...(Deno.build.os === "windows" ? [["py", "-3"]] : []),
];

// Runs under Python 2 too, so that one can be named as too old. JSON keeps paths ASCII on the way.
const PROBE = `
import sys, json
try:
    import venv, ensurepip
    able = True
except ImportError:
    able = False
base = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps([list(sys.version_info[:3]), base, able]))
`;

interface Found extends Python {
  recent: boolean;
  /** Has the modules `venv` and `ensurepip`, which Debian packages apart. */
  able: boolean;
}

/**
 * The first Python on PATH that is at least 3.11 and can make environments. Throws a
 * {@link SetupError}: `python_missing`, `python_too_old` or `venv_missing`, the nearest miss.
 */
export async function findPython(signal?: AbortSignal): Promise<Python> {
  const found: Found[] = [];
  for (const command of CANDIDATES) {
    const python = await probe(command, signal);
    if (python === undefined) continue;
    if (python.recent && python.able) return python;
    found.push(python);
  }
  const recent = found.find((python) => python.recent);
  if (recent !== undefined) throw venvMissing(describe(recent));
  const old = found[0];
  if (old !== undefined) {
    throw new SetupError(
      "python_too_old",
      `${
        describe(old)
      } is too old: install Python 3.${OLDEST_MINOR} or newer, put it on PATH and ` +
        `run it again`,
    );
  }
  throw new SetupError(
    "python_missing",
    `There is no Python on PATH: install Python 3.${OLDEST_MINOR} or newer (on Debian and Ubuntu ` +
      `"sudo apt-get install python3 python3-venv") and run it again`,
  );
}

/** How an error message names a Python: "Python 3.11.2 (/usr/bin/python3.11)". */
export function describe(python: Python): string {
  return `Python ${python.version} (${python.executable})`;
}

async function probe(
  [program, ...rest]: readonly string[],
  signal?: AbortSignal,
): Promise<Found | undefined> {
  const limit = AbortSignal.timeout(15_000);
  try {
    const { success, stdout } = await new Deno.Command(program ?? "python3", {
      args: [...rest, "-E", "-s", "-c", PROBE],
      stdin: "null",
      stderr: "null",
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    }).output();
    signal?.throwIfAborted();
    return success ? parse(new TextDecoder().decode(stdout)) : undefined;
  } catch {
    // Not on PATH, not executable, or a stub that opens a shop (Windows): not a Python.
    signal?.throwIfAborted();
    return undefined;
  }
}

function parse(output: string): Found | undefined {
  const [version, executable, able] = JSON.parse(output) as [number[], string, boolean];
  const [major = 0, minor = 0] = version;
  const recent = major > 3 || (major === 3 && minor >= OLDEST_MINOR);
  return { executable, version: version.join("."), recent, able };
}
