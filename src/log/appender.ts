/** Appending to a stream: all or nothing, once, behind the expected event, over a connection that comes and goes. */
import { setTimeout as delay } from "node:timers/promises";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { EncodedEvent } from "../domain/event.ts";
import { appendFault, noRoomForBatch } from "./append_fault.ts";
import { publishBatch } from "./atomic_batch.ts";
import type { Incarnation } from "./incarnation.ts";
import { isTransient, type Link } from "./link.ts";
import { LogUnavailable, SequenceConflict } from "./log.ts";
import { STREAM } from "./stream_fitness.ts";

/** How long an append is tried for, in milliseconds: a cluster may take ten seconds to find itself a new leader. */
const APPEND_MS = 30_000;
/** How long an append waits for a connection that is away, in milliseconds, however patient the readers are. */
const AWAY_MS = 5_000;
/** How long to wait before it is tried again, in milliseconds. */
const PAUSE_MS = 100;

/** A server that is stopped by a full disk in the middle of a batch may complete it once it starts with room. */
function notCertain(cause: Error): LogUnavailable {
  return new LogUnavailable(`${cause.message}: an earlier attempt may have been written`, {
    cause,
  });
}

/** Writes to one stream. */
export class Appender {
  constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly link: Link,
    private readonly incarnation: Incarnation,
  ) {}

  /**
   * Writes the events or throws, as `EventLog.append` says; an error of the connection's is thrown as it is, when the
   * time is up.
   */
  async append(events: readonly EncodedEvent[], expected: number): Promise<number> {
    const end = performance.now() + APPEND_MS;
    let uncertain = false; // An attempt without an answer may have been stored, or may be yet.
    let conflict = false;
    let stored = false;
    let incomplete = 0;
    for (;; await delay(PAUSE_MS)) {
      const before: boolean = uncertain;
      const { epoch } = this.link;
      await this.link.whenUp(performance.now() + AWAY_MS);
      try {
        await this.incarnation.sure();
        if (conflict) {
          const there = await this.#whatIsThere(events, expected);
          if (there === "another's") throw new SequenceConflict(expected);
          stored = there === "all";
          conflict = false;
        }
        // Asked for at the same time: one after the other would double the time of a lone event.
        let looked: Promise<unknown> | undefined;
        if (!stored) {
          uncertain = true;
          const published = publishBatch(this.connection, events, expected);
          looked = this.incarnation.sureMeanwhile();
          looked.catch(() => {}); // whatever becomes of the other
          await this.link.whileUp(published);
          stored = true;
        }
        await this.link.whileUp(looked ?? this.incarnation.look());
        return expected + events.length;
      } catch (error) {
        const fault = appendFault(error);
        if (fault instanceof Error) throw before ? notCertain(fault) : fault;
        if (fault === undefined && !isTransient(error)) throw error;
        if (fault !== undefined && !stored) uncertain = before;
        if (fault === "conflict") {
          if (!uncertain) throw new SequenceConflict(expected);
          conflict = true;
        }
        if (fault === "incomplete" && epoch === this.link.epoch && ++incomplete > 1) {
          throw uncertain ? notCertain(noRoomForBatch()) : noRoomForBatch();
        }
        if (performance.now() >= end || this.link.gone.aborted) throw error;
      }
    }
  }

  /**
   * What lies where the events should be. Nothing yet, or a part of them: a server that was stopped by a full disk in
   * the middle of a batch shows what it has written, and completes it when it starts again with room; a cluster has not
   * applied it yet.
   */
  async #whatIsThere(
    events: readonly EncodedEvent[],
    expected: number,
  ): Promise<"all" | "a part" | "nothing" | "another's"> {
    const { state: { last_seq } } = await this.incarnation.look();
    if (last_seq === expected) return "nothing";
    if (last_seq < expected || !await this.#isAt(expected + 1, events[0]!)) return "another's";
    if (last_seq < expected + events.length) return "a part";
    return await this.#isAt(expected + events.length, events.at(-1)!) ? "all" : "another's";
  }

  async #isAt(sequence: number, { payload }: EncodedEvent): Promise<boolean> {
    const message = await this.manager.streams.getMessage(STREAM, { seq: sequence });
    return message?.data.length === payload.length &&
      message.data.every((byte, index) => byte === payload[index]);
  }
}
