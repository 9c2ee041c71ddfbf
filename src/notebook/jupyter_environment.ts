import { join } from "node:path";
import type { PythonEnvironment } from "../setup/python.ts";

/**
 * Environment variables for a Jupyter that knows only the project's Python environment and `folder`:
 * what the user has configured, in variables or in their home, is not seen and not changed. `folder`
 * is made, for this user only: who can read it can use the kernels.
 *
 * They are the whole environment: start the process with `clearEnv`.
 */
export async function jupyterEnvironment(
  python: PythonEnvironment,
  folder: string,
): Promise<Record<string, string>> {
  const own = {
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
  };
  for (const path of [folder, ...Object.values(own)]) {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  }
  if (Deno.build.os !== "windows") await Deno.chmod(own.JUPYTER_RUNTIME_DIR, 0o700);
  const users = Object.entries(Deno.env.toObject())
    .filter(([name]) => !/^(JUPYTER|JUPYTERLAB|IPYTHON|PYTHON|JPY_)/i.test(name));
  return {
    ...Object.fromEntries(users),
    ...own,
    JUPYTER_PATH: join(python.folder, "share", "jupyter"),
    JUPYTER_PLATFORM_DIRS: "1",
    PYTHONUTF8: "1",
  };
}
