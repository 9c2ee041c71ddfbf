/** The connections to a server. */
import type { Driver } from "neo4j-driver";
import type { Neo4jSettings } from "./settings.ts";

const OPTIONS = {
  /** Integers of the server are no JavaScript numbers. */
  useBigInt: true,
  telemetryDisabled: true,
  connectionTimeout: 5_000,
  connectionAcquisitionTimeout: 10_000,
  /** A connection that was idle for so long, in milliseconds, may be one to a server that is gone. */
  connectionLivenessCheckTimeout: 5_000,
  /** So long a deadlock, say, is tried again by the driver; what lasts longer the projector waits out. */
  maxTransactionRetryTime: 5_000,
};

/** Opens none yet: whoever asks first does. They are to be closed, or the process does not end. */
export async function openDriver({ uri, auth }: Neo4jSettings): Promise<Driver> {
  // It takes a fifth of a second to load, which only those who use it have to wait.
  const { default: neo4j } = await import("neo4j-driver");
  return neo4j.driver(uri, auth(), OPTIONS);
}
