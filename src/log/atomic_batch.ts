/** Several messages in one append: all of them or none, and only behind the message expected to be the last. */
import { JetStreamApiError } from "@nats-io/jetstream";
import { headers, type NatsConnection, nuid } from "@nats-io/nats-core";
import type { EncodedEvent } from "../domain/event.ts";

/** How long to wait for one answer of the server, in milliseconds. */
export const ANSWER_TIMEOUT = 5_000;
/** How many bytes of headers a message may have: the fence, the batch's id, a place in it. About 150 are used. */
export const HEADER_BYTES = 1_024;

/**
 * Publishes one message alone, or 2 to 1,000 as an atomic batch. The client's own batch hides the server's errors, so
 * this speaks the protocol: the fence is a header of the first message, and the answer to the last one tells. What is
 * published while the connection is away is dropped without a word; the server refuses a batch that lacks a part.
 *
 * @throws {JetStreamApiError} with the server's own code: 10071 when the stream does not end as expected
 * @throws {TimeoutError} and other errors of the connection, after which it is not known whether it was done
 */
export async function publishBatch(
  connection: NatsConnection,
  messages: readonly EncodedEvent[],
  expectedLastSequence: number,
): Promise<void> {
  const batch = nuid.next();
  for (const [index, { subject, payload }] of messages.entries()) {
    const head = headers();
    if (index === 0) head.set("Nats-Expected-Last-Sequence", String(expectedLastSequence));
    if (messages.length > 1) {
      head.set("Nats-Batch-Id", batch);
      head.set("Nats-Batch-Sequence", String(index + 1));
    }
    if (index < messages.length - 1) {
      connection.publish(subject, payload, { headers: head });
      continue;
    }
    if (messages.length > 1) head.set("Nats-Batch-Commit", "1");
    const answer = await connection.request(subject, payload, {
      headers: head,
      timeout: ANSWER_TIMEOUT,
    });
    const { error, seq } = answer.json<{ error?: ApiError; seq?: number }>();
    if (error) throw new JetStreamApiError(error);
    if (seq !== expectedLastSequence + messages.length) {
      throw new Error(`the server put the events at ${seq}, which no fence allows`);
    }
  }
}

type ApiError = ConstructorParameters<typeof JetStreamApiError>[0];
