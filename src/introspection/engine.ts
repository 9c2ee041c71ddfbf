/** Asking a container engine: its API is HTTP on a unix socket. */
import { request } from "node:http";
import { parsed } from "./json.ts";

/** A container engine of this machine. */
export interface Engine {
  /** In the words of `virtualization.container`. */
  name: "docker" | "podman";
  socket: string;
  /** The program that must run already; to ask would have systemd start it, and with it what it restarts. */
  daemon?: string;
  /** How long it may take to answer all questions: 10 s unless it says otherwise. */
  timeoutMilliseconds?: number;
}

/** Where engines that run for the whole machine answer. */
export const ENGINES: readonly Engine[] = [
  { name: "docker", socket: "/run/docker.sock", daemon: "dockerd" },
  // Podman has no daemon: a process starts to answer, and ends.
  { name: "podman", socket: "/run/podman/podman.sock" },
];

/** More than this no list of containers needs. */
const MOST_BYTES = 64 * 1024 * 1024;

const REASONS: Record<string, string> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "not found",
  ECONNREFUSED: "nobody answers",
  ECONNRESET: "it hung up",
};

/** An engine gave no answer that can be used. Its message is the reason of a gap. */
export class EngineSilent extends Error {
  override readonly name = "EngineSilent";
  /** Stable, for programs. */
  readonly code = "engine_silent";
  /** @param status the HTTP status, if there was one: 404 when there is no such container (any more) */
  constructor(message: string, readonly status?: number) {
    super(message);
  }
}

/**
 * The answer to a GET, as JSON.
 *
 * @param signal ends the wait
 * @throws {EngineSilent}
 */
export function ask(socketPath: string, path: string, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) =>
      reject(
        error instanceof EngineSilent ? error : new EngineSilent(
          signal.aborted ? "took too long" : REASONS[error.code ?? ""] ?? error.message,
        ),
      );
    const asked = request(
      { socketPath, path, signal, headers: { host: "localhost" } },
      (answer) => {
        const chunks: Uint8Array[] = [];
        let bytes = 0;
        answer.on("error", fail);
        answer.on("data", (chunk: Uint8Array) => {
          bytes += chunk.length;
          if (bytes > MOST_BYTES) asked.destroy(new EngineSilent("the answer has no end"));
          else chunks.push(chunk);
        });
        answer.on("end", () => {
          const value = parsed(new TextDecoder().decode(concatenated(chunks, bytes)));
          const status = answer.statusCode ?? 0;
          if (status !== 200) fail(new EngineSilent(`status ${status}`, status));
          else if (value === undefined) fail(new EngineSilent("the answer is not JSON"));
          else resolve(value);
        });
      },
    );
    asked.on("error", fail);
    asked.end();
  });
}

function concatenated(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let end = 0;
  for (const chunk of chunks) {
    all.set(chunk, end);
    end += chunk.length;
  }
  return all;
}
