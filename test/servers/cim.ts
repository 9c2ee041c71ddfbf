/** The command line in processes of its own, in a copy of the project that is one test's alone. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./embedded_user.ts";
import { serverRequirements } from "./requirements.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** A line of JSON, whatever it says. */
export type Line = ReturnType<typeof JSON.parse>;

/** What came of a run. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** How to run it. */
export interface RunOptions {
  /** The whole of stdin; without it there is none. */
  stdin?: string | Uint8Array;
  /** What is in its environment besides, or instead. */
  env?: Record<string, string>;
}

/** A copy of the project, with a log of its own or, with `NATS_URL` in the environment, one elsewhere. */
export class Place implements AsyncDisposable {
  private constructor(readonly folder: string, readonly env: Record<string, string>) {}

  /** @param env what its processes have in their environment besides ours */
  static async make(env: Record<string, string> = {}): Promise<Place> {
    const folder = await Deno.makeTempDir({ prefix: "cim-place-" });
    for (const path of ["src", "deno.json", "deno.lock"]) {
      await new Deno.Command("cp", { args: ["-r", join(project, path), folder] }).output();
    }
    await Deno.symlink(join(project, "node_modules"), join(folder, "node_modules"));
    await Deno.mkdir(join(folder, "notebooks"));
    await Deno.writeTextFile(join(folder, "notebooks", "requirements.txt"), serverRequirements());
    return new Place(folder, env);
  }

  /** Starts `cim`, or what another task is, with these arguments. */
  start(
    args: readonly string[],
    { stdin, env, script = "main" }: {
      stdin?: "piped";
      env?: RunOptions["env"];
      script?: string;
    } = {},
  ): Cim {
    return new Cim(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-A", `src/cli/${script}.ts`, ...args],
        cwd: this.folder,
        stdin: stdin ?? "null",
        stdout: "piped",
        stderr: "piped",
        // INIT_CWD: the task that these tests run in has left its own folder there.
        env: { NO_COLOR: "1", INIT_CWD: this.folder, ...this.env, ...env },
      }).spawn(),
    );
  }

  /** Runs `cim` to its end. */
  async run(args: readonly string[], { stdin, env }: RunOptions = {}): Promise<Ran> {
    const cim = this.start(args, {
      ...(stdin === undefined ? {} : { stdin: "piped" }),
      ...(env ? { env } : {}),
    });
    if (stdin !== undefined) {
      const writer = cim.child.stdin.getWriter();
      await writer.write(typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin);
      await writer.close();
    }
    return await cim.end();
  }

  /** Writes a file into its folder. */
  async file(name: string, content: string | Uint8Array): Promise<string> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(this.folder, name), bytes);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** A running `cim`, whose output is read as it comes. */
export class Cim {
  out = "";
  err = "";
  readonly #read: Promise<unknown>;

  constructor(readonly child: Deno.ChildProcess) {
    this.#read = Promise.all([
      this.#follow(child.stdout, (text) => this.out += text),
      this.#follow(child.stderr, (text) => this.err += text),
    ]);
  }

  async #follow(stream: ReadableStream<Uint8Array<ArrayBuffer>>, take: (text: string) => void) {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
  }

  /** The whole lines that it has printed so far, each parsed. */
  get lines(): Line[] {
    return parsed(this.out.slice(0, this.out.lastIndexOf("\n") + 1));
  }

  /** Waits until it has printed a line like this. */
  async line(isIt: (line: Line) => boolean): Promise<void> {
    await until(() => this.lines.some(isIt));
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.child.kill(signal);
    } catch { /* It has ended. */ }
  }

  /** What came of it, once it has ended. */
  async end(): Promise<Ran> {
    const { code } = await this.child.status;
    await this.#read;
    return { code, out: this.out, err: this.err };
  }
}

/** Lines of JSON. */
export function parsed(text: string): Line[] {
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}
