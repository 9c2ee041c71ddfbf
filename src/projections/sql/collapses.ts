/** What is to blame where a database gives up. */
import { isOutOfReach } from "./database.ts";

/** How often in a row a database gave up at a step, for whatever reason it may have. */
export class Collapses {
  #count = 0;
  #through = 0;

  /** A step was applied; that counts if it goes as far as those at which the database gave up. */
  settle(through: number): void {
    if (through >= this.#through) this.#count = this.#through = 0;
  }

  /** Whether it is a step's events that the database gives up at: it did so before, and was opened again since. */
  isToBlame(error: unknown, through: number): boolean {
    if (isOutOfReach(error)) return false;
    this.#through = Math.max(this.#through, through);
    return this.#count++ > 0;
  }
}
