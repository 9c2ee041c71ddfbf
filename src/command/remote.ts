/** Commands to another machine, whose handler is a NATS service there. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ClosedConnectionError,
  type NatsConnection,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";
import type { Command } from "../domain/command.ts";
import { Refusal } from "../domain/refusal.ts";
import { Link } from "../log/link.ts";
import { LogUnavailable } from "../log/log.ts";
import { type Answer, refusedAnswer } from "./answer.ts";
import { ERROR_CODE, ERROR_TEXT, ServiceError } from "./microservice.ts";
import type { CommandPort } from "./port.ts";
import { SUBMIT_SUBJECT, UNSEEN_SUBJECT } from "./service.ts";
import type { WholeScan } from "./unseen.ts";

/** How many commands go into one request, and how many bytes: its answer must fit into a message as well. */
const MOST_COMMANDS = 250;
const MOST_BYTES = 400_000;
/** How long an answer may take, in milliseconds, and how often a request is sent again. */
const ANSWER_MS = 20_000;
const ATTEMPTS = 4;
/** How long to wait before that, in milliseconds; twice as long each time. */
const PAUSE_MS = 250;
/** How long the server may be away, in milliseconds. */
const AWAY_MS = 5_000;

/**
 * Sends commands to the service `cim-commands`. A request that got no answer is sent again: a command that was done
 * already is known by its message id.
 */
export class RemoteCommands implements CommandPort {
  readonly #link: Link;

  /** @param connection is not closed by this */
  constructor(private readonly connection: NatsConnection) {
    this.#link = new Link(connection, Infinity);
  }

  async submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const slice of slices(commands)) {
      const request = new TextEncoder().encode(`{"commands":[${slice.join()}]}`);
      const most = this.connection.info?.max_payload ?? Infinity;
      if (slice.length === 1 && request.length > most) {
        answers.push(tooLarge(commands[answers.length]!, request.length, most));
      } else answers.push(...await this.#send(SUBMIT_SUBJECT, request, signal));
    }
    return answers;
  }

  async removeUnseen(scan: WholeScan, signal?: AbortSignal): Promise<Answer[]> {
    return await this.#send(UNSEEN_SUBJECT, JSON.stringify(scan), signal);
  }

  async #send(
    subject: string,
    request: string | Uint8Array,
    signal?: AbortSignal,
  ): Promise<Answer[]> {
    const until = performance.now() + AWAY_MS;
    for (let attempt = 1;; attempt++) {
      signal?.throwIfAborted();
      try {
        return await unlessAborted(this.#ask(subject, request, until), signal);
      } catch (error) {
        if (!isTransient(error)) throw error;
        const away = this.connection.isClosed() ||
          (!this.#link.isUp && performance.now() >= until);
        if (away || attempt === ATTEMPTS) throw this.#unavailable(error);
      }
      await unlessAborted(sleep(PAUSE_MS * 2 ** attempt), signal);
    }
  }

  async #ask(subject: string, request: string | Uint8Array, until: number): Promise<Answer[]> {
    await this.#link.whenUp(until);
    const answer = await this.#link.whileUp(
      this.connection.request(subject, request, { timeout: ANSWER_MS }),
    );
    const code = answer.headers?.get(ERROR_CODE);
    if (code) throw new ServiceError(Number(code), answer.headers!.get(ERROR_TEXT));
    return answer.json<{ answers: Answer[] }>().answers;
  }

  #unavailable(cause: unknown): LogUnavailable {
    const server = this.connection.getServer();
    const why = cause instanceof RequestError && cause.isNoResponders()
      ? "run `deno task cim serve commands` where the log is"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    return new LogUnavailable(`nobody takes commands at ${server}: ${why}`, { cause });
  }
}

/** Commands as JSON, in slices that fit into a request; one that is larger than that goes alone. */
function* slices(commands: readonly Command[]): Generator<string[]> {
  let slice: string[] = [];
  let bytes = 0;
  for (const command of commands) {
    const json = JSON.stringify(command);
    if (slice.length === MOST_COMMANDS || (slice.length > 0 && bytes + json.length > MOST_BYTES)) {
      yield slice;
      slice = [];
      bytes = 0;
    }
    slice.push(json);
    bytes += 3 * json.length; // at most, in UTF-8
  }
  if (slice.length > 0) yield slice;
}

/** Waits for it, but not longer than until the signal fires, and then throws its reason. */
async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** What the handler would answer, had the command come to it. */
function tooLarge({ message_id, command }: Command, bytes: number, most: number): Answer {
  const message = `${command} takes ${bytes} bytes; at most ${most} are possible: say it in ` +
    `several commands`;
  return refusedAnswer(message_id, new Refusal("too_large", "", message));
}

function isTransient(error: unknown): boolean {
  return error instanceof TimeoutError || error instanceof RequestError ||
    error instanceof ClosedConnectionError ||
    (error instanceof ServiceError && (error.code === 429 || error.code === 503));
}
