/** What became of the rows of files, so far. */
import { redactText } from "../command/redaction.ts";
import { checkCommand } from "../domain/command.ts";
import { Refusal } from "../domain/refusal.ts";
import type { RowPlace, RowRefused } from "../importers/file_source.ts";
import type { RowCommand } from "../importers/mapped_commands.ts";
import type { RowOutcome } from "../importers/submit_rows.ts";
import { columns, counted, whole } from "../table/text.ts";
import { Answers, SHOWN } from "./import_answers.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Counts, and tells each as JSON where that is wanted. */
export class ImportFileTotal {
  readonly #counts = { files: 0, rows: 0, recorded: 0, commands: 0 };
  readonly #answers = new Answers();
  readonly #kinds = new Map<string, number>();
  readonly #ranks = new Map<string, number>();
  readonly #say: (line: string) => void;

  constructor(
    private readonly terminal: Terminal,
    private readonly isJson: boolean,
    private readonly isDry: boolean,
  ) {
    this.#say = nowAndThen(terminal);
  }

  /** How many were refused, by us or by the handler. */
  get refused(): number {
    return this.#answers.refused.count;
  }

  /** A file that was read, and can be mapped. */
  addFile(rows: number): void {
    this.#counts.files++;
    this.#counts.rows += rows;
  }

  /** What became of a row, of so many in its file. */
  add(file: string, one: RowOutcome, of: number): void {
    if (!("said" in one)) return this.#refuse(file, one);
    const { said: { command, at }, answer } = one;
    if (answer === "recorded") {
      this.#counts.recorded++;
      if (this.isJson) this.#json({ file, ...at, command, outcome: "recorded" });
      return;
    }
    this.#counts.commands++;
    if (this.isJson) this.#json({ file, ...at, command, ...answer });
    this.#answers.add(placed(file, at), answer, this.#rank(file, at));
    this.#say(
      `Importing ${file} … ${counted(this.#counts.commands, "command")}, ` +
        `${counted(of, "row")}, ${whole(this.refused)} refused`,
    );
  }

  /** What would be submitted. */
  async dry(file: string, rows: AsyncIterable<RowCommand | RowRefused>): Promise<void> {
    for await (const one of rows) {
      const fault = "command" in one ? faultOf(one) : one;
      if (fault) this.#refuse(file, fault);
      else {
        const { command, data, source } = one as RowCommand;
        this.#kinds.set(command, (this.#kinds.get(command) ?? 0) + 1);
        const line = { command, data, ...source === "observed" ? { source } : {} };
        if (this.isJson || this.#counts.commands < SHOWN) this.#json(line);
        this.#counts.commands++;
      }
    }
  }

  /** Since when measurements of a file have been recorded, where some were passed over for that. */
  recorded(file: string, since: string | undefined): void {
    if (this.#counts.recorded === 0 || since === undefined) return;
    this.terminal.warn(
      `measurements of ${file} that were recorded by ${since} are passed over: each is a fact of its own, and would be there twice`,
    );
  }

  #refuse(file: string, { at, why }: RowRefused): void {
    const place = placed(file, at);
    this.#answers.refused.add(`${place}: ${why}`, this.#rank(file, at));
    if (this.isDry) {
      if (this.refused <= SHOWN || this.isJson) this.terminal.warn(`${place}: refused: ${why}`);
    } else if (this.isJson) this.#json({ file, ...at, outcome: "refused", message: why });
  }

  /** Places in their order, whenever it is that they are told of: by the file, and then where in it. */
  #rank(file: string, { line, row }: RowPlace): number {
    const of = this.#ranks.get(file) ?? this.#ranks.size;
    this.#ranks.set(file, of);
    return of * 2 ** 32 + (line ?? row ?? 0);
  }

  #json(line: Record<string, unknown>): void {
    this.terminal.print(JSON.stringify(line));
  }

  /**
   * All of it, for people; a dry run's is for stderr, which its commands are not printed to. Nothing, where no file was
   * read.
   */
  describe(): string[] {
    const { files, rows, recorded } = this.#counts;
    if (files === 0) return [];
    if (this.isDry) {
      const kinds = [...this.#kinds].map(([kind, count]) => `${whole(count)} ${kind}`).join(", ");
      const more = this.isJson ? 0 : this.#counts.commands - SHOWN;
      this.terminal.warn(
        `${counted(rows, "row")} would be ${kinds || "no command"}${
          more > 0 ? `; the first ${SHOWN} are shown, --json shows all` : ""
        }; ${whole(this.refused)} refused; nothing was written`,
      );
      return [];
    }
    if (this.isJson) return [];
    return columns([
      ["Read", `${counted(files, "file")}, ${counted(rows, "row")}`],
      ...this.#answers.takenRows(),
      ...recorded > 0 ? [["Recorded", `${counted(recorded, "command")} by an earlier import`]] : [],
      ...this.#answers.refusedRows(),
      ...this.#answers.oddRows(),
    ]);
  }
}

/** What a command is refused for whatever is known; the rest is told when it is submitted. */
function faultOf({ command, data, at }: RowCommand): RowRefused | undefined {
  try {
    checkCommand(command, data);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { at, why: redactText(error.message) };
  }
}

/** A place as compilers tell it. */
function placed(file: string, { line, row }: RowPlace): string {
  return line === undefined ? `${file}: row ${row}` : `${file}:${line}`;
}
