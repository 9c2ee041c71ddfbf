/** An agent: it looks at its own machine, and sends what it finds to a log that is elsewhere. */
import { RemoteCommands } from "./command/remote.ts";
import { discover, type Discovery, type DiscoveryTools } from "./discovery.ts";
import { MessageFactory } from "./domain/message.ts";
import { interruption } from "./interruption.ts";
import { connectTo } from "./log/jetstream.ts";
import { natsEnvironment } from "./log/nats_environment.ts";
import { watch, type Watched, type WatchRhythm } from "./watch.ts";

/** How an agent works. Nothing is needed. */
export interface AgentOptions {
  /** Told in a line what is being waited for. */
  progress?: (line: string) => void;
  /** Ends what is under way, with its reason; the agent is still to be closed. */
  signal?: AbortSignal;
}

/**
 * Connects to a NATS server where a `cim serve commands` listens. How to log in there is in the environment, as
 * `log/nats_environment.ts` has it. Nothing is kept on this machine.
 *
 * @param url `nats://host:4222`, several of a cluster with commas between
 * @throws {LogUnavailable} when the server cannot be reached, or refuses us
 * @throws {NatsSettingsError} when a variable makes no sense
 */
export async function openAgent(url: string, options: AgentOptions = {}): Promise<Agent> {
  const settings = natsEnvironment((name) => name === "NATS_URL" ? url : Deno.env.get(name))!;
  const connection = await connectTo({ ...settings, name: "cim agent" });
  const clock = () => new Date();
  return new Agent({
    ...options,
    port: new RemoteCommands(connection),
    messages: new MessageFactory(clock),
    clock,
    own: {},
  }, () => connection.close());
}

/** An agent at work; made by {@linkcode openAgent}. Close it, or declare it with `await using`. */
export class Agent implements AsyncDisposable {
  constructor(
    private readonly tools: DiscoveryTools,
    private readonly hangUp: () => Promise<void>,
  ) {}

  /**
   * Looks at this machine and sends what is there.
   *
   * @throws as {@linkcode discover}
   */
  discover(): Promise<Discovery> {
    return discover(this.#attended());
  }

  /** Looks at this machine again and again, as {@linkcode watch} does. */
  watch(rhythm: WatchRhythm): AsyncGenerator<Watched> {
    return watch(this.#attended(), rhythm);
  }

  /** Ended with the cell that runs now, unless there is another signal. */
  #attended(): DiscoveryTools {
    return { ...this.tools, signal: this.tools.signal ?? interruption() };
  }

  /** Hangs up. */
  close(): Promise<void> {
    return this.hangUp();
  }

  /** {@linkcode close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
