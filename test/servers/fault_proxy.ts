/** A reverse proxy before a real server, which goes wrong where it is told to; all else it passes on as it is. */
import {
  createServer,
  type IncomingMessage,
  request as send,
  type RequestOptions,
  type ServerResponse,
} from "node:http";
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What goes wrong with a request. */
export type Fault =
  /** The connection breaks, and the server never hears of the request. */
  | "cut before"
  /** The server does what it is asked, and then the connection breaks. */
  | "cut after"
  /** The connection breaks in the middle of the answer. */
  | "cut half"
  /** Somebody before the server answers in its place. */
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The server hears of it this much later. */
  | { delayMs: number };

/** A request that came. */
export interface Asked {
  method: string;
  /** From the first slash on, with its query. */
  path: string;
  /** The how many-th it is, from 1. */
  number: number;
  body: string;
}

/** A proxy that runs. */
export interface FaultProxy extends AsyncDisposable {
  /** The server's address, through the proxy. */
  url: string;
  /** All that came, in its order; to be emptied by whoever counts anew. */
  asked: Asked[];
  /** Says of each request what goes wrong with it; at first nothing does. */
  fault: (asked: Asked) => Fault | undefined;
  /** How many requests of these methods came. */
  count(...methods: readonly string[]): number;
  /** Ends it, and what it has open. */
  stop(): Promise<void>;
}

/** Starts one before a server. @param target its address, with a path where it has one */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bytesOf(request);
    const [method, path] = [request.method!, request.url!];
    const asked = { method, path, number: proxy.asked.length + 1, body: body.toString() };
    proxy.asked.push(asked);
    const fault = proxy.fault(asked);
    if (fault === "cut before") return void request.socket.destroy();
    if (typeof fault === "object" && "status" in fault) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
      return;
    }
    if (typeof fault === "object") await delay(fault.delayMs);
    const { headers } = request;
    const answer = await pass({ hostname, port, path, method, headers }, body);
    if (fault === "cut after") return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    if (fault !== "cut half") return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length >> 1));
    await delay(20);
    request.socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, "")}`,
    asked: [],
    fault: () => undefined,
    count: (...methods) => proxy.asked.filter(({ method }) => methods.includes(method)).length,
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return proxy;
}

/** What the server answers, on a connection of this request alone. */
async function pass(options: RequestOptions, body: Uint8Array) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    send({ ...options, agent: false }, resolve).on("error", reject).end(body);
  });
  return { status: answer.statusCode!, headers: answer.headers, body: await bytesOf(answer) };
}

async function bytesOf(message: IncomingMessage) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
