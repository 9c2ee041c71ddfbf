/** From commands to events in the log: load, decide, append with a fence, and decide again when somebody was faster. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Command } from "../domain/command.ts";
import { decodeEvent, NewerEvent, UnreadableEvent } from "../domain/event.ts";
import { Inventory, type InventoryContent, type InventoryView } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { type EventLog, LogBroken, SequenceConflict } from "../log/log.ts";
import type { Snapshots } from "../log/snapshots.ts";
import type { Answer } from "./answer.ts";
import { Batch, type Submission } from "./batch.ts";
import type { CommandPort } from "./port.ts";
import { unseen, type WholeScan } from "./unseen.ts";

/** What a handler is opened with; nothing is needed. */
export interface HandlerOptions {
  /** Ends the reading, with its reason. */
  signal?: AbortSignal | undefined;
  /** Where the write model is kept, so that not the whole log has to be read. */
  snapshots?: Snapshots | undefined;
  /** Told how far the reading is: events read, and how many there are to read. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How many commands are decided before a batch that is on its way is looked after. */
const AHEAD_COMMANDS = 50;
/** After how many events since the last snapshot one is worth its writing: at the end, and in between. */
const WORTH_CLOSING = 5_000;
const WORTH_WORKING = 50_000;
/** How many messages of the log that were passed over are kept with their reasons; all are counted. */
const SKIPPED_KEPT = 100;
/** How often the progress of reading is told, in events. */
const PROGRESS_EVENTS = 10_000;

/**
 * Handles commands over one log. Any number of handlers, in any number of processes, may work on the same log: an
 * event is written only if nothing came between the decision and it (law 3). What is submitted while a batch is on its
 * way forms the next one (group commit), and is decided meanwhile.
 *
 * @example
 * ```ts
 * import { CommandHandler, MemoryLog, MessageFactory } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const clock = () => new Date();
 * const messages = new MessageFactory(clock);
 * const handler = await CommandHandler.open(new MemoryLog(clock), messages);
 * const define = () =>
 *   messages.command("DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }, {
 *     actor: "ada",
 *     source: "declared",
 *   });
 * const [first] = await handler.submit([define()]);
 * const [again] = await handler.submit([define()]);
 * strictEqual(first?.outcome, "accepted");
 * strictEqual(again?.outcome, "unchanged");
 * ```
 */
export class CommandHandler implements CommandPort {
  readonly #skipped: { sequence: number; reason: string }[] = [];
  #inventory = new Inventory();
  #queue: Submission[] = [];
  #working = false;

  private constructor(
    private readonly log: EventLog,
    private readonly messages: MessageFactory,
    private readonly snapshots: Snapshots | undefined,
  ) {}

