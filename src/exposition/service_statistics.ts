/** What the processes that take commands say they did, by the statistics of NATS services (ADR-32). */
import type { NatsConnection } from "@nats-io/nats-core";

/** What one process did since it began. */
export interface ServiceStatistics {
  /** Which process: made anew each time that one begins. */
  id: string;
  /** Requests with commands, those that could not be answered, and how long all took. */
  requests: number;
  errors: number;
  seconds: number;
  /** How many commands were accepted, unchanged or refused. */
  outcomes: Record<string, number>;
}

/** After how long a silence nobody else is expected to answer, and after how long in any case, in milliseconds. */
const SILENCE_MS = 100;
const MOST_MS = 500;
/** So many processes are told of at most. */
const MOST = 100;

/**
 * Asks all processes of the service `cim-commands`.
 *
 * @returns the statistics of each that has answered, by id; what is no answer of ours is passed over
 */
export async function serviceStatistics(connection: NatsConnection): Promise<ServiceStatistics[]> {
  const found = new Map<string, ServiceStatistics>();
  try {
    const answers = await connection.requestMany("$SRV.STATS.cim-commands", undefined, {
      strategy: "stall",
      stall: SILENCE_MS,
      maxWait: MOST_MS,
      maxMessages: MOST,
    });
    for await (const { data } of answers) {
      const statistics = statisticsOf(data);
      if (statistics) found.set(statistics.id, statistics);
    }
  } catch {
    // Nobody takes commands, or nobody may ask: then there is nothing to tell.
  }
  return [...found.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

function statisticsOf(data: Uint8Array): ServiceStatistics | undefined {
  try {
    const { id, endpoints } = JSON.parse(new TextDecoder().decode(data));
    const endpoint = endpoints.find(({ name }: { name: unknown }) => name === "submit");
    const { num_requests: requests, num_errors: errors, processing_time, data: outcomes } =
      endpoint;
    const seconds = processing_time / 1e9;
    const numbers = [requests, errors, seconds, ...Object.values(outcomes)];
    if (typeof id !== "string" || !numbers.every(Number.isFinite)) return undefined;
    return { id, requests, errors, seconds, outcomes };
  } catch {
    return undefined;
  }
}
