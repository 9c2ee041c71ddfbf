import type { LogRead } from "../replay/log_read.ts";
import { versions } from "../replay/provenance.ts";
import type { PythonEnvironment } from "../setup/python.ts";
import type { Notebook } from "./export/nbformat.ts";
import type { NotebookProvenance } from "./export/provenance.ts";
import { jupyterEnvironment } from "./jupyter_environment.ts";
import { installKernel, pythonScript } from "./kernel.ts";
import { NotebookFailed, NotebookUnusable } from "./notebook_error.ts";
import { type NotebookFile, readNotebook } from "./notebooks.ts";
import { type ParameterValue, valuesOf, withParameters } from "./parameters.ts";

export type { Cell, Notebook, Output } from "./export/nbformat.ts";
export { type FailedCell, NotebookFailed, NotebookUnusable } from "./notebook_error.ts";

const CELL_SECONDS = 600;

/** What {@link executeNotebook} needs to know. */
export interface ExecuteOptions {
  /** The project's Python environment, which has Jupyter. */
  python: PythonEnvironment;
  /** The project's folder. */
  project: string;
  /** Path of the `.ipynb`, which is read and never written. */
  notebook: string;
  /** Other values for its parameters. */
  parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  /**
   * Called when a code cell begins, with how many are done before it, how many there are, and its
   * code; and when all are done, with "".
   */
  progress?: ((done: number, total: number, source: string) => void) | undefined;
  /** Kills what runs. */
  signal?: AbortSignal | undefined;
  /** How long a cell may take, in seconds; 600 if not given. */
  timeoutSeconds?: number | undefined;
}

/** What notebooks/python/execute.py says, a line each. */
type Line =
  | { event: "cell"; done: number; total: number; source: string }
  | {
    event: "failed";
    cell: number;
    source: string;
    name: string;
    message: string;
    traceback: string;
    notebook: Notebook;
  }
  | { event: "broken"; message: string }
  | { event: "done"; notebook: Notebook; logs_read: LogRead[] };

/**
 * Runs a notebook without a browser, in our kernel, from its first cell to its last.
 *
 * @returns the notebook with its outputs; its metadata say when each cell ran, and as `cim` what it was made of
 * @throws {ParameterRefused} for a parameter that it does not have, or a value of another kind
 * @throws {NotebookFailed} with the first cell that failed; a cell tagged `raises-exception` may throw
 * @throws {NotebookUnusable} if it is no notebook, or the kernel does not start
 */
export async function executeNotebook(options: ExecuteOptions): Promise<Notebook> {
  const { python, notebook, parameters = {}, signal } = options;
  signal?.throwIfAborted();
  const start = performance.now();
  const file = await readNotebook(notebook);
  const source = JSON.stringify(withParameters(file.notebook, parameters));
  const kernel = await installKernel(python);
  const folder = await Deno.makeTempDir({ prefix: "cim-jupyter-" });
  try {
    const env = await jupyterEnvironment(python, folder);
    const last = await run(source, kernel, env, options);
    if (last?.event === "done") {
      const madeOf = { seconds: secondsSince(start), logs_read: inOrder(last.logs_read) };
      return stamped(last.notebook, file, madeOf);
    }
    if (last?.event !== "failed") {
      const why = last?.event === "broken" ? last.message : "its runner ended without a word";
      throw new NotebookUnusable(`${notebook} could not be run: ${why}`);
    }
    const { name: errorName, message: errorMessage, ...failed } = last;
    const partly = stamped(failed.notebook, file, { seconds: secondsSince(start), logs_read: [] });
    throw new NotebookFailed(notebook, { ...failed, notebook: partly, errorName, errorMessage });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

function stamped(
  notebook: Notebook,
  { name, sha256 }: NotebookFile,
  { seconds, logs_read }: Pick<NotebookProvenance, "seconds" | "logs_read">,
): Notebook {
  const cim: NotebookProvenance = {
    notebook: name,
    sha256,
    parameters: valuesOf(notebook),
    logs_read,
    versions: versions(),
    seconds,
  };
  return { ...notebook, metadata: { ...notebook.metadata, cim } };
}

/** Such that the same parts come in the same order, whichever of them was read sooner. */
function inOrder(read: readonly LogRead[]): LogRead[] {
  const key = (one: LogRead) =>
    [
      one.archive ?? "",
      one.experiment ?? "",
      String(one.last_sequence).padStart(16, "0"),
      one.as_of ?? "",
      one.log_hash,
    ].join("\n");
  return [...read].sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000;
}

async function run(
  source: string,
  kernel: string,
  env: Record<string, string>,
  { python, project, progress, signal, timeoutSeconds = CELL_SECONDS }: ExecuteOptions,
): Promise<Line | undefined> {
  signal?.throwIfAborted();
  const child = new Deno.Command(python.program("python"), {
    args: [...pythonScript(python, "execute.py"), kernel, String(timeoutSeconds)],
    cwd: project,
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  // It kills its kernel and itself when its standard input closes, also when this process dies.
  const stop = () => writer.close().catch(() => {});
  signal?.addEventListener("abort", stop, { once: true });
  let last: Line | undefined;
  try {
    await writer.write(new TextEncoder().encode(source + "\n"));
    for await (const text of linesOf(child.stdout)) {
      last = JSON.parse(text) as Line;
      if (last.event === "cell") progress?.(last.done, last.total, last.source);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await stop();
    await child.status;
  }
  signal?.throwIfAborted();
  return last;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let parts: string[] = []; // of one line: a notebook with its pictures comes in thousands
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const [first = "", ...others] = text.split("\n");
    parts.push(first);
    for (const other of others) {
      yield parts.join("");
      parts = [other];
    }
  }
}
