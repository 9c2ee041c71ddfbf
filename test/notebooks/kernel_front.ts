/** A front end for the tests of the kernel: one that starts a kernel of its own, and tells what it says. */
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { installKernel } from "../../src/notebook/kernel.ts";
import { jupyterEnvironment } from "../../src/notebook/jupyter_environment.ts";
import { environment } from "./fixture.ts";

/** What became of cells, and what was published, in its order; `late` if its cell was done already. */
export interface Ran {
  replies: ({ status: string; ename?: string; evalue?: string } | null)[];
  published: { cell: number | null; late: boolean; type: string; content: Content }[];
}
/** The content of a message. */
export interface Content {
  text?: string;
  name?: string;
  evalue?: string;
  traceback?: string[];
  data?: Record<string, string>;
  transient?: { display_id?: string };
  wait?: boolean;
}

/** A front end with a kernel of its own. */
export class FrontEnd {
  proxy = 0;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = lines(child.stdout);
  }

  static async start(env: Record<string, string>, python: string): Promise<FrontEnd> {
    const child = new Deno.Command(python, {
      args: ["-E", "-s", "-B", join(import.meta.dirname!, "kernel_client.py"), "cim"],
      env,
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const front = new FrontEnd(child);
    front.proxy = await front.#answer() as number;
    return front;
  }

  async ask<T>(name: string, options: Record<string, unknown> = {}): Promise<T> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify([name, options]) + "\n"));
    return await this.#answer() as T;
  }

  run(codes: string[], more: Record<string, unknown> = {}): Promise<Ran> {
    return this.ask("run", { codes, ...more });
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#writer.close().catch(() => {});
  }

  async #answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The front end ended");
    return JSON.parse(value);
  }
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const found = (rest + text).split("\n");
    rest = found.pop()!;
    yield* found;
  }
}

// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[\d+m/g;

/** What a reader sees of the messages of a kind, without colours. */
export const text = ({ published }: Ran, type = "stream") =>
  published.filter((one) => one.type === type)
    .map(({ content }) => content.text ?? content.data?.["text/plain"] ?? content.evalue ?? "")
    .map((one) => one.replace(COLOURS, ""));

/** Sets up, for the tests of a file, what starts front ends. */
export function frontEnds(): () => Promise<FrontEnd> {
  let folder: string;
  let start: () => Promise<FrontEnd>;
  beforeAll(async () => {
    const python = await environment();
    await installKernel(python);
    folder = await Deno.makeTempDir({ prefix: "cim-kernel-" });
    const env = await jupyterEnvironment(python, folder);
    start = () => FrontEnd.start(env, python.program("python"));
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));
  return () => start();
}

/** A kernel for the tests of a group. */
export function oneFrontEnd(start: () => Promise<FrontEnd>): () => FrontEnd {
  let front: FrontEnd;
  beforeAll(async () => {
    front = await start();
  });
  afterAll(() => front.kill());
  return () => front;
}
