/** What tells machines apart: names, serials, addresses of hardware. */
import type { Random } from "./random.ts";

/** Gives out identifiers, none of them twice. */
export class Identifiers {
  readonly #counts = new Map<string, number>();

  /** @param random what is drawn for those that look like chance */
  constructor(private readonly random: Random) {}

  /** A host name that nobody has had: `web-07`. */
  name(prefix: string): string {
    return `${prefix}-${String(this.#next(prefix)).padStart(2, "0")}`;
  }

  /** Three bytes that were not there before, with colons between. */
  bytes(of: string): string {
    return this.#next(`mac of ${of}`).toString(16).padStart(6, "0").match(/../g)!.join(":");
  }

  /** A serial number. */
  serial(prefix: string): string {
    return `${prefix}${String(this.#next("serial")).padStart(4, "0")}${
      this.hexadecimal(6).toUpperCase()
    }`;
  }

  /** A UUID of version 4 (RFC 9562). */
  uuid(): string {
    const hex = this.hexadecimal(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${
      hex.slice(20)
    }`;
  }

  /** So many hexadecimal digits. */
  hexadecimal(digits: number): string {
    return this.random.hexadecimal(digits);
  }

  #next(of: string): number {
    const count = (this.#counts.get(of) ?? 0) + 1;
    this.#counts.set(of, count);
    return count;
  }
}
