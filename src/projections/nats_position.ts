/**
 * Where a projection is whose read model has no transactions, and who may write to that: both in the key-value bucket of
 * the log's NATS server, by compare-and-set.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { NatsConnection } from "@nats-io/nats-core";
import { checkpointAfter, parkedAfter } from "./checkpoint.ts";
import { EntryChanged, NatsBucket, objectIn } from "./nats_bucket.ts";
import { NatsLease } from "./nats_lease.ts";
import {
  type Checkpoint,
  type LogIdentity,
  type ParkedEvent,
  ProjectionMoved,
  ProjectionUnavailable,
  type Step,
} from "./projection.ts";
import { oneLine } from "./projector_error.ts";

/** What is kept of a projection: how far its read model is. */
export interface KeptPosition {
  log: LogIdentity;
  /** Of which version of the fold it is. */
  definition: string;
  checkpoint: Checkpoint;
  parked: ParkedEvent[];
  /** Where it matters: what lies behind the checkpoint may be written already, or a part of it. */
  unfinished?: boolean;
}

/**
 * The position behind a step.
 *
 * @param projection which one, for what is said in the error
 * @throws {ProjectionMoved} when the step does not begin where the position is
 */
export function positionAfter(projection: string, kept: KeptPosition, step: Step): KeptPosition {
  const { last_sequence } = kept.checkpoint;
  if (last_sequence !== step.after) {
    throw new ProjectionMoved(projection, step.after, last_sequence);
  }
  const checkpoint = checkpointAfter(kept.checkpoint, step);
  return { ...kept, checkpoint, parked: parkedAfter(kept.parked, step) };
}

/** As it is written: no two are the same, and ours are told from others'. */
interface Written extends KeptPosition {
  holder?: string;
  write?: number;
}

/** A value with more bytes is compressed: a long list of parked events says much the same again and again. */
const PLAIN_BYTES = 32_768;
/** A key with more characters is cut off, and told from others by its hash. */
const KEY_CHARACTERS = 120;

/** The position of one projection, and the lease on its read model. */
export class NatsPosition {
  readonly #bucket: NatsBucket;
  readonly #lease: NatsLease;
  readonly #key: string;
  #revision = 0;
  #writes = 0;

  /**
   * @param connection the log's
   * @param projection which one, for what is said in errors
   * @param key of this read model alone, such as `netbox https://netbox.example`
   * @param options `leaseMs`: how long after a killed process another one takes over, in milliseconds; 10,000 by default
   */
  constructor(
    connection: NatsConnection,
    private readonly projection: string,
    key: string,
    options: { leaseMs?: number } = {},
  ) {
    const name = nameOf(key);
    this.#key = `position.${name}`;
    this.#bucket = new NatsBucket(connection);
    this.#lease = new NatsLease(this.#bucket, `lease.${name}`, projection, options.leaseMs);
  }

  /** Whether it is not open, or another has the lease by now: then it has to be opened (again). */
  get isLost(): boolean {
    return this.#lease.isLost;
  }

  /**
   * Takes the lease, and reads what is kept. A lease of which nothing is heard is waited for as long as it lasts.
   *
   * @returns undefined when nothing is kept, or nothing that can be read
   * @throws {ProjectionUnavailable} naming the host and the process that have it, or why NATS does not answer
   */
  async open(): Promise<KeptPosition | undefined> {
    return await this.#reach(async () => {
      if (this.isLost) await this.#lease.take();
      const { revision, value } = await this.#bucket.read(this.#key);
      this.#revision = revision;
      const kept = keptIn(value);
      if (!kept) return undefined;
      const { holder: _, write: __, ...position } = kept;
      return position;
    });
  }

  /**
   * To be called before every write to the read model.
   *
   * @throws {ProjectionUnavailable} when the lease is not surely ours any more
   */
  requireLease(): void {
    this.#lease.require();
  }

  /**
   * Keeps a position.
   *
   * @throws {ProjectionMoved} when somebody else has written one
   * @throws {ProjectionUnavailable} without the lease, or without an answer: then it may be kept or not
   */
  async keep(next: KeptPosition): Promise<void> {
    const { holder } = this.#lease;
    const json = JSON.stringify({ ...next, holder, write: ++this.#writes });
    await this.#write(bytesOf(json), next.checkpoint.last_sequence);
  }

  /** Keeps nothing any more. Throws as {@linkcode keep} does. */
  async forget(): Promise<void> {
    await this.#write(new Uint8Array(), 0);
  }

  /** Gives the lease back. */
  async close(): Promise<void> {
    await this.#lease.close();
  }

  /** Writes where what is there is what we have read or written. */
  async #write(value: Uint8Array, position: number): Promise<void> {
    this.requireLease();
    await this.#reach(async () => {
      for (let written = false; !written;) {
        try {
          this.#revision = await this.#bucket.write(this.#key, value, this.#revision);
          written = true;
        } catch (error) {
          if (!(error instanceof EntryChanged)) throw error;
          const kept = keptIn(error.found.value);
          const at = kept?.checkpoint.last_sequence ?? 0;
          // It may be one of ours, of which we were not told that it was written.
          const isOurs = kept?.holder === this.#lease.holder;
          if (!isOurs) throw new ProjectionMoved(this.projection, position, at);
          this.#revision = error.found.revision;
        }
      }
    });
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProjectionUnavailable || error instanceof ProjectionMoved) throw error;
      const why = `its position cannot be kept in NATS: ${causeOf(error)}`;
      throw new ProjectionUnavailable(this.projection, why, { cause: error });
    }
  }
}

/** A text as a key: what a key must not have in it is written as `=` and its bytes, so that no two are the same. */
function nameOf(text: string): string {
  const name = text.toWellFormed().replace(
    /[^A-Za-z0-9_-]/gu,
    (character) => `=${Buffer.from(character).toString("hex")}`,
  );
  if (name !== "" && name.length <= KEY_CHARACTERS) return name;
  const hash = createHash("sha256").update(text).digest("hex");
  return `${name.slice(0, KEY_CHARACTERS - hash.length)}=${hash}`;
}

function bytesOf(json: string): Uint8Array {
  const plain = Buffer.from(json);
  return plain.length > PLAIN_BYTES ? gzipSync(plain) : plain;
}

/** What somebody has put there by hand is as good as nothing. */
function keptIn(value: Uint8Array): Written | undefined {
  const kept = objectIn(value) as Written | undefined;
  const isKept = typeof kept?.log?.incarnation === "string" &&
    typeof kept.checkpoint?.last_sequence === "number" && Array.isArray(kept.parked);
  return isKept ? kept : undefined;
}

/** Why something was not answered: what one may not do is said only in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return cause ? `${oneLine(error)} (${oneLine(cause)})` : oneLine(error);
}
