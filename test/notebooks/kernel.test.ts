/** The kernel as a front end meets it: interrupts, several front ends, and that it leaves nothing behind. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernel } from "../../src/notebook/kernel.ts";
import { jupyterEnvironment } from "../../src/notebook/jupyter_environment.ts";
import { descendants, environment, left, runs } from "./fixture.ts";

interface Ran {
  replies: ({ status: string; ename?: string; evalue?: string } | null)[];
  published: { cell: number | null; late: boolean; type: string; content: Content }[];
}
interface Content {
  text?: string;
  name?: string;
  evalue?: string;
  data?: Record<string, string>;
  transient?: { display_id?: string };
  wait?: boolean;
}

/** A front end with a kernel of its own. */
class FrontEnd {
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

const text = ({ published }: Ran, type = "stream") =>
  published.filter((one) => one.type === type)
    .map(({ content }) => content.text ?? content.data?.["text/plain"] ?? content.evalue ?? "")
    .map((one) => one.replace(COLOURS, ""));

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

describe("A kernel", () => {
  let front: FrontEnd;
  beforeAll(async () => {
    front = await start();
  });
  afterAll(() => front.kill());

  test("that is interrupted while it computes keeps its state", async () => {
    await front.run(["let kept = 41"]);
    const ran = await front.run(["console.log('begun'); while (true);"], { interrupt_after: 0.5 });
    expect(text(ran)).toEqual(["begun\n"]);
    expect(text(ran, "error")).toEqual(["The cell was interrupted"]);
    expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
    expect(text(await front.run(["kept + 1"]), "execute_result")).toEqual(["42"]);
  });

  test("that is interrupted while it waits ends the cell, says so, and goes on later", async () => {
    const waits = "await new Promise((r) => setTimeout(r, 2500)); kept = 99; undefined";
    const ran = await front.run([waits], { interrupt_after: 0.3 });
    expect(text(ran, "error")[0]).toContain("Deno cannot cancel");
    expect(ran.replies).toMatchObject([{ status: "error", ename: "Interrupted" }]);
    const next = await front.run(["kept + 1"]);
    expect(text(next)[0]).toContain("still waiting");
    expect(text(next, "execute_result")).toEqual(["100"]);
  });

  test("does not mind an interrupt of nothing", async () => {
    await front.run([], { interrupt_after: 0 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(text(await front.run(["1 + 1"]), "execute_result")).toEqual(["2"]);
  });

  test("does not run the cells that wait behind one that fails", async () => {
    const ran = await front.run(["1", "throw new Error('here')", "console.log('never')", "3"]);
    expect(ran.replies.map((reply) => reply?.status)).toEqual([
      "ok",
      "error",
      "aborted",
      "aborted",
    ]);
    expect(text(ran)).toEqual([]);
    expect(text(await front.run(["4"]), "execute_result")).toEqual(["4"]);
  });

  test("shows an error that was thrown behind a cell's back", async () => {
    const ran = await front.run([
      "Promise.reject(new Error('rejected'))\n1",
      "setTimeout(() => { throw new Error('in a timer') })\n2",
    ]);
    expect(text(ran)[0]).toContain("Uncaught (in promise) Error: rejected");
    expect(text(ran)[1]).toContain("Uncaught Error: in a timer");
    expect(ran.published.filter(({ type }) => type === "stream").map(({ cell }) => cell))
      .toEqual([0, 1]);
  });

  test("lets through updates of displays, cleared outputs and comms", async () => {
    const ran = await front.run([
      `await Deno.jupyter.display({ "text/plain": "a" }, { raw: true, display_id: "d" });
       await Deno.jupyter.broadcast("clear_output", { wait: true });
       await Deno.jupyter.display({ "text/plain": "b" }, { raw: true, display_id: "d", update: true });
       await Deno.jupyter.broadcast("comm_open", { comm_id: "c", target_name: "t", data: {} });`,
    ]);
    const kinds = ran.published.map(({ type }) => type).filter((type) => type !== "status");
    expect(kinds).toEqual([
      "execute_input",
      "display_data",
      "clear_output",
      "update_display_data",
      "comm_open",
    ]);
    expect(ran.published.some(({ late }) => late)).toBe(false);
  });

  test("serves two front ends at a time, each in its order and with its own", async () => {
    const both = await front.ask<Ran[]>("two_front_ends", { count: 30 });
    for (const [at, ran] of both.entries()) {
      expect(ran.replies.map((reply) => reply?.status)).toEqual(Array(30).fill("ok"));
      const own = ran.published.filter(({ cell, type }) => cell !== null && type === "stream");
      expect(own.map(({ cell, content }) => `${cell} ${content.text}`))
        .toEqual(Array.from({ length: 30 }, (_, n) => `${n} ${at} ${n}\n`));
      expect(ran.published.some(({ late }) => late)).toBe(false);
    }
  });

  test("answers heartbeats while it computes", async () => {
    const { worst, busy } = await front.ask<{ worst: number; busy: boolean }>("beats", {
      seconds: 1.5,
    });
    expect(busy).toBe(true);
    expect(worst).toBeLessThan(500);
  });

  test("does nothing for who does not have its key", async () => {
    expect(text(await front.ask<Ran>("forged"), "execute_result")).toEqual(["true"]);
  });

  test.each([false, true])("that is restarted (at once: %s) is a new one", async (now) => {
    const before = [front.proxy, ...descendants(front.proxy)];
    await front.run(["globalThis.old = 1"]);
    const proxy = await front.ask<number>("restart", { now });
    expect(await left(before, 3)).toEqual([]);
    expect(text(await front.run(["typeof old"]), "execute_result")).toEqual(['"undefined"']);
    front.proxy = proxy;
  });
});

describe("No process is left", () => {
  const busy = "while (true);";
  const begin = async (code?: string) => {
    const front = await start();
    const processes = [front.proxy, ...descendants(front.proxy)];
    expect(processes.length).toBeGreaterThanOrEqual(2);
    if (code !== undefined) await front.run([code], { seconds: 0.3 });
    expect(processes.filter(runs)).toEqual(processes);
    return { front, processes };
  };

  test("when a kernel is shut down", async () => {
    const { front, processes } = await begin();
    await front.ask("shutdown");
    expect(await left(processes, 1)).toEqual([]);
    await front.kill();
  });

  test.each([[undefined], [busy]])("when the proxy is killed (%s)", async (code) => {
    const { front, processes } = await begin(code);
    Deno.kill(front.proxy, "SIGKILL");
    expect(await left(processes, 2)).toEqual([]);
    await front.kill();
  });

  test.each([[undefined], [busy]])("when the front end is killed (%s)", async (code) => {
    const { front, processes } = await begin(code);
    await front.kill();
    expect(await left(processes, 6)).toEqual([]);
  });
});
