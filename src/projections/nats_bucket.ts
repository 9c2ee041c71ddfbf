/**
 * The JetStream key-value bucket in which projections keep what their read models cannot: `CIM_PROJECTIONS`, on the
 * log's own server, in files and on as many servers as the log. `nats kv get CIM_PROJECTIONS KEY` shows a value.
 *
 * Who may not do everything on the server needs, besides what the log does, to publish to
 * `$JS.API.STREAM.INFO.*`, `$JS.API.STREAM.CREATE.KV_CIM_PROJECTIONS`, `$JS.API.STREAM.UPDATE.KV_CIM_PROJECTIONS`,
 * `$JS.API.STREAM.MSG.GET.KV_CIM_PROJECTIONS` and `$KV.CIM_PROJECTIONS.>`.
 */
import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import {
  jetstream,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { STREAM } from "../log/stream_fitness.ts";
import { appendFault } from "../log/append_fault.ts";

/** What the bucket is called. */
export const BUCKET = "CIM_PROJECTIONS";
const KV_STREAM = `KV_${BUCKET}`;
/** How long to wait for one answer, in milliseconds. */
const ANSWER_MS = 2_000;
/** How long something is tried where no answer comes, in milliseconds. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;
const NO_STREAM = 10059;

/** A value, and which writing of the bucket it was. */
export interface Entry {
  revision: number;
  /** Empty where it was removed. */
  value: Uint8Array;
}

/** Somebody else has written what was to be written. */
export class EntryChanged extends Error {
  override readonly name = "EntryChanged";
  /** @param found what is there now */
  constructor(readonly found: Entry) {
    super(`it is at revision ${found.revision}`);
  }
}

/** The bucket, as seen over one connection; it is made when it is first needed. */
export class NatsBucket {
  #manager: Promise<JetStreamManager> | undefined;

  /** @param connection the log's */
  constructor(private readonly connection: NatsConnection) {}

  /** What is there; revision 0 and no value where nothing is. The leader is asked, not a replica that may lag behind. */
  read(key: string, patience = PATIENCE_MS): Promise<Entry> {
    return this.#patiently(patience, async (manager) => {
      const found = await manager.streams.getMessage(KV_STREAM, { last_by_subj: subjectOf(key) });
      return { revision: found?.seq ?? 0, value: found?.data ?? new Uint8Array() };
    });
  }

  /**
   * Writes a value where the one before has this revision. Where it is not known whether it was written, that is looked
   * up: so each value is to be another.
   *
   * @param value empty to remove it
   * @returns its revision
   * @throws {EntryChanged} when the one before has another
   */
  async write(
    key: string,
    value: Uint8Array,
    revision: number,
    patience = PATIENCE_MS,
  ): Promise<number> {
    const most = this.connection.info?.max_payload ?? Infinity;
    if (value.length > most) {
      throw new RangeError(`${value.length} bytes are more than the NATS server takes, ${most}`);
    }
    return await this.#patiently(patience, async () => {
      try {
        const marks = headers();
        if (value.length === 0) marks.set("KV-Operation", "DEL");
        const { seq } = await jetstream(this.connection).publish(subjectOf(key), value, {
          expect: { streamName: KV_STREAM, lastSubjectSequence: revision },
          headers: marks,
          timeout: Math.min(ANSWER_MS, patience),
        });
        return seq;
      } catch (error) {
        if (appendFault(error) !== "conflict") throw error;
        const found = await this.read(key, ANSWER_MS);
        if (Buffer.compare(found.value, value) === 0) return found.revision; // an answer was lost
        throw new EntryChanged(found);
      }
    });
  }

  /** Does something until it is answered, or somebody refuses it for good. */
  async #patiently<T>(
    patience: number,
    work: (manager: JetStreamManager) => Promise<T>,
  ): Promise<T> {
    for (const end = performance.now() + patience;; await delay(PAUSE_MS)) {
      try {
        return await work(await (this.#manager ??= this.#open()));
      } catch (error) {
        if (error instanceof EntryChanged || error instanceof RangeError) throw error;
        this.#manager = undefined; // it may be another server that comes back, without the bucket
        const isPassing = !(error instanceof JetStreamApiError) || error.code === NO_STREAM ||
          appendFault(error) === "again";
        if (!isPassing || this.connection.isClosed() || performance.now() >= end) throw error;
      }
    }
  }

  async #open(): Promise<JetStreamManager> {
    const manager = await jetstreamManager(this.connection, {
      timeout: ANSWER_MS,
      checkAPI: false,
    });
    const [log, there] = await Promise.all([
      manager.streams.info(STREAM),
      manager.streams.info(KV_STREAM).catch((error) => {
        if (error instanceof JetStreamApiError && error.code === NO_STREAM) return undefined;
        throw error;
      }),
    ]);
    const { num_replicas } = log.config;
    if (!there) {
      await manager.streams.add({
        name: KV_STREAM,
        subjects: [`$KV.${BUCKET}.>`],
        storage: "file",
        num_replicas,
        max_msgs_per_subject: 1, // its history
        discard: "new",
        allow_direct: true,
        allow_rollup_hdrs: true,
        deny_delete: true,
      });
    } else if (there.config.num_replicas < num_replicas) {
      await manager.streams.update(KV_STREAM, { num_replicas });
    }
    return manager;
  }
}

/** The JSON object of a value, which may be compressed; undefined where it is none. */
export function objectIn(value: Uint8Array): object | undefined {
  if (value.length === 0) return undefined;
  try {
    const isPlain = value[0] === "{".charCodeAt(0);
    const found = JSON.parse((isPlain ? Buffer.from(value) : gunzipSync(value)).toString());
    return typeof found === "object" && found !== null ? found : undefined;
  } catch {
    return undefined;
  }
}

function subjectOf(key: string): string {
  return `$KV.${BUCKET}.${key}`;
}
