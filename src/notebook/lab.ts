/** JupyterLab on the notebooks, with our kernel and nothing of the user's. */
import { join } from "node:path";
import { pythonEnvironment } from "../setup/python.ts";
import { jupyterEnvironment } from "./jupyter_environment.ts";
import { installKernel, KERNEL_NAME, pythonScript } from "./kernel.ts";

/** The notebook that is opened first, if it is there. */
const FIRST = "01-discover.ipynb";

/** How long JupyterLab may take to end its kernels before it is killed. */
const LEAVE_MS = 10_000;

/** JupyterLab's configuration, which options of the command line override. */
function configuration(notebooks: string, folder: string, first: string | undefined) {
  return {
    Application: { log_level: "WARN" },
    ServerApp: {
      root_dir: notebooks,
      ip: "127.0.0.1",
      // In a container everyone is root, and it listens to this machine only, to who has the token.
      allow_root: true,
      // On one machine nobody has to ask whether the other is there; its own settings for that make it complain.
      tornado_settings: { ws_ping_interval: 0 },
    },
    // Our kernel, and not the one of the Python that Jupyter itself runs on.
    KernelSpecManager: { ensure_native_kernel: false, allowed_kernelspecs: [KERNEL_NAME] },
    MultiKernelManager: { default_kernel_name: KERNEL_NAME },
    // Of the folder only what is there to be worked with.
    ContentsManager: { hide_globs: ["python", "requirements.*", "__pycache__"] },
    // Nothing beside the notebooks.
    FileCheckpoints: { checkpoint_dir: join(folder, "checkpoints") },
    LabApp: {
      default_url: first === undefined ? "/lab" : `/lab/tree/${first}`,
      user_settings_dir: join(folder, "settings"),
      workspaces_dir: join(folder, "workspaces"),
      // Nothing is asked of the network: no news, no newer version, no catalogue of extensions.
      news_url: null,
      check_for_updates_class: "jupyterlab.NeverCheckForUpdate",
      extension_manager: "readonly",
    },
  };
}

/** What JupyterLab's page is told in a file: the announcements, which ask whether they may ask. */
const PAGE = { disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true } };

/** JupyterLab's settings, where the user has no others. */
const SETTINGS = {
  // Light or dark, as the user's system is.
  "@jupyterlab/apputils-extension:themes": { "adaptive-theme": true },
  "@jupyterlab/notebook-extension:tracker": {
    // There is only one kernel: nobody is asked which.
    autoStartDefaultKernel: true,
    codeCellConfig: { lineNumbers: false, lineWrap: true },
  },
};

/**
 * Runs JupyterLab until it is ended by Ctrl-C, in the browser, or by SIGTERM; its kernels end with it.
 *
 * @param project the project's folder
 * @param options JupyterLab's own
 * @returns its exit code
 * @throws {SetupError} when something is missing that only a person can provide
 */
export async function lab(project: string, options: readonly string[]): Promise<number> {
  const python = await pythonEnvironment({ project, progress: console.error });
  await installKernel(python);
  const folder = join(project, "data", "local", "jupyter");
  const env = await jupyterEnvironment(python, folder);
  const notebooks = join(project, "notebooks");
  const there = await Deno.stat(join(notebooks, FIRST)).then(() => true, () => false);
  const settings = configuration(notebooks, folder, there ? FIRST : undefined);
  await writeJson(join(folder, "config", "jupyter_server_config.json"), settings);
  const labconfig = join(folder, "config", "labconfig");
  await Deno.mkdir(labconfig, { recursive: true });
  await writeJson(join(labconfig, "page_config.json"), PAGE);
  await writeJson(join(labconfig, "default_setting_overrides.json"), SETTINGS);
  const child = new Deno.Command(python.program("python"), {
    args: [...pythonScript(python, "lab.py"), ...options],
    cwd: notebooks,
    env,
    clearEnv: true,
    // It ends when this closes, which it does however this process ends.
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  let asked = false;
  const end = () => {
    if (asked) return;
    asked = true;
    child.stdin.close().catch(() => {});
    const timer = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
    Deno.unrefTimer(timer);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, end);
  const { code } = await child.status;
  return asked ? 0 : code;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}
