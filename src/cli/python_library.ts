/** Libraries of Python that this project's own methods are judged beside, where there are any. */
import { fileURLToPath } from "node:url";
import { oneLine } from "../projections/projector_error.ts";

const VENV = Deno.build.os === "windows"
  ? "../../.venv/Scripts/python.exe"
  : "../../.venv/bin/python";
const PYTHONS = ["python3", fileURLToPath(new URL(VENV, import.meta.url))];

/** A library could not do what it was asked. */
export class OthersFailed extends Error {
  override readonly name = "OthersFailed";
  /** Stable, for programs. */
  readonly code = "others_failed";
}

/** The first Python that has a library: the one on PATH, or that of the notebooks. */
export async function pythonWith(library: "sklearn" | "pyod"): Promise<string | undefined> {
  for (const python of PYTHONS) if (await imports(python, library)) return python;
}

async function imports(python: string, library: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(python, {
      args: ["-c", `import ${library}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // there is no such Python
  }
}

/**
 * Runs a script of ours that reads one JSON value and writes one a line.
 *
 * @param script its name, beside this file
 * @param input JSON has no NaN: it becomes null
 * @throws {OthersFailed} with the last line of what Python said
 */
export async function linesOf<Line>(
  python: string,
  script: string,
  input: unknown,
  signal: AbortSignal,
): Promise<Line[]> {
  const child = new Deno.Command(python, {
    args: ["-W", "ignore", fileURLToPath(new URL(script, import.meta.url))],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const writer = child.stdin.getWriter();
  // One that ends early says why on stderr.
  const written = writer.write(new TextEncoder().encode(JSON.stringify(input)))
    .then(() => writer.close()).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await written;
  signal.throwIfAborted();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    throw new OthersFailed(`${script} failed: ${oneLine(said)}`);
  }
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}
