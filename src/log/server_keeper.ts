/** Keeps the embedded server running for those who work for long. */
import type { NatsConnection } from "@nats-io/nats-core";
import { type EmbeddedServer, embeddedServer, type EmbeddedServerOptions } from "./embedded.ts";
import { ServerError } from "./server_process.ts";

/**
 * Starts the server again whenever the connection to it was lost and it is not there any more, until the connection is
 * closed. It listens where it did, so that the connection comes back by itself.
 *
 * @param onServer given each share in a server that was found or started: to be given back in the end
 */
export async function keepServer(
  connection: NatsConnection,
  options: EmbeddedServerOptions,
  onServer: (server: EmbeddedServer) => void,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type !== "disconnect" || connection.isClosed() || options.signal?.aborted) continue;
    try {
      onServer(await embeddedServer(options));
    } catch (error) {
      if (options.signal?.aborted) return;
      if (!(error instanceof ServerError)) throw error;
      options.progress?.(error.message); // whoever needs the log is told that it is away
    }
  }
}
