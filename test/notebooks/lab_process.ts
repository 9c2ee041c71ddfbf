/** A JupyterLab for tests: `deno task lab` itself, as a process. */
import { join } from "node:path";
import { descendants, left, project } from "./fixture.ts";

/** A lab that runs. */
export interface Lab {
  process: Deno.ChildProcess;
  /** Its address, with the token. */
  url: URL;
}

/**
 * Starts it.
 *
 * @param options options of JupyterLab
 */
export async function startLab(...options: string[]): Promise<Lab> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(project, "src/cli/lab.ts"), "--no-browser", ...options],
    env: { JUPYTER_TOKEN: "", JUPYTER_PREFER_ENV_PATH: "0" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const address = Promise.withResolvers<string>();
  (async () => {
    let printed = "";
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      printed += text;
      const found = printed.match(/http:\/\/\S+token=\w+(?=\s)/);
      if (found) address.resolve(found[0]);
    }
    address.reject(new Error(`No address: ${printed}`));
  })();
  return { process, url: new URL(await address.promise) };
}

/** Ends it with Ctrl-C, and gives back what it took in milliseconds, its exit code, and the processes that it left behind. */
export async function endLab({ process }: Lab) {
  const processes = [process.pid, ...descendants(process.pid)];
  const start = performance.now();
  process.kill("SIGINT");
  const { code } = await process.status;
  const milliseconds = performance.now() - start;
  return { code, milliseconds, processes, left: await left(processes, 5) };
}
