/** A connection to a NATS server. */
import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import { nodeResolveHost, NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";

/**
 * The client takes all listeners off a socket when it is done with it, and under Deno a reset that comes later is then
 * an error that nobody handles: it ended our process for a wrong token or a killed server (173 of 300 times). So one
 * listener stays.
 */
class SteadyTransport extends NodeTransport {
  override async dial(...to: Parameters<NodeTransport["dial"]>): ReturnType<NodeTransport["dial"]> {
    const socket = await super.dial(...to);
    const removeAllListeners = socket.removeAllListeners.bind(socket);
    const ignore = () => {};
    socket.on("error", ignore);
    socket.removeAllListeners = (...events: Parameters<typeof removeAllListeners>) =>
      removeAllListeners(...events).on("error", ignore);
    return socket;
  }
}

/** Connects, as the client library's `connect` does. */
export async function connectNats(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({
    factory: () => new SteadyTransport(),
    dnsResolveFn: nodeResolveHost,
  });
  return await NatsConnectionImpl.connect(options);
}
