/** The service `cim-commands` over a log in memory, a real server, and one who asks it. */
import type { NatsConnection } from "@nats-io/nats-core";
import { CommandHandler } from "../../src/command/handler.ts";
import { ERROR_CODE, ERROR_TEXT, type Microservice } from "../../src/command/microservice.ts";
import type { CommandPort } from "../../src/command/port.ts";
import { RemoteCommands } from "../../src/command/remote.ts";
import { serveCommands, SUBMIT_SUBJECT } from "../../src/command/service.ts";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { connectTo } from "../../src/log/jetstream.ts";
import { MemoryLog } from "../../src/log/memory.ts";
import { type NatsProcess, startServer } from "./nats_process.ts";

export const clock = () => new Date();
export const messages = new MessageFactory(clock);
const token = "of-the-service";

/** A command of the test's. */
export function command<T extends CommandType>(
  type: T,
  data: CommandData[T],
  source: Command["source"] = "observed",
): Command {
  return messages.command(type, data, { actor: "test", source }) as Command;
}
/** A switch is registered. */
export const compute = (hostname: string, more: object = {}): Command =>
  command("RegisterCompute", { hostname, resource_type: "switch", interfaces: [], ...more });
/** A package is installed. */
export const software = (name: string, compute = "a"): Command =>
  command("ConfigureSoftware", { compute, name, kind: "package" });

/** A handler of an empty log of its own. */
export async function local(): Promise<CommandHandler> {
  return await CommandHandler.open(new MemoryLog(clock), messages);
}

/** Where a service is and who asks it; {@link begin} gives each test a log of its own. */
export class ServicePlace {
  log = new MemoryLog(clock);
  handler!: CommandHandler;
  #service: Microservice | undefined;

  private constructor(
    readonly server: NatsProcess,
    /** The service's connection. */
    readonly here: NatsConnection,
    /** The sender's. */
    readonly there: NatsConnection,
    readonly remote = new RemoteCommands(there),
  ) {}

  /** @param lines of the server's configuration */
  static async make(lines = ""): Promise<ServicePlace> {
    const server = await startServer({ lines: `authorization { token: "${token}" }\n${lines}` });
    const connect = () => connectTo({ url: server.url, token });
    return new ServicePlace(server, await connect(), await connect());
  }

  async begin(): Promise<void> {
    this.log = new MemoryLog(clock);
    this.handler = await CommandHandler.open(this.log, messages);
    await this.serve(this.handler);
  }

  /** One more connection. */
  connect(): Promise<NatsConnection> {
    return connectTo({ url: this.server.url, token });
  }

  /** This one is asked from now on. */
  async serve(port: CommandPort): Promise<void> {
    await this.stop();
    this.#service = serveCommands(this.here, port, clock);
    await this.here.flush();
  }

  /** Serves the handler, which answers nothing until it is let go. */
  async serveSlowly(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.serve({
      submit: (commands) => promise.then(() => this.handler.submit(commands)),
      position: () => this.handler.position(),
      removeUnseen: (scan) => this.handler.removeUnseen(scan),
    });
    return resolve;
  }

  /** Serves one whom nothing succeeds. */
  async failWith(error: Error): Promise<void> {
    const fail = () => Promise.reject(error);
    await this.serve({ submit: fail, position: fail, removeUnseen: fail });
  }

  /** Nobody serves any more. */
  async stop(): Promise<void> {
    const before = this.#service;
    this.#service = undefined;
    await before?.stop();
  }

  /** Sends what may be no request at all. */
  async ask(request: string | Uint8Array) {
    const answer = await this.there.request(SUBMIT_SUBJECT, request, { timeout: 10_000 });
    return {
      code: answer.headers?.get(ERROR_CODE),
      text: answer.headers?.get(ERROR_TEXT),
      data: answer.data,
    };
  }

  async end(): Promise<void> {
    await this.here.close();
    await this.there.close();
    await this.server.stop();
  }
}
