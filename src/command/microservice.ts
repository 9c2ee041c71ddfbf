/**
 * A NATS microservice: endpoints that answer requests, and that `nats micro ls|info|stats` finds (NATS ADR-32). The
 * published `@nats-io/services` is a pre-release that brings a second client along; the protocol is these few subjects.
 */
import {
  headers,
  type Msg,
  type NatsConnection,
  nuid,
  type Subscription,
} from "@nats-io/nats-core";
import { redactText } from "./redaction.ts";

/** One thing that can be asked for. */
export interface Endpoint {
  name: string;
  subject: string;
  /** What it counts, for the statistics. */
  data?: () => unknown;
  /**
   * Answers a request.
   *
   * @param most how many bytes the answer may have
   * @throws {ServiceError} whose code and message the caller gets; any other error is a 500
   */
  answer(request: Uint8Array, most: number): Promise<Uint8Array>;
}

/** What a service says of itself. */
export interface ServiceDescription {
  /** Letters, digits, `-` and `_`. */
  name: string;
  /** Semantic version. */
  version: string;
  description: string;
}

/** A refusal of a whole request: the caller's fault (4xx) or ours (5xx). */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** @param code as HTTP has them */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** The header with an error's code; its text is in `Nats-Service-Error`. */
export const ERROR_CODE = "Nats-Service-Error-Code";
/** The header with an error's text. */
export const ERROR_TEXT = "Nats-Service-Error";

/** Instances of one service share the requests. */
const QUEUE = "q";
/** How many requests may be under way, so that memory stays bounded: the next is told to come again. */
const MOST_UNDER_WAY = 64;

/** A running service. */
export class Microservice {
  readonly #id = nuid.next();
  readonly #subscriptions: Subscription[] = [];
  readonly #endpoints: Served[];
  #started: string;

  /** Starts it. */
  constructor(
    private readonly connection: NatsConnection,
    private readonly description: ServiceDescription,
    endpoints: readonly Endpoint[],
    clock: () => Date,
  ) {
    this.#started = clock().toISOString();
    this.#endpoints = endpoints.map((endpoint) => new Served(connection, endpoint));
    for (const served of this.#endpoints) {
      const callback = (_: unknown, message: Msg) => void served.take(message);
      const { subject } = served.endpoint;
      this.#subscriptions.push(connection.subscribe(subject, { queue: QUEUE, callback }));
    }
    const { name } = description;
    for (const verb of ["PING", "INFO", "STATS"] as const) {
      for (const subject of [verb, `${verb}.${name}`, `${verb}.${name}.${this.#id}`]) {
        const callback = (_: unknown, message: Msg) => void message.respond(this.#say(verb));
        this.#subscriptions.push(connection.subscribe(`$SRV.${subject}`, { callback }));
      }
    }
  }

  /** Takes no more requests, and waits for those under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()));
    await Promise.all(this.#endpoints.map((served) => served.idle()));
    await this.connection.flush();
  }

  #say(verb: "PING" | "INFO" | "STATS"): Uint8Array {
    const { name, version, description } = this.description;
    const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
    const own = { type, name, id: this.#id, version, metadata: {} };
    return encode(
      {
        PING: own,
        INFO: {
          ...own,
          description,
          endpoints: this.#endpoints.map(({ endpoint: { name, subject } }) => ({
            name,
            subject,
            queue_group: QUEUE,
            metadata: {},
          })),
        },
        STATS: {
          ...own,
          started: this.#started,
          endpoints: this.#endpoints.map((served) => served.statistics()),
        },
      }[verb],
    );
  }
}

/** An endpoint, with what came of its requests. */
class Served {
  #requests = 0;
  #errors = 0;
  #lastError = "";
  #nanoseconds = 0;
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly connection: NatsConnection, readonly endpoint: Endpoint) {}

  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async take(message: Msg): Promise<void> {
    const work = this.#answer(message);
    this.#underWay.add(work);
    await work;
    this.#underWay.delete(work);
  }

  async #answer(message: Msg): Promise<void> {
    const start = performance.now();
    this.#requests++;
    try {
      if (this.#underWay.size >= MOST_UNDER_WAY) {
        throw new ServiceError(429, "too many requests are under way: send it again in a moment");
      }
      const most = this.connection.info?.max_payload ?? Infinity;
      const answer = await this.endpoint.answer(message.data, most);
      if (answer.length > most) {
        throw new ServiceError(413, `the answer has ${answer.length} bytes: ask for less at once`);
      }
      message.respond(answer);
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : 500;
      const text = redactText(error instanceof Error ? error.message : String(error));
      this.#errors++;
      this.#lastError = `${code}:${text}`;
      const head = headers();
      head.set(ERROR_CODE, String(code));
      head.set(ERROR_TEXT, text.replaceAll(/[\r\n]+/g, " "));
      message.respond(new Uint8Array(), { headers: head });
    } finally {
      this.#nanoseconds += Math.round((performance.now() - start) * 1e6);
    }
  }

  statistics(): Record<string, unknown> {
    const { name, subject, data } = this.endpoint;
    return {
      name,
      subject,
      queue_group: QUEUE,
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: this.#nanoseconds,
      average_processing_time: Math.trunc(this.#nanoseconds / Math.max(1, this.#requests)),
      ...(data ? { data: data() } : {}),
    };
  }
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
