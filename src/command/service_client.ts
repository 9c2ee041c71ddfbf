/** One who asks a service, and asks again when there is no answer. */
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsConnection, RequestError } from "@nats-io/nats-core";
import { isTransient, Link } from "../log/link.ts";
import { LogUnavailable } from "../log/log.ts";
import { ERROR_CODE, ERROR_TEXT, ServiceError } from "./microservice.ts";

/** How long an answer may take, in milliseconds, and how often a request is sent. */
const ANSWER_MS = 20_000;
const ATTEMPTS = 4;
/** How long to wait before it is sent again, in milliseconds; twice as long each time. */
const PAUSE_MS = 500;
/** How long the server may be away, in milliseconds. */
const AWAY_MS = 5_000;

/** Asks over a connection that comes and goes. A request may be sent several times. */
export class ServiceClient {
  readonly #link: Link;

  /** @param connection is not closed by this */
  constructor(private readonly connection: NatsConnection) {
    this.#link = new Link(connection, Infinity);
  }

  /** How many bytes the server takes in one message. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? Infinity;
  }

  /**
   * Asks until there is an answer.
   *
   * @param request JSON
   * @returns what the answer says
   * @throws {LogUnavailable} when there is none, or the service has a trouble of its own
   * @throws {ServiceError} when the request is wrong
   */
  async ask<T>(subject: string, request: string, signal?: AbortSignal): Promise<T> {
    const until = performance.now() + AWAY_MS;
    for (let attempt = 1;; attempt++) {
      signal?.throwIfAborted();
      try {
        return await unlessAborted(this.#ask<T>(subject, request, until), signal);
      } catch (error) {
        signal?.throwIfAborted();
        const isLast = attempt === ATTEMPTS || this.connection.isClosed() ||
          (!this.#link.isUp && performance.now() >= until);
        if (isLast || !mayPass(error)) throw this.#told(error);
      }
      await unlessAborted(sleep(PAUSE_MS * 2 ** (attempt - 1)), signal);
    }
  }

  async #ask<T>(subject: string, request: string, until: number): Promise<T> {
    await this.#link.whenUp(until);
    const answer = await this.#link.whileUp(
      this.connection.request(subject, request, { timeout: ANSWER_MS }),
    );
    const code = answer.headers?.get(ERROR_CODE);
    if (code) throw new ServiceError(Number(code), answer.headers!.get(ERROR_TEXT));
    return answer.json<T>();
  }

  /** The error for those who asked. */
  #told(cause: unknown): unknown {
    const server = this.connection.getServer();
    if (cause instanceof ServiceError) {
      const isTheirs = cause.code >= 500 || cause.code === 429 || cause.code === 413;
      return isTheirs
        ? new LogUnavailable(`${server} cannot take commands now: ${cause.message}`, { cause })
        : cause;
    }
    if (!isTransient(cause)) return cause;
    const why = cause instanceof RequestError && cause.isNoResponders()
      ? "run `deno task cim serve commands` where the log is"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    return new LogUnavailable(`nobody takes commands at ${server}: ${why}`, { cause });
  }
}

/** Whether it may be gone in a moment. */
function mayPass(error: unknown): boolean {
  return isTransient(error) ||
    (error instanceof ServiceError && (error.code === 429 || error.code === 503));
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
