/** Which measurements of a file have been recorded: each is a fact of its own, and twice the same would be two. */
import Type from "typebox";
import { readKept, writeKept } from "./kept_file.ts";

/** What is kept of a file. */
const Kept = Type.Object({
  file: Type.String(),
  /** When it was imported last; RFC 3339. */
  at: Type.String(),
  /** How many commands with measurements were answered, in their order. */
  answered: Type.Integer({ minimum: 0 }),
  /** Of which resources none was recorded, because they were not known then. */
  unknown: Type.Array(Type.String()),
});
type Kept = Type.Static<typeof Kept>;

/** After so many commands it is written; fewer than a handler remembers, so that what was not noted is recognised there. */
const EVERY = 10_000;

/**
 * Remembers in a small file how far the measurements of a file are recorded, so that an import that was broken off goes on
 * there, and one that is done again records none twice. Those of resources that were not known are tried again.
 */
export class ImportJournal {
  #seen = 0;
  #answered = 0;
  #unsaved = 0;
  readonly #unknown = new Set<string>();

  private constructor(
    private readonly path: string,
    private readonly file: string,
    private readonly clock: () => Date,
    private readonly before: Kept | undefined,
  ) {}

  /**
   * Opens it.
   *
   * @param path of its own file, which need not be there
   * @param file the name of what is imported
   * @throws {ImportError} as `readKept`
   */
  static async open(path: string, file: string, clock: () => Date): Promise<ImportJournal> {
    return new ImportJournal(path, file, clock, await readKept(path, Kept));
  }

  /** When measurements of it were recorded before. */
  get last(): string | undefined {
    return this.before && this.before.answered > 0 ? this.before.at : undefined;
  }

  /** Whether the next measurements, which are of this resource, are recorded already. */
  isRecorded(compute: string): boolean {
    return this.#seen++ < (this.before?.answered ?? 0) && !this.before!.unknown.includes(compute);
  }

  /** Notes that the next measurements are answered, or were before; in their order. */
  async note(compute: string, isUnknown: boolean): Promise<void> {
    this.#answered++;
    if (isUnknown) this.#unknown.add(compute);
    if (++this.#unsaved >= EVERY) await this.save();
  }

  /** Writes it, whole or not at all. */
  async save(): Promise<void> {
    if (this.#answered === 0) return;
    this.#unsaved = 0;
    const isFurther = this.#answered >= (this.before?.answered ?? 0);
    const kept: Kept = {
      file: this.file,
      at: this.clock().toISOString(),
      answered: isFurther ? this.#answered : this.before!.answered,
      unknown: [
        ...isFurther ? this.#unknown : new Set([...this.before!.unknown, ...this.#unknown]),
      ],
    };
    await writeKept(this.path, kept);
  }
}
