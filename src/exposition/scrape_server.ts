/** The HTTP server that Prometheus scrapes. */
import { createHash, timingSafeEqual } from "node:crypto";
import { CONTENT_TYPE } from "./family.ts";

/** Where metrics are, on any of our servers. */
export const METRICS_PATH = "/metrics";
/** The one address that is listened at: what is behind the token is for this machine, or for a proxy on it. */
const HOSTNAME = "127.0.0.1";

/** The port cannot be listened at. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
  /** Stable, for programs. */
  readonly code = "port_taken";
  /** @param port which one */
  constructor(readonly port: number, options?: ErrorOptions) {
    super(
      `port ${port} of ${HOSTNAME} is taken, or not ours to take: choose another by --port`,
      options,
    );
  }
}

/** Serves metrics to whoever brings the token, on this machine only. */
export class ScrapeServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #expected: Uint8Array;
  #underWay: Promise<string> | undefined;

  /**
   * @param port to listen at; 0 is one that is free
   * @param token that a scrape has to bring: `Authorization: Bearer …`
   * @param scrape what a scrape is answered; scrapes at the same time share one
   * @throws {PortTaken}
   */
  constructor(port: number, token: string, private readonly scrape: () => Promise<string>) {
    this.#expected = digest(`Bearer ${token}`);
    try {
      this.#server = Deno.serve(
        { port, hostname: HOSTNAME, onListen: () => {}, onError: failed },
        (request) => this.#answer(request),
      );
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse ||
        error instanceof Deno.errors.PermissionDenied;
      throw isTaken ? new PortTaken(port, { cause: error }) : error;
    }
  }

  /** Where the metrics are. */
  get url(): string {
    return `http://${HOSTNAME}:${this.#server.addr.port}${METRICS_PATH}`;
  }

  /** Ends it; scrapes that are under way are answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer({ url, method, headers }: Request): Promise<Response> {
    if (!timingSafeEqual(digest(headers.get("authorization") ?? ""), this.#expected)) {
      return said(401, "a token is wanted: Authorization: Bearer …", {
        "www-authenticate": 'Bearer realm="cim"',
      });
    }
    if (new URL(url).pathname !== METRICS_PATH) return said(404, `there is only ${METRICS_PATH}`);
    if (method !== "GET" && method !== "HEAD") {
      return said(405, "metrics can only be read", { allow: "GET, HEAD" });
    }
    this.#underWay ??= this.scrape().finally(() => this.#underWay = undefined);
    const text = await this.#underWay;
    return new Response(method === "HEAD" ? null : text, {
      headers: { "content-type": CONTENT_TYPE },
    });
  }
}

function said(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers });
}

/** A scrape that comes to nothing; only one who brought the token is answered this. */
function failed(error: unknown): Response {
  return said(503, error instanceof Error ? error.message : String(error));
}

/** Of one length whatever the text, so that comparing two takes as long for all. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
