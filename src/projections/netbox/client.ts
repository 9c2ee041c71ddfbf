/** Asking a NetBox: each request once or as often as is safe, and each answer told apart. */
import { setTimeout as wait } from "node:timers/promises";
import { contentOf, type NetBoxBody, readLimited, refusalOf } from "./answer.ts";
import { NetBoxUnavailable, NetBoxVersionUnsupported } from "./error.ts";
import { type NetBoxSettings, NetBoxSettingsError } from "./settings.ts";

/** How NetBox is asked. */
export type NetBoxMethod = "GET" | "POST" | "PATCH" | "DELETE";

/** What follows the `?` of an address; several values of one name are an "or" to NetBox. */
export type NetBoxQuery = Readonly<
  Record<string, string | number | readonly (string | number)[]>
>;

/** An object of NetBox, as it is read. */
export interface NetBoxRow {
  id: number;
  [field: string]: unknown;
}

/** An answer that says something: done (2xx), or a refusal that is about what was asked (400, 403, 404, 409). */
export interface NetBoxAnswer {
  status: number;
  body: NetBoxBody;
}

/** How patient and how gentle a client is. */
export interface NetBoxClientOptions {
  /** Ends what is going on. */
  signal?: AbortSignal;
  /** No more requests a second than these; as many as come unless it says otherwise. */
  requestsPerSecond?: number;
  /** How long one answer may take, in milliseconds: two minutes unless it says otherwise. */
  timeoutMs?: number;
  /** How long the first of the pauses between tries is, each twice the one before: 500 milliseconds unless it says otherwise. */
  pauseMs?: number;
}

/** What a request is, beyond where it goes. */
export interface NetBoxRequest {
  query?: NetBoxQuery;
  /** Sent as JSON. */
  body?: unknown;
  /** Called before each try of it: throws when we may not write any more. */
  before?: (() => void) | undefined;
  /** How long the answer may take at most, in milliseconds, where the client has more patience. */
  withinMs?: number;
}

/** How often a request is tried where that is safe. */
const TRIES = 6;
/** The longest pause that a server may ask for, in milliseconds. */
const LONGEST_PAUSE = 60_000;
/** What a proxy and a server say that is not about what was asked. */
const TROUBLE = new Set([429, 500, 502, 503, 504]);

/**
 * Asks one NetBox. Reads, and changes of objects by their id, are tried again with growing pauses when no answer came. What
 * makes or removes something is not: nobody knows whether it was done, and {@linkcode NetBoxUnavailable} says so.
 */
export class NetBoxClient {
  /** How many requests were sent, tries included. */
  readonly requests: Record<NetBoxMethod, number> = { GET: 0, POST: 0, PATCH: 0, DELETE: 0 };
  #version: readonly [number, number] | undefined;
  /** When the next request may be sent, on the clock of `performance.now()`. */
  #next = 0;

  constructor(
    readonly settings: NetBoxSettings,
    readonly options: NetBoxClientOptions = {},
  ) {}

