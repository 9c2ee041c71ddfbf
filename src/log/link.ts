/** The state of a connection that comes and goes: whether it is up, and how often it has been. */
import {
  ClosedConnectionError,
  type NatsConnection,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";

/**
 * Follows a connection that tries for ever to come back, and ends it when it was away for longer than one has patience.
 * What is published while it is away is dropped without a word, so one has to ask here first.
 */
export class Link {
  readonly #gone = new AbortController();
  #up = Promise.withResolvers<void>();
  #isUp = true;
  #lost = Promise.withResolvers<never>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #epoch = 1;

  /** Called whenever the connection has come back. */
  onBack: () => void = () => {};

  /** @param patience for how long it may be away, in milliseconds; Infinity for any time */
  constructor(private readonly connection: NatsConnection, readonly patience: number) {
    this.#up.resolve();
    this.#lost.promise.catch(() => {});
    void this.#follow();
    void connection.closed().then(() => {
      clearTimeout(this.#timer);
      this.#up.resolve();
      this.#gone.abort();
    });
  }

  /** Fires when the connection has ended for good. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** True while the server is there. */
  get isUp(): boolean {
    return this.#isUp && !this.#gone.signal.aborted;
  }

  /** Another number after each time that it was away. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Waits until the connection is up.
   *
   * @param until by `performance.now()`
   * @throws {TimeoutError} when it is not up by then
   * @throws {ClosedConnectionError} when it will never be
   */
  async whenUp(until: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((_, reject) => {
      if (until === Infinity) return; // which a timer takes for zero
      timer = setTimeout(() => reject(new TimeoutError()), Math.max(0, until - performance.now()));
    });
    try {
      await Promise.race([this.#up.promise, late]);
    } finally {
      clearTimeout(timer);
    }
    if (this.#gone.signal.aborted) throw new ClosedConnectionError();
  }

  /**
   * Waits for an answer, and not longer than the connection lasts: after that none comes, and the client would wait for
   * its whole timeout.
   *
   * @throws {RequestError} when the connection went away first
   */
  async whileUp<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => {}); // late errors are nobody's
    return await Promise.race([answer, this.#lost.promise]);
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === "disconnect") {
        this.#epoch++;
        if (this.#isUp) this.#up = Promise.withResolvers();
        this.#isUp = false;
        this.#lost.reject(new RequestError("connection lost"));
        if (Number.isFinite(this.patience)) {
          this.#timer ??= setTimeout(() => void this.connection.close(), this.patience);
        }
      } else if (type === "reconnect") {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#isUp = true;
        this.#lost = Promise.withResolvers();
        this.#lost.promise.catch(() => {});
        this.onBack(); // before those who wait go on
        this.#up.resolve();
      }
    }
  }
}

/** True for an error of the way to the server, which may be gone the next time. */
export function isTransient(error: unknown): boolean {
  return error instanceof TimeoutError || error instanceof NoRespondersError ||
    error instanceof ClosedConnectionError || error instanceof RequestError;
}
