/** From commands to events in the log: load, decide, append with a fence, and decide again when somebody was faster. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Command } from "../domain/command.ts";
import { Inventory, type InventoryContent, type InventoryView } from "../domain/inventory.ts";
import type { MessageFactory } from "../domain/message.ts";
import { type EventLog, MAX_BATCH_EVENTS, SequenceConflict } from "../log/log.ts";
import type { Snapshots } from "../log/snapshots.ts";
import type { Answer } from "./answer.ts";
import { Batch, BATCH_EVENTS, type Submission } from "./batch.ts";
import { loadRules, needsRules } from "./policy_rules.ts";
import { type CatchingUp, catchUp, type Skipped } from "./catch_up.ts";
import type { CommandPort } from "./port.ts";
import { unseen, type WholeScan } from "./unseen.ts";

/** What a handler is opened with; nothing is needed. */
export interface HandlerOptions extends CatchingUp {
  /** Where the write model is kept, so that not the whole log has to be read. */
  snapshots?: Snapshots | undefined;
}

/** How many commands are decided before a batch that is on its way is looked after. */
const AHEAD_COMMANDS = 50;
/** After how many events since the last snapshot one is worth its writing: at the end, and in between. */
const WORTH_CLOSING = 5_000;
const WORTH_WORKING = 50_000;
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
  readonly #skipped: Skipped[] = [];
  #inventory = new Inventory();
  #queue: Submission[] = [];
  /** What compiles the rules of policies, while it is loaded. */
  #loading: Promise<void> | undefined;
  /** Settled when nothing is in the queue. */
  #work: Promise<void> = Promise.resolve();
  #working = false;
  /** What is known is as new as the log was at this moment, by `performance.now()`. */
  #current = -Infinity;
  /** How many events go into a batch. */
  #room = BATCH_EVENTS;

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
    await handler.#catchUp({ signal, onProgress });
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
  get skipped(): { count: number; first: readonly Skipped[] } {
    return { count: this.#inventory.skipped, first: this.#skipped };
  }

  /** What is known, to compare or to keep. */
  content(): InventoryContent {
    return this.#inventory.content();
  }

  /** Keeps what is known for the next start, if enough has happened since the last time, and nothing is under way. */
  async close(): Promise<void> {
    if (this.#queue.some(({ answers, commands }) => answers.length < commands.length)) return;
    await this.#work;
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
    // Whoever comes while it is loaded waits as well, so that all stay in the order in which they came.
    if (needsRules(commands)) this.#loading ??= loadRules();
    if (this.#loading) {
      await this.#loading;
      this.#loading = undefined;
      signal?.throwIfAborted();
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer[]>();
    const since = performance.now();
    this.#queue.push({ commands, since, decided: 0, answers: [], signal, resolve, reject });
    if (!this.#working) this.#work = this.#writeQueue();
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
  async #writeQueue(): Promise<void> {
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
    const start = performance.now();
    const written = this.#append(batch);
    written.catch(() => {}); // it is waited for below
    let ahead: Batch | undefined;
    let fault: { error: unknown } | undefined;
    try {
      if (batch.events.length > 0) ahead = await this.#decideAhead(written);
    } catch (error) {
      fault = { error }; // what is on its way is waited for all the same
    }
    try {
      await written;
    } catch (error) {
      // What was decided on top of what was not written falls with it.
      this.#rollback();
      await this.#recover(error, batch);
      return undefined;
    }
    // The log ended where we were when this was sent.
    this.#current = Math.max(this.#current, start);
    this.#room = Math.min(2 * this.#room, BATCH_EVENTS);
    this.#inventory.commit();
    await batch.answer(this.log);
    this.#queue = this.#queue.filter(({ answers, commands, failure }) =>
      answers.length < commands.length && failure === undefined
    );
    if (fault) throw fault.error;
    return ahead;
  }

  /** Without events there is no fence: then what is known must be as new as the commands are. */
  async #append({ events, expected, since }: Batch): Promise<void> {
    if (events.length > 0) await this.log.append(events, expected);
    else if (since > this.#current) {
      const now = performance.now();
      if (await this.log.lastSequence() !== expected) throw new SequenceConflict(expected);
      this.#current = Math.max(this.#current, now);
    }
  }

  #decide(): Batch {
    const batch = this.#newBatch();
    this.#fill(batch);
    return batch;
  }

  #newBatch(): Batch {
    return new Batch(this.#inventory, this.messages, this.log.maxEventBytes, this.#room);
  }

  /** Decides a few at a time: a batch leaves this process, and its answer comes in, only when we let go of it. */
  async #decideAhead(written: Promise<void>): Promise<Batch | undefined> {
    let isOnItsWay = true;
    const arrived = () => void (isOnItsWay = false);
    written.then(arrived, arrived);
    if (!this.#hasMore()) return undefined;
    await nextTurn();
    const batch = this.#newBatch();
    for (;;) {
      const more = this.#fill(batch, AHEAD_COMMANDS);
      const mayGrow = batch.room < MAX_BATCH_EVENTS && this.#room === BATCH_EVENTS;
      if (isOnItsWay && batch.isFull && mayGrow) batch.room = MAX_BATCH_EVENTS; // rather than to wait idly
      else if (!more || (!isOnItsWay && batch.events.length >= BATCH_EVENTS)) return batch;
      if (isOnItsWay) await nextTurn();
    }
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
    for (const submission of this.#queue) {
      submission.decided = submission.answers.length;
      submission.failure = undefined;
    }
  }

  /** Somebody was faster: read what they wrote. Anything else is the end for those who wait for this batch. */
  async #recover(error: unknown, batch: Batch): Promise<void> {
    if (!(error instanceof SequenceConflict)) return this.#reject(batch.submissions, error);
    // The less there is to decide, the less often somebody else is faster.
    this.#room = Math.max(1, Math.floor(this.#room / 2));
    try {
      const now = performance.now();
      await this.#catchUp();
      this.#current = Math.max(this.#current, now);
    } catch (cause) {
      this.#reject(new Set(this.#queue), cause);
    }
  }

  #reject(submissions: ReadonlySet<Submission>, error: unknown): void {
    for (const { reject } of submissions) reject(error);
    this.#queue = this.#queue.filter((one) => !submissions.has(one));
  }

  #dropAborted(): void {
    // What is on its way is waited for.
    const aborted = this.#queue.filter(({ signal, decided, answers }) =>
      signal?.aborted && decided <= answers.length
    );
    if (aborted.length === 0) return;
    for (const { reject, signal } of aborted) reject(signal?.reason);
    const gone = new Set(aborted);
    this.#queue = this.#queue.filter((one) => !gone.has(one));
  }

  #hasMore(): boolean {
    return this.#queue.some(({ decided, commands }) => decided < commands.length);
  }

  #catchUp(reading?: CatchingUp): Promise<void> {
    return catchUp(this.log, this.#inventory, this.messages, this.#skipped, reading);
  }
}
