import type { PythonEnvironment } from "../setup/python.ts";
import type { Notebook } from "./export/nbformat.ts";
import { jupyterEnvironment } from "./jupyter_environment.ts";
import { installKernel, pythonScript } from "./kernel.ts";
import { NotebookFailed, NotebookUnusable } from "./notebook_error.ts";

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
  | { event: "done"; notebook: Notebook };

/**
 * Runs a notebook without a browser, in our kernel, from its first cell to its last.
 *
 * @returns the notebook with its outputs
 * @throws {NotebookFailed} with the first cell that failed; a cell tagged `raises-exception` may throw
 * @throws {NotebookUnusable} if it is no notebook, or the kernel does not start
 */
export async function executeNotebook(options: ExecuteOptions): Promise<Notebook> {
  const { python, notebook, signal } = options;
  signal?.throwIfAborted();
  const source = await readNotebook(notebook);
  const kernel = await installKernel(python);
  const folder = await Deno.makeTempDir({ prefix: "cim-jupyter-" });
  try {
    const env = await jupyterEnvironment(python, folder);
    const last = await run(source, kernel, env, options);
    if (last?.event === "done") return last.notebook;
    if (last?.event !== "failed") {
      const why = last?.event === "broken" ? last.message : "its runner ended without a word";
      throw new NotebookUnusable(`${notebook} could not be run: ${why}`);
    }
    const { name: errorName, message: errorMessage, ...failed } = last;
    throw new NotebookFailed(notebook, { ...failed, errorName, errorMessage });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
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

/** The notebook's JSON on one line. */
async function readNotebook(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch((error: Error) => {
    throw new NotebookUnusable(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  try {
    const notebook = JSON.parse(text) as Partial<Notebook>;
    if (notebook.nbformat === 4 && Array.isArray(notebook.cells)) return JSON.stringify(notebook);
  } catch { /* No JSON: no notebook either. */ }
  throw new NotebookUnusable(`${path} is no notebook of nbformat 4: make one in "deno task lab"`);
}
