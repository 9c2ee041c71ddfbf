/** The one place where tests get a real container engine: Podman, with images and containers of its own. */
import { setTimeout as delay } from "node:timers/promises";
import { dirname, join } from "node:path";
import process from "node:process";

/** Whether there is no Podman here, or we may not run it; then these tests are skipped, and say how to get it. */
export const missing = Deno.build.os !== "linux" || Deno.uid() !== 0 ||
  !await succeeds("podman", ["--version"]);
if (missing) {
  const how = "Podman is not here, or we are not root: on Debian and Ubuntu " +
    '"sudo apt-get install --no-install-recommends podman runc"';
  if (process.env["CI"] === "true") throw new Error(how);
  console.warn(`${how}. The tests with a real container engine are skipped.`);
}

/** A Podman of one test alone. */
export interface TestPodman {
  /** Where it answers. */
  socket: string;
  /** The name of its one image, which has `sleep` and `cat`. */
  image: string;
  /** Runs podman's command line, and gives what it prints. */
  run(...args: string[]): Promise<string>;
  /** Ends its containers and itself, and removes all that was theirs. */
  stop(): Promise<void>;
}

/** Starts it in a folder of its own. No image is fetched: the only one is made from this machine's files. */
export async function startPodman(): Promise<TestPodman> {
  const folder = await Deno.makeTempDir({ prefix: "cim-podman-" });
  const socket = join(folder, "podman.sock");
  // crun, Podman's own choice, does not run where control groups are of both versions; runc does.
  const runtime = await succeeds("runc", ["--version"]) ? ["--runtime", "runc"] : [];
  const own = [
    ...runtime,
    ...["--root", join(folder, "storage"), "--runroot", join(folder, "run")],
    ...["--tmpdir", join(folder, "tmp"), "--storage-driver", "vfs"],
    ...["--cgroup-manager", "cgroupfs", "--events-backend", "file"],
  ];
  const run = (...args: string[]) => output("podman", [...own, ...args]);
  const image = "localhost/tiny:1";
  await run("import", await archive(folder, ["/bin/sleep", "/bin/cat"]), image);
  const service = new Deno.Command("podman", {
    args: [...own, "system", "service", "--time=0", `unix://${socket}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let tries = 0; !(await Deno.stat(socket).catch(() => undefined)); tries++) {
    if (tries > 200) throw new Error(`podman does not answer at ${socket} after 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    socket,
    image,
    run,
    async stop() {
      await run("rm", "--all", "--force", "--time", "0");
      service.kill("SIGKILL");
      await service.status;
      // What it had started may still write for a moment.
      for (let tries = 20;; tries--) {
        try {
          return await Deno.remove(folder, { recursive: true });
        } catch (error) {
          if (tries === 0) throw error;
          await delay(100);
        }
      }
    },
  };
}

/** A tar archive of programs and the libraries that they need, as a file system of their own. */
async function archive(folder: string, programs: readonly string[]): Promise<string> {
  const root = join(folder, "root");
  for (const program of programs) {
    const libraries = (await output("ldd", [program])).match(/\/\S+(?= \()/g) ?? [];
    for (const file of [program, ...libraries]) {
      await Deno.mkdir(join(root, dirname(file)), { recursive: true });
      await Deno.copyFile(file, join(root, file));
    }
  }
  const path = join(folder, "image.tar");
  await output("tar", ["-C", root, "-cf", path, "."]);
  return path;
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (success) return new TextDecoder().decode(stdout).trim();
  throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return await output(program, args).then(() => true, () => false);
}
