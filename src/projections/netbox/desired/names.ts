/** Names of one kind of thing, told apart as NetBox tells them: by their slugs. */
import { line, slugOf } from "./text.ts";

/** Slugs, each with the first of the names that lead to it. */
export class Names implements Iterable<[slug: string, name: string]> {
  readonly #names = new Map<string, string>();

  /**
   * Takes a name in.
   *
   * @param slug that it has, or a path to it
   */
  add(name: string, slug: string = slugOf(name)): string {
    const known = this.#names.get(slug);
    const own = line(name);
    if (known === undefined || own < known) this.#names.set(slug, own);
    return slug;
  }

  /** What something with this slug is called. */
  get(slug: string): string | undefined {
    return this.#names.get(slug);
  }

  [Symbol.iterator](): IterableIterator<[slug: string, name: string]> {
    return this.#names.entries();
  }
}