  /**
   * Asks who it is, once; the version, as `[4, 7]`.
   *
   * @throws {NetBoxSettingsError} for an address that is no NetBox's, or a token that it does not take
   * @throws {NetBoxVersionUnsupported} for a version that is too old or too new
   * @throws {NetBoxUnavailable} when it cannot be reached
   */
  async version(): Promise<readonly [number, number]> {
    if (this.#version) return this.#version;
    const { status, body } = await this.ask("GET", "status", { withinMs: 15_000 });
    const said = status === 200 && typeof body === "object" && body !== null &&
      "netbox-version" in body && String(body["netbox-version"]);
    const parts = said ? /^(\d+)\.(\d+)/.exec(said) : null;
    if (!said || !parts) {
      throw new NetBoxSettingsError(
        "NETBOX_URL",
        `is no NetBox: ${this.settings.url}/api/status/ does not say a version; ` +
          `set it to the address that people open NetBox with`,
      );
    }
    const [major, minor] = [Number(parts[1]), Number(parts[2])];
    if (major !== 4 || minor < 2) throw new NetBoxVersionUnsupported(said);
    return this.#version = [major, minor];
  }

  /**
   * All objects that a query finds, in pages of their ids: people who write at the same time can neither make one appear
   * twice nor one be left out.
   *
   * @throws {NetBoxUnavailable} when it cannot be reached, or what it was asked about is not there any more
   * @throws {NetBoxSettingsError} for an answer that is not NetBox's
   */
  async *pages(endpoint: string, query: NetBoxQuery): AsyncGenerator<NetBoxRow[]> {
    let last = 0;
    for (;;) {
      const page = { ...query, ordering: "id", limit: 1000, id__gt: last };
      const { status, body } = await this.ask("GET", endpoint, { query: page });
      if (status === 400) {
        // Somebody has just removed what it was asked about: NetBox takes no id that is not there.
        const said = refusalOf(body);
        throw new NetBoxUnavailable(`GET ${endpoint}`, `it answered ${status}: ${said}`, status);
      }
      if (status !== 200) throw this.#strange(endpoint, refusalOf(body));
      const { results, next } = (body ?? {}) as { results?: NetBoxRow[]; next?: unknown };
      if (!Array.isArray(results)) throw this.#strange(endpoint, "there are no results in it");
      for (const { id } of results) {
        // Whoever overlooks the filter would be asked for ever.
        if (!Number.isSafeInteger(id) || id <= last) {
          throw this.#strange(endpoint, `the object ${id} comes behind ${last}`);
        }
        last = id;
      }
      if (results.length > 0) yield results;
      // How many a page has is the server's to say; where `next` leads is not followed, only that there is one.
      if (results.length === 0 || next === null) return;
    }
  }

  /** As {@linkcode pages}, in one list. */
  async list(endpoint: string, query: NetBoxQuery): Promise<NetBoxRow[]> {
    return (await Array.fromAsync(this.pages(endpoint, query))).flat();
  }

  /**
   * Asks once, or as often as is safe.
   *
   * @throws {NetBoxUnavailable} when no answer came; of POST and DELETE nobody knows then whether they were done
   * @throws {NetBoxSettingsError} for an answer that is not NetBox's, or when it does not take the token
   * @throws {NetBoxPermissionMissing} when the token's user may not see these objects
   */
  async ask(
    method: NetBoxMethod,
    endpoint: string,
    { query = {}, body, before, withinMs = Infinity }: NetBoxRequest = {},
  ): Promise<NetBoxAnswer> {
    const { signal } = this.options;
    const patience = Math.min(withinMs, this.options.timeoutMs ?? 120_000);
    let pause = this.options.pauseMs ?? 500;
    for (let attempt = 1;; attempt++) {
      await this.#pace();
      before?.();
      signal?.throwIfAborted();
      let trouble: NetBoxUnavailable;
      let asked = 0;
      try {
        const response = await this.#send(method, endpoint, query, body, patience);
        if (!TROUBLE.has(response.status)) {
          return await contentOf(response, { method, endpoint, url: this.settings.url });
        }
        asked = pauseOf(response.headers.get("retry-after"));
        const said = refusalOf(parsed(await readLimited(response)));
        trouble = new NetBoxUnavailable(
          `${method} ${endpoint}`,
          `it answered ${response.status}${said && `: ${said}`}`,
          response.status,
        );
      } catch (error) {
        signal?.throwIfAborted();
        trouble = this.#lost(error, `${method} ${endpoint}`, patience);
      }
      // What never got there, or was sent away at the door, was surely not done.
      const isUndone = trouble.status === 429 || isUnreached(trouble.cause);
      const isSafe = method === "GET" || method === "PATCH" || isUndone;
      // Whoever lets us wait that long, or fails over what was sent, is not asked as often as one who is away.
      const hasFailed = trouble.status === 500 && method !== "GET";
      const tries = isLate(trouble.cause) || hasFailed ? 2 : TRIES;
      if (!isSafe || attempt >= tries || asked > LONGEST_PAUSE) throw trouble;
      await wait(Math.max(pause, asked), undefined, signal ? { signal } : {});
      pause *= 2;
    }
  }

  async #send(
    method: NetBoxMethod,
    endpoint: string,
    query: NetBoxQuery,
    body: unknown,
    patience: number,
  ): Promise<Response> {
    const late = AbortSignal.timeout(patience);
    const { signal } = this.options;
    this.requests[method]++;
    return await fetch(`${this.settings.url}/api/${endpoint}/${searchOf(query)}`, {
      method,
      headers: {
        accept: "application/json",
        // NetBox's messages are for people, and we tell some of them apart.
        "accept-language": "en",
        authorization: this.settings.authorization(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // The token goes nowhere else, and a POST that is led elsewhere would become a GET.
      redirect: "manual",
      signal: signal ? AbortSignal.any([late, signal]) : late,
    });
  }

  /** Waits until the next request may be sent. */
  async #pace(): Promise<void> {
    const { requestsPerSecond, signal } = this.options;
    if (requestsPerSecond === undefined) return;
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / requestsPerSecond;
    if (at > now) await wait(at - now, undefined, signal ? { signal } : {});
  }

  /** What an error that `fetch` threw is; thrown on as it is where it is none of the connection. */
  #lost(error: unknown, doing: string, patience: number): NetBoxUnavailable {
    if (!(error instanceof Error) || error instanceof NetBoxSettingsError) throw error;
    if (!isLate(error) && !(error instanceof TypeError)) throw error;
    const { url } = this.settings;
    // "fetch failed" tells nobody anything; why is behind the last colons.
    const why = String(error.cause instanceof Error ? error.cause.message : error.message);
    const certificate = /invalid peer certificate: ?(.*)|(not valid for name.*)/i.exec(why);
    if (certificate) {
      throw new NetBoxSettingsError(
        "NETBOX_URL",
        `has a certificate that is not trusted (${certificate[1] ?? certificate[2]}): for an ` +
          `authority of your own set DENO_CERT to its PEM file, or DENO_TLS_CA_STORE=system for ` +
          `those that this machine trusts`,
        { cause: error },
      );
    }
    return new NetBoxUnavailable(
      doing,
      isLate(error)
        ? `${url} did not answer within ${patience / 1000} s`
        : `${url} is not there or broke off: ${why.replace(/^.*client error \(\w+\): /, "")}`,
      undefined,
      { cause: error },
    );
  }

  #strange(endpoint: string, why: string): NetBoxSettingsError {
    return new NetBoxSettingsError(
      "NETBOX_URL",
      `does not answer as a NetBox does to GET ${endpoint}: ${why}`,
    );
  }
}

/** A query as the end of an address. */
export function searchOf(query: NetBoxQuery): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text && `?${text}`;
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

/** Whether a request surely did not reach the server. */
function isUnreached(cause: unknown): boolean {
  return cause instanceof Error && cause.cause instanceof Error &&
    cause.cause.message.includes("client error (Connect)");
}

/** How long a `Retry-After` asks to wait, in milliseconds: seconds, or a moment (RFC 9110, 10.2.3). */
function pauseOf(retryAfter: string | null): number {
  if (!retryAfter) return 0;
  const seconds = Number(retryAfter);
  const pause = Number.isNaN(seconds) ? Date.parse(retryAfter) - Date.now() : seconds * 1000;
  return Number.isNaN(pause) ? 0 : Math.max(0, pause);
}

function parsed(text: string): NetBoxBody {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
