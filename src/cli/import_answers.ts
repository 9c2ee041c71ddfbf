/** What is answered to commands that are imported, whatever they come from. */
import type { Answer } from "../command/answer.ts";
import { counted, visible, whole } from "../table/text.ts";

/** How many of a kind are shown to people; with `--json` each is. */
export const SHOWN = 20;

/** Some things of one kind, of which the first are shown: those of least rank, as they came. */
export class Some {
  count = 0;
  readonly #first: { rank: number; text: string }[] = [];

  add(text: string, rank = 0): void {
    this.count++;
    const behind = this.#first.findIndex((one) => one.rank > rank);
    const at = behind < 0 ? this.#first.length : behind;
    if (at >= SHOWN) return;
    this.#first.splice(at, 0, { rank, text: visible(text) });
    this.#first.length = Math.min(this.#first.length, SHOWN);
  }

  /** Rows of a table: how many there are, and below that the first. */
  rows(title: string, count: string): string[][] {
    const more = this.count - this.#first.length;
    return [
      [title, count],
      ...this.#first.map(({ text }) => ["", text]),
      ...more > 0 ? [["", `and ${whole(more)} more: --json says each`]] : [],
    ];
  }

  /** As {@linkcode rows}; none where there is nothing. */
  rowsIfAny(title: string, count: string): string[][] {
    return this.count > 0 ? this.rows(title, count) : [];
  }
}

/** Where in the log is what was accepted. */
export class Sequences {
  #first: number | undefined;
  #last: number | undefined;

  add({ events }: Answer): void {
    this.#first ??= events[0]?.sequence;
    this.#last = events.at(-1)?.sequence ?? this.#last;
  }

  /** `, sequences 1 to 7`, or nothing. */
  toString(): string {
    if (this.#first === undefined || this.#last === undefined) return "";
    return `, sequences ${whole(this.#first)} to ${whole(this.#last)}`;
  }
}

/** Counts answers. */
export class Answers {
  answered = 0;
  accepted = 0;
  unchanged = 0;
  /** Beside what the handler refuses, this is for what never came to be a command. */
  readonly refused = new Some();
  readonly odd = new Some();
  /** Of what was accepted. */
  readonly sequences = new Sequences();

  /**
   * Counts one.
   *
   * @param place what it is about
   * @param rank the first of what is refused, and of what is odd, are those of least rank
   */
  add(place: string, answer: Answer, rank = 0): void {
    this.answered++;
    if (answer.outcome === "accepted") {
      this.accepted++;
      this.sequences.add(answer);
    } else if (answer.outcome === "unchanged") this.unchanged++;
    else this.refused.add(`${place}: ${answer.message}`, rank);
    for (const { message } of answer.findings) this.odd.add(`${place}: ${message}`, rank);
  }

  /** Rows of a table: how many commands were accepted, and where they are, and how many said nothing new. */
  takenRows(): string[][] {
    return [
      ["Accepted", `${counted(this.accepted, "command")}${this.sequences}`],
      ["Unchanged", counted(this.unchanged, "command")],
    ];
  }

  /** Rows of a table: what was refused, of which there may be none. */
  refusedRows(): string[][] {
    return this.refused.rows("Refused", whole(this.refused.count));
  }

  /** Rows of a table: what is odd, if anything is. */
  oddRows(): string[][] {
    return this.odd.rowsIfAny("Odd", counted(this.odd.count, "finding"));
  }
}
