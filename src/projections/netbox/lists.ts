/** Sending many objects of one kind in lists: what is refused is found and left out, and the rest goes through. */
import { setTimeout as wait } from "node:timers/promises";
import { refusalOf } from "./answer.ts";
import type { NetBoxAnswer, NetBoxClient, NetBoxMethod, NetBoxQuery } from "./client.ts";
import { NetBoxUnavailable } from "./error.ts";
import { inPairs } from "./pairs.ts";

/** How it went with one object: NetBox's id for it, or NetBox's own words for why not. */
export type Outcome = { id: number } | { refused: string };

/** What goes with writing. */
export interface Writing {
  /** Called before each request that writes; throws when we may not any more. */
  before?: () => void;
  /** Told as it goes on: for how many objects it is known how it went. */
  progress?: (done: number, of: number) => void;
}

/** What one kind of writing is. */
export interface ListOf<T> {
  method: NetBoxMethod;
  endpoint: string;
  /** What of NetBox's id and what tells one from another: a `cim_id`, or the id. */
  keyOf: (item: T) => string | number;
  /** What is sent for one. */
  bodyOf: (item: T) => unknown;
  /** What a list that was taken says of each, by its key; what it does not say is asked for. */
  idsIn: (body: unknown) => Map<string | number, number>;
  /**
   * Those of some that NetBox has done, by their keys; asked where no answer came. Absent where sending it again does no
   * harm, which is done before it comes to that.
   */
  lookUp?: (items: readonly T[]) => Promise<Map<string | number, number>>;
}

/** NetBox works on a list in one transaction: long ones are quicker, and too long ones meet a limit of some proxy. */
const MOST_OBJECTS = 125;
/** In characters of JSON; from 2.5 MB on a NetBox as it is installed takes none. */
const MOST_CHARACTERS = 2_000_000;
/** So many are worth a second request at the same time. */
const WORTH_TWO = 20;
/** How often one object is sent for which no answer comes. */
const TRIES = 3;
/** How long it is waited, in milliseconds, for what may be under way still. */
const LONGEST_WAIT = 120_000;

/** Sends objects in lists, two at a time, until it is known of each how it went. */
export class Lists<T> {
  readonly outcomes = new Map<string | number, Outcome>();
  /** Whether an answer was lost: then something may be there that was refused when it was sent again. */
  hasLost = false;
  readonly #of: number;
  #none: Promise<boolean> | undefined;

  constructor(
    private readonly client: NetBoxClient,
    private readonly list: ListOf<T>,
    private readonly items: readonly T[],
    private readonly writing: Writing,
  ) {
    this.#of = items.length;
  }

  /** @throws {NetBoxUnavailable} when NetBox is out of reach; what was done until then is in {@linkcode outcomes} */
  async send(): Promise<void> {
    await inPairs(divided(this.items, this.list.bodyOf), (some) => this.#send(some, TRIES));
    if (!this.hasLost || !this.list.lookUp) return;
    const refused = this.items.filter((item) =>
      "refused" in (this.outcomes.get(this.list.keyOf(item)) ?? {})
    );
    if (refused.length > 0) this.#settle(await this.list.lookUp(refused));
  }

  async #send(items: readonly T[], tries: number): Promise<void> {
    if (items.length === 0) return;
    const { method, endpoint, bodyOf } = this.list;
    const began = performance.now();
    let answer: NetBoxAnswer;
    try {
      const body = items.map(bodyOf);
      const { before } = this.writing;
      answer = await this.client.ask(method, endpoint, {
        query: answeredBy(method, body),
        body,
        before,
      });
    } catch (error) {
      if (!(error instanceof NetBoxUnavailable)) throw error;
      return await this.#recover(items, error, performance.now() - began, tries);
    }
    if (answer.status < 400) return await this.#taken(items, answer.body);
    const culprits = this.#culprits(items, answer.body);
    // What may not be written at all is not tried in smaller lists.
    const isAll = items.length === 1 ||
      (answer.status === 403 && culprits.size === 0 && await this.#mayNone());
    if (isAll) return this.#refuse(items, refusalOf(detailOf(answer.body)));
    if (culprits.size === 0) return await this.#halves(items, tries);
    for (const [item, why] of culprits) this.#refuse([item], why);
    await this.#send(items.filter((item) => !culprits.has(item)), tries);
  }

  /**
   * Whether none of a kind may be written. From 4.7 on a permission that is only for some objects names the others; before
   * that it is asked whether nothing may be written.
   */
  #mayNone(): Promise<boolean> {
    return this.#none ??= this.#asked();
  }

