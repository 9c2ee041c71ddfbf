import { dirname, join } from "node:path";
import type { PythonEnvironment } from "../setup/python.ts";

/** The name of our kernel, as a notebook's `metadata.kernelspec.name` says it. */
export const KERNEL_NAME = "cim";

/**
 * Writes the kernelspec of "Deno (CIM)" into the Python environment, where its Jupyter finds it:
 * notebooks/python/kernel.py in front of exactly the Deno that runs this. Writes only what differs.
 *
 * @returns the kernel's name
 */
export async function installKernel(python: PythonEnvironment): Promise<string> {
  const folder = join(python.folder, "share", "jupyter", "kernels", KERNEL_NAME);
  const path = join(folder, "kernel.json");
  const specification = JSON.stringify(kernelspec(python), null, 2) + "\n";
  if (await Deno.readTextFile(path).catch(() => "") === specification) return KERNEL_NAME;
  await Deno.mkdir(folder, { recursive: true });
  // Renamed into its place, so that whoever reads it meanwhile reads one whole file or the other.
  const beside = await Deno.makeTempFile({ dir: folder, prefix: ".kernel-" });
  try {
    await Deno.writeTextFile(beside, specification);
    await Deno.chmod(beside, 0o644).catch(() => {}); // Windows knows no modes.
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
  return KERNEL_NAME;
}

/** A script of notebooks/python, as the arguments of the environment's Python. */
export function pythonScript(python: PythonEnvironment, name: string): string[] {
  // -E and -s: no PYTHONPATH and no packages of the user's. -B: no __pycache__ among the notebooks.
  return ["-E", "-s", "-B", join(projectOf(python), "notebooks", "python", name)];
}

/** The folder of the project that the environment belongs to. */
function projectOf(python: PythonEnvironment): string {
  return dirname(python.folder);
}

function kernelspec(python: PythonEnvironment) {
  return {
    argv: [
      python.program("python"),
      ...pythonScript(python, "kernel.py"),
      "{connection_file}",
      // Where Deno runs, so that cells find the project's deno.json, wherever their notebook is.
      projectOf(python),
      Deno.execPath(),
    ],
    display_name: "Deno (CIM)",
    language: "typescript",
    // By signal it would end Deno.
    interrupt_mode: "message",
    metadata: { debugger: false },
  };
}
