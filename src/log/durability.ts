/** What an acknowledgement of the log's server is worth when the power fails. */
import type { StreamInfo } from "@nats-io/jetstream";

/** Whether an acknowledged event is safe from the failure of one machine, and why. */
export interface Durability {
  safe: boolean;
  /** Begins small and has no full stop: `an event is on disk before it is acknowledged`. */
  because: string;
}

/** Of the embedded server, whose configuration is our own. */
export const ON_DISK: Durability = {
  safe: true,
  because: "an event is on disk before it is acknowledged",
};

/** How many servers have a majority that outlives one of them. */
const QUORUM_REPLICAS = 3;
/** How long to wait for the monitoring port, in milliseconds. */
const MONITORING_MS = 3_000;
const REMEDY = "set sync_interval: always in the server's jetstream block, or NATS_REPLICAS=3";

/** What can be known of a server that is not our own. */
export interface DurabilityFacts {
  stream: Pick<StreamInfo, "config" | "cluster">;
  /** The id of the server that we are connected to. */
  serverId: string;
  /** Its monitoring port: `http://127.0.0.1:8222`. */
  monitoringUrl?: string | undefined;
}

/**
 * Says how safe an acknowledged event is: on a majority of three servers or more, or on the disk of one that says in
 * its `/varz` that it syncs always. A server that nobody can ask is taken not to: by default it syncs every two
 * minutes. Never throws.
 */
export async function durabilityOf(facts: DurabilityFacts): Promise<Durability> {
  const { stream: { config: { num_replicas: replicas }, cluster }, serverId, monitoringUrl } =
    facts;
  if (replicas >= QUORUM_REPLICAS) {
    return {
      safe: true,
      because: `an event is on a majority of its ${replicas} servers before it is acknowledged`,
    };
  }
  if (monitoringUrl === undefined) {
    return unsafe(
      "up to 2 minutes of them unless it has sync_interval: always, which only " +
        "NATS_MONITORING_URL can tell",
    );
  }
  const varz = await monitored(monitoringUrl);
  if (typeof varz === "string") return unsafe(`how many is not known: NATS_MONITORING_URL ${varz}`);
  // Of a cluster, the one that leads the stream is the one that acknowledges.
  const leader = cluster?.leader;
  if (leader === undefined ? varz.server_id !== serverId : varz.server_name !== leader) {
    return unsafe("how many is not known: NATS_MONITORING_URL is another server's");
  }
  const { sync_always, sync_interval } = varz.jetstream?.config ?? {};
  if (sync_always === true) return ON_DISK;
  const seconds = (sync_interval ?? 0) / 1_000_000_000;
  return unsafe(`up to ${seconds} s of them, its sync_interval`);
}

function unsafe(howMany: string): Durability {
  return {
    safe: false,
    because: `acknowledged events can be lost if the server's power fails, ${howMany}; ${REMEDY}`,
  };
}

/** What `/varz` of nats-server 2.15.1 says of syncing: `sync_interval` in nanoseconds, `sync_always` when it is so. */
interface Varz {
  server_id?: string;
  server_name?: string;
  jetstream?: { config?: { sync_interval?: number; sync_always?: boolean } };
}

/** The server's `/varz`, or in a few words why not. The URL is not repeated: there may be a password in it. */
async function monitored(url: string): Promise<Varz | string> {
  try {
    const answer = await fetch(`${url.replace(/\/+$/, "")}/varz`, {
      signal: AbortSignal.timeout(MONITORING_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return `answers ${answer.status}`;
    }
    const varz: unknown = await answer.json();
    return typeof varz === "object" && varz !== null ? varz : "answers no /varz";
  } catch {
    return "does not answer as a monitoring port does";
  }
}