  async #asked(): Promise<boolean> {
    if ((await this.client.version())[1] >= 7) return true;
    const { method, endpoint } = this.list;
    const { before } = this.writing;
    try {
      return (await this.client.ask(method, endpoint, { body: [], before })).status === 403;
    } catch (error) {
      // Whoever may is let through to where some versions cannot do with an empty list.
      if (error instanceof NetBoxUnavailable && error.status === 500) return false;
      throw error;
    }
  }

  async #halves(items: readonly T[], tries: number): Promise<void> {
    const half = Math.ceil(items.length / 2);
    await this.#send(items.slice(0, half), tries);
    await this.#send(items.slice(half), tries);
  }

  async #taken(items: readonly T[], body: unknown): Promise<void> {
    this.#settle(this.list.idsIn(body));
    const isOpen = (item: T) => !this.outcomes.has(this.list.keyOf(item));
    const silent = items.filter(isOpen);
    if (silent.length === 0) return;
    if (this.list.lookUp) this.#settle(await this.list.lookUp(silent));
    this.#refuse(silent.filter(isOpen), "NetBox has it no longer, or does not show it to us");
  }

  /** Finds out what of a list was done for which no answer came, and sends the rest again. */
  async #recover(
    items: readonly T[],
    lost: NetBoxUnavailable,
    took: number,
    tries: number,
  ): Promise<void> {
    const { status } = lost;
    // It failed in NetBox itself, or was too long: then nothing of it was done. Otherwise it may be at work on it still.
    const isUndone = status === 500 || status === 413;
    // Two lists, or a list and a person, have waited for each other: it is not about what is in this one.
    const isDeadlocked = status === 500 && lost.message.includes("deadlock detected");
    if (isDeadlocked && tries > 1) return await this.#send(items, tries - 1);
    const open = isUndone ? items : await this.#openAfter(items, took);
    if (open.length === 0) return;
    const isAway = !isUndone && !this.list.lookUp && status !== 504;
    if (isAway) throw lost;
    if (open.length > 1) return await this.#halves(open, tries);
    if (tries > 1 && !isUndone) return await this.#send(open, tries - 1);
    if (!isUndone) throw lost;
    this.#refuse(open, lost.message);
  }

  /** What of a list is not done, as soon as something is, or else when it had as long again to be. */
  async #openAfter(items: readonly T[], took: number): Promise<readonly T[]> {
    this.hasLost = true;
    const { lookUp } = this.list;
    if (!lookUp) return items;
    const { signal, pauseMs = 500 } = this.client.options;
    const patience = Math.min(took, LONGEST_WAIT);
    for (let [waited, pause] = [0, pauseMs];; pause *= 2) {
      this.#settle(await lookUp(items));
      const open = items.filter((item) => !this.outcomes.has(this.list.keyOf(item)));
      if (open.length < items.length || waited >= patience) return open;
      await wait(pause, undefined, signal ? { signal } : {});
      waited += pause;
    }
  }

  /** Which of a list are the reason why it was refused; none where NetBox does not say. */
  #culprits(items: readonly T[], body: unknown): Map<T, string> {
    const culprits = new Map<T, string>();
    const errors = body !== null && typeof body === "object" && "errors" in body
      ? body.errors
      : undefined;
    if (Array.isArray(errors)) {
      // As from 4.7 on: by index where it is made, by id where it is there.
      for (const { index, id, errors: why } of errors) {
        const item = typeof index === "number"
          ? items[index]
          : items.find((one) => this.list.keyOf(one) === id);
        if (item !== undefined) culprits.set(item, refusalOf(why));
      }
    } else if (Array.isArray(body) && body.length === items.length) {
      // Before that: one each, empty for those that are right; or nothing, where it looked at one after the other.
      for (const [at, why] of body.entries()) {
        const words = refusalOf(why);
        if (words !== "") culprits.set(items[at]!, words);
      }
    }
    return culprits;
  }

  #settle(ids: ReadonlyMap<string | number, number>): void {
    for (const [key, id] of ids) this.outcomes.set(key, { id });
    this.#tell();
  }

  #refuse(items: readonly T[], refused: string): void {
    for (const item of items) this.outcomes.set(this.list.keyOf(item), { refused });
    this.#tell();
  }

  #tell(): void {
    this.writing.progress?.(this.outcomes.size, this.#of);
  }
}

/** Lists that are about as long as each other, an even number where it is worth it: two are sent at a time. */
export function divided<T>(items: readonly T[], bodyOf: (item: T) => unknown): T[][] {
  const fewest = Math.ceil(items.length / MOST_OBJECTS);
  const lists = items.length < WORTH_TWO ? fewest : fewest + fewest % 2;
  const most = Math.ceil(items.length / lists);
  const divided: T[][] = [];
  let room = 0;
  for (const item of items) {
    const length = JSON.stringify(bodyOf(item)).length;
    const last = divided.at(-1);
    if (!last || last.length === most || room < length) {
      divided.push([item]);
      room = MOST_CHARACTERS - length;
    } else {
      last.push(item);
      room -= length;
    }
  }
  return divided;
}

/** To say all that there is of an object takes NetBox as long as to write it: it is to speak of no more than is written. */
function answeredBy(method: NetBoxMethod, body: readonly unknown[]): NetBoxQuery {
  if (method === "DELETE") return {}; // it says nothing
  const fields = new Set([
    "id",
    "custom_fields",
    ...body.flatMap((one) => Object.keys(one as object)),
  ]);
  return { fields: [...fields].join() };
}

/** What is said of the only one of a list: the sentence about the list says less. */
function detailOf(body: unknown): unknown {
  if (Array.isArray(body) && body.length === 1) return body[0];
  if (typeof body !== "object" || body === null || !("errors" in body)) return body;
  const { errors } = body;
  return Array.isArray(errors) && errors.length === 1 ? errors[0].errors : errors;
}
