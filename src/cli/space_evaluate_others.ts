/** Other classifiers, of scikit-learn, on the same parts of the same tables. */
import { fileURLToPath } from "node:url";
import { oneLine } from "../projections/projector_error.ts";
import type { LabelledTable } from "./labelled_table.ts";

/** How well one part of a table was labelled. */
export interface Score {
  /** What labelled it. */
  readonly name: string;
  /** The share that is right. */
  readonly accuracy: number;
  readonly macro_f1: number;
}

const SCRIPT = fileURLToPath(new URL("space_evaluate_others.py", import.meta.url));
const VENV = Deno.build.os === "windows"
  ? "../../.venv/Scripts/python.exe"
  : "../../.venv/bin/python";
const PYTHONS = ["python3", fileURLToPath(new URL(VENV, import.meta.url))];

/** scikit-learn could not do what it was asked. */
export class OthersFailed extends Error {
  override readonly name = "OthersFailed";
  /** Stable, for programs. */
  readonly code = "others_failed";
}

/** The first Python that has scikit-learn: the one on PATH, or that of the notebooks. */
export async function pythonWithScikitLearn(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    const found = await new Deno.Command(python, {
      args: ["-c", "import sklearn"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output().catch(() => undefined); // not there
    if (found?.success) return python;
  }
}

/**
 * Fits and judges them.
 *
 * @param times for each time round the part of each row
 * @throws {OthersFailed} with the last line of what Python said
 */
export async function others(
  python: string,
  { columns, classes }: LabelledTable,
  times: readonly Int32Array[],
  seed: number,
  signal: AbortSignal,
): Promise<Score[]> {
  const child = new Deno.Command(python, {
    args: ["-W", "ignore", SCRIPT],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const input = JSON.stringify({
    seed,
    // JSON has no NaN: it becomes null.
    columns: columns.map((column) => [...column]),
    classes,
    parts: times.map((parts) => [...parts]),
  });
  const writer = child.stdin.getWriter();
  // One that ends early says why on stderr.
  const written = writer.write(new TextEncoder().encode(input)).then(() => writer.close())
    .catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await written;
  signal.throwIfAborted();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    throw new OthersFailed(`scikit-learn's classifiers failed: ${oneLine(said)}`);
  }
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}
