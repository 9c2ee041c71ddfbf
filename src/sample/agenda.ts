/** What is to happen, by its time. */

/** Things to do, each at its moment; of those of one moment the one that was put in first is done first. */
export class Agenda {
  /** The last is the next one. */
  readonly #items: { at: number; do: (now: number) => void }[] = [];

  /** When the next thing is to be done, in milliseconds since 1970; Infinity when there is none. */
  get next(): number {
    return this.#items.at(-1)?.at ?? Infinity;
  }

  /** Puts something in; O(things), of which there are few at a time. */
  at(at: number, what: (now: number) => void): void {
    let place = this.#items.length;
    while (place > 0 && this.#items[place - 1]!.at <= at) place--;
    this.#items.splice(place, 0, { at, do: what });
  }

  /** Does the next thing. */
  step(): void {
    const item = this.#items.pop();
    item?.do(item.at);
  }
}
