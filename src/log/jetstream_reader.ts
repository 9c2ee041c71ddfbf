/** Reading a stream in order, each event once, whatever happens to the connection and the server's consumers. */
import { type ConsumerMessages, jetstream, type JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { LogRecord } from "../domain/event.ts";
import type { ReadOptions } from "./log.ts";
import { STREAM } from "./stream_fitness.ts";

/** What is being read; made by {@linkcode openReader}. */
export interface Reader {
  /** The records, until {@linkcode close}, or the end of the connection. */
  records(): AsyncGenerator<LogRecord>;
  close(): void;
}

/**
 * Begins to read from a sequence on.
 *
 * The client's ordered consumer goes on by itself after a failure, with a new consumer behind the last record. It would
 * go on just so in another stream of the same name; so whenever a record comes from a consumer that is new to us, the
 * stream is looked at before the record is given out. That is enough: a consumer never changes its stream.
 *
 * @param look asks for the stream, and throws when it is another
 */
export async function openReader(
  connection: NatsConnection,
  look: () => Promise<unknown>,
  { from = 1, subjects }: Pick<ReadOptions, "from" | "subjects">,
): Promise<Reader> {
  const consumer = await jetstream(connection).consumers.get(STREAM, {
    deliver_policy: "by_start_sequence",
    opt_start_seq: Math.max(from, 1),
    ...(subjects ? { filter_subjects: [...subjects] } : {}),
    // Nothing is left of a reader at the server soon after it has gone.
    inactive_threshold: 30_000_000_000,
  });
  // Short expiry and heartbeat: a consumer that loses its server is back in two seconds, not in forty.
  const messages = await consumer.consume({
    max_messages: 1000,
    expires: 5_000,
    idle_heartbeat: 1_000,
  });
  void suspect(messages, look);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    void messages.close();
    // Not left to the threshold: a handler that often loses a race reads often, and a stream takes 1,000 consumers.
    if (!connection.isClosed()) consumer.delete().catch(() => {});
  };
  return {
    close,
    async *records() {
      let known: string | undefined;
      try {
        for await (const message of messages) {
          const { consumer } = message.info;
          if (consumer !== known) {
            await look();
            known = consumer;
          }
          yield recordOf(message);
        }
      } finally {
        close();
      }
    },
  };
}

/** A reader that waits in another stream for an event that never comes would not notice: its troubles tell. */
async function suspect(messages: ConsumerMessages, look: () => Promise<unknown>): Promise<void> {
  for await (const { type } of messages.status()) {
    if (type === "stream_not_found" || type === "ordered_consumer_recreated") {
      await look().catch(() => {});
    }
  }
}

/** `timestampNanos` is exact, as the server wrote it; `info`'s has lost its last digits to a double. */
function recordOf(message: JsMsg): LogRecord {
  const nanoseconds = message.timestampNanos;
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  const micros = String(nanoseconds / 1_000n % 1_000_000n).padStart(6, "0");
  return {
    sequence: message.seq,
    recorded_at: `${seconds}.${micros}Z`,
    payload: message.data,
  };
}