  /**
   * A handler that knows all that has happened so far: from a snapshot and what came after it, or from the whole log.
   *
   * @throws {LogUnavailable} when the log cannot be read
   * @throws {NewerEvent} when a newer version of this program wrote to it
   * @throws {LogBroken} when events are missing in it
   */
  static async open(
    log: EventLog,
    messages: MessageFactory,
    { signal, snapshots, onProgress }: HandlerOptions = {},
  ): Promise<CommandHandler> {
    const handler = new CommandHandler(log, messages, snapshots);
    handler.#inventory = await snapshots?.load(log) ?? handler.#inventory;
    messages.witness(handler.#inventory.lastEvent.id);
    await handler.#catchUp(signal, onProgress);
    await snapshots?.save(handler.#inventory, log, WORTH_WORKING);
    return handler;
  }

  /** What is known at this moment, for those who compare what they see with it. */
  get inventory(): InventoryView & Pick<Inventory, "sequence" | "size"> {
    return this.#inventory;
  }

  /**
   * The messages of the log that are no events, and were passed over: how many there are, and of those read by this
   * handler the first hundred, with the reasons.
   */
  get skipped(): { count: number; first: readonly { sequence: number; reason: string }[] } {
    return { count: this.#inventory.skipped, first: this.#skipped };
  }

  /** What is known, to compare or to keep. */
  content(): InventoryContent {
    return this.#inventory.content();
  }

  /** Keeps what is known for the next start, if enough has happened since the last time, and nothing is under way. */
  async close(): Promise<void> {
    if (this.#working) return;
    await this.snapshots?.save(this.#inventory, this.log, WORTH_CLOSING);
  }

  /**
   * Decides commands one after the other, each on the state that those before it have led to.
   *
   * @param signal ends the work between two appends, with its reason
   * @returns an answer for each command, in their order; a refused one does not hold up the others
   * @throws {LogUnavailable} when the log is out of reach; what was written by then stays
   */
  async submit(commands: readonly Command[], signal?: AbortSignal): Promise<Answer[]> {
    signal?.throwIfAborted();
    if (commands.length === 0) return [];
    const { promise, resolve, reject } = Promise.withResolvers<Answer[]>();
    this.#queue.push({ commands, decided: 0, answers: [], signal, resolve, reject });
    if (!this.#working) void this.#work();
    return await promise;
  }

  position(): Promise<number> {
    return Promise.resolve(this.#inventory.sequence);
  }

  async removeUnseen(scan: WholeScan, signal?: AbortSignal): Promise<Answer[]> {
    const options = { actor: scan.actor, source: "observed", cause: scan.cause } as const;
    const commands = unseen(this.#inventory, scan).map(({ command, data }) =>
      this.messages.command(command, data, options) as Command
    );
    return await this.submit(commands, signal);
  }

  /** Writes what is in the queue, a batch at a time; while one is on its way the next is decided. */
  async #work(): Promise<void> {
    this.#working = true;
    try {
      let ahead: Batch | undefined;
      for (;;) {
        this.#dropAborted();
        if (ahead === undefined && !this.#hasMore()) break;
        ahead = await this.#write(ahead ?? this.#decide());
      }
    } catch (error) {
      // A fault of ours: nobody may wait for ever, and what comes next begins where the log is.
      this.#rollback();
      this.#reject(new Set(this.#queue), error);
    } finally {
      this.#working = false;
    }
    await this.snapshots?.save(this.#inventory, this.log, WORTH_WORKING);
  }

  /** @returns what was decided meanwhile, on top of this batch */
  async #write(batch: Batch): Promise<Batch | undefined> {
    const written = batch.write(this.log);
    written.catch(() => {}); // it is waited for below
    const ahead = batch.events.length > 0 ? await this.#decideAhead(written) : undefined;
    try {
      await written;
    } catch (error) {
      // What was decided on top of what was not written falls with it.
      this.#rollback();
      await this.#recover(error, batch);
      return undefined;
    }
    this.#inventory.commit();
    await batch.answer(this.log);
    this.#queue = this.#queue.filter(({ answers, commands }) => answers.length < commands.length);
    return ahead;
  }

  #decide(): Batch {
    const batch = new Batch(this.#inventory, this.messages, this.log.maxEventBytes);
    this.#fill(batch);
    return batch;
  }

  /** Decides a few at a time: a batch leaves this process, and its answer comes in, only when we let go of it. */
  async #decideAhead(written: Promise<void>): Promise<Batch | undefined> {
    let isOnItsWay = true;
    const arrived = () => void (isOnItsWay = false);
    written.then(arrived, arrived);
    if (!this.#hasMore()) return undefined;
    await nextTurn();
    const batch = new Batch(this.#inventory, this.messages, this.log.maxEventBytes);
    while (this.#fill(batch, AHEAD_COMMANDS)) if (isOnItsWay) await nextTurn();
    return batch;
  }

  /**
   * Decides what is next in the queue, until the batch is full or has taken `most` commands.
   *
   * @returns whether it could take more
   */
  #fill(batch: Batch, most = Infinity): boolean {
    let left = most;
    for (const submission of this.#queue) {
      if (submission.signal?.aborted) continue;
      left -= batch.take(submission, left);
      if (batch.isFull) return false;
      if (left <= 0) return true;
    }
    return false;
  }

  #rollback(): void {
    this.#inventory.rollback();
    for (const submission of this.#queue) submission.decided = submission.answers.length;
  }

  /** Somebody was faster: read what they wrote. Anything else is the end for those who wait for this batch. */
  async #recover(error: unknown, batch: Batch): Promise<void> {
    if (!(error instanceof SequenceConflict)) return this.#reject(batch.submissions, error);
    try {
      await this.#catchUp();
    } catch (cause) {
      this.#reject(new Set(this.#queue), cause);
    }
  }

  #reject(submissions: ReadonlySet<Submission>, error: unknown): void {
    for (const { reject } of submissions) reject(error);
    this.#queue = this.#queue.filter((one) => !submissions.has(one));
  }

  #dropAborted(): void {
    for (const one of this.#queue) {
      // What is on its way is waited for.
      if (!one.signal?.aborted || one.decided > one.answers.length) continue;
      this.#reject(new Set([one]), one.signal.reason);
    }
  }

  #hasMore(): boolean {
    return this.#queue.some(({ decided, commands }) => decided < commands.length);
  }

  async #catchUp(
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    const inventory = this.#inventory;
    const before = inventory.sequence;
    const end = onProgress ? await this.log.lastSequence() : 0;
    for await (const record of this.log.read({ from: before + 1, ...(signal ? { signal } : {}) })) {
      const { sequence } = record;
      if (sequence !== inventory.sequence + 1) {
        throw new LogBroken(`sequence ${inventory.sequence + 1} is missing in it`);
      }
      try {
        const event = decodeEvent(record);
        inventory.apply(event, sequence);
        this.messages.witness(event.event_id);
      } catch (error) {
        if (error instanceof NewerEvent || !(error instanceof UnreadableEvent)) throw error;
        inventory.skip(sequence);
        if (this.#skipped.length < SKIPPED_KEPT) {
          this.#skipped.push({ sequence, reason: error.reason });
        }
      }
      if (sequence % PROGRESS_EVENTS === 0) onProgress?.(sequence - before, end - before);
    }
    const last = await this.log.lastSequence();
    if (last < before) throw new LogBroken(`it ends at ${last}, and was at ${before} before`);
  }
}
