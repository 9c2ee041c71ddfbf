/** What the tests of notebooks share: notebooks to run, load to run them under, processes to look for. */
import { fileURLToPath } from "node:url";
import { pythonEnvironment } from "../../src/setup/python.ts";

/** The project's folder. */
export const project = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Its Python environment. */
export const environment = () => pythonEnvironment({ project });

/** A code cell, and its tags. */
export type Code = string | { source: string; tags: string[] };

/** Writes a notebook of these code cells below `folder`, and gives back its path. */
export async function writeNotebook(folder: string, cells: Code[]): Promise<string> {
  const path = await Deno.makeTempFile({ dir: folder, suffix: ".ipynb" });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "another", language: "typescript" } },
    cells: cells.map((cell, at) => ({
      cell_type: "code",
      id: `cell-${at}`,
      metadata: typeof cell === "string" ? {} : { tags: cell.tags },
      source: typeof cell === "string" ? cell : cell.source,
      outputs: [],
      execution_count: null,
    })),
  };
  await Deno.writeTextFile(path, JSON.stringify(notebook));
  return path;
}

/** Keeps every core busy while `work` runs, a minute at most. */
export async function underLoad<T>(work: () => Promise<T>): Promise<T> {
  const workers = Array.from(
    { length: navigator.hardwareConcurrency },
    () =>
      new Deno.Command(Deno.execPath(), {
        args: ["eval", "const end = Date.now() + 60_000; while (Date.now() < end);"],
      }).spawn(),
  );
  try {
    return await work();
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
    await Promise.all(workers.map((worker) => worker.status));
  }
}

/** True if the process runs; one that is dead and only waits to be collected does not. */
export function runs(process: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${process}/stat`);
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** The processes that a process started, and those that these started. */
export function descendants(process: number): number[] {
  let children: number[];
  try {
    children = Deno.readTextFileSync(`/proc/${process}/task/${process}/children`).split(" ")
      .filter((text) => text !== "").map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Waits until none of the processes runs; those that still do after `seconds`. */
export async function left(processes: number[], seconds = 8): Promise<number[]> {
  const end = Date.now() + seconds * 1000;
  while (processes.some(runs) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return processes.filter(runs);
}
