import { connectNats as connect } from "../../src/log/nats_connection.ts";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonEnvironment } from "../../src/setup/python.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** The real `nats-server` of the project's environment. */
export const program: string = (await pythonEnvironment({ project })).program("nats-server");

/** The process ids of the servers whose command line names `folder`, by the system's own tool. */
export async function servers(folder: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-axww", "-o", "pid=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => /^\s*\d+ \S*nats-server /.test(line) && line.includes(folder))
    .map((line) => parseInt(line));
}

/** Waits until `condition` holds, 20 s at most. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !(await condition()); await delay(20)) {
    if (Date.now() > end) throw new Error(`Waited a minute in vain for ${condition}`);
  }
}

/** A user of the server in a process of its own; it leaves when told, or when it is killed. */
export class User {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(folder: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        fileURLToPath(new URL("embedded_child.ts", import.meta.url)),
        folder,
        program,
      ],
      stdin: "piped",
      stdout: "piped",
      detached: true,
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The server it got, once it has it. */
  async server(): Promise<{ url: string; token: string; pid: number }> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The user ended early");
      this.#text += value;
    }
    return JSON.parse(this.#text);
  }

  /** Lets it leave in good order. */
  async leave(): Promise<void> {
    await this.#child.stdin.close();
    const { code } = await this.#child.status;
    if (code !== 0) throw new Error(`The user ended with ${code}`);
  }

  /** Kills it at once. */
  async kill9(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  /** What Ctrl-C at its terminal does: SIGINT to all of its process group. */
  async interrupt(): Promise<void> {
    await new Deno.Command("kill", { args: ["-INT", "--", `-${this.#child.pid}`] }).output();
    await this.#child.status;
  }
}

/** True if the server lets this client in; throws if not. */
export async function answers({ url, token }: { url: string; token: string }): Promise<boolean> {
  const connection = await connect({ servers: url, token, reconnect: false });
  await connection.flush();
  await connection.close();
  return true;
}
