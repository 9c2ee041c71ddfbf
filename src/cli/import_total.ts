/** What became of what was imported, so far. */
import type { Answer } from "../command/answer.ts";
import type { FilePlace } from "../importers/import_error.ts";
import type { ImportedCommand, ImportedTopology } from "../importers/topology_commands.ts";
import type { TopologyFile } from "../importers/topology_file.ts";
import { columns, counted, visible, whole } from "../table/text.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

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

  rows(title: string, count: string): string[][] {
    const more = this.count - this.#first.length;
    return [
      [title, count],
      ...this.#first.map(({ text }) => ["", text]),
      ...more > 0 ? [["", `and ${whole(more)} more: --json says each`]] : [],
    ];
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

/** Counts, and tells each as JSON where that is wanted; of a dry run only what is left out, on stderr. */
export class ImportTotal {
  readonly #sequences = new Sequences();
  readonly #refused = new Some();
  readonly #passed = new Some();
  readonly #odd = new Some();
  #files = 0;
  #nodes = 0;
  #edges = 0;
  #answered = 0;
  #accepted = 0;
  #unchanged = 0;
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
    return this.#refused.count;
  }

  /** A file, and what is left out of it. */
  addFile(file: string, topology: TopologyFile, { refused, passedOver }: ImportedTopology): void {
    this.#files++;
    this.#nodes += topology.nodes.length;
    this.#edges += topology.edges.length;
    for (const { at, why } of refused) {
      this.#refused.add(`${placed(file, at)}: ${why}`);
      this.#leaveOut("refused", file, at, why);
    }
    for (const { at, why } of passedOver) this.passOver(file, at, why);
  }

  /** Something that is nothing for an inventory. */
  passOver(file: string, at: FilePlace, why: string): void {
    this.#passed.add(`${placed(file, at)}: ${why}`);
    this.#leaveOut("passed_over", file, at, why);
  }

  #leaveOut(outcome: string, file: string, at: FilePlace, message: string): void {
    if (this.isDry) {
      this.terminal.warn(`${placed(file, at)}: ${outcome.replace("_", " ")}: ${message}`);
    } else if (this.isJson) this.terminal.print(JSON.stringify({ file, ...at, outcome, message }));
  }

  /** A command that was answered, of so many. */
  add(file: string, { command, at }: ImportedCommand, answer: Answer, of: number): void {
    this.#answered++;
    if (this.isJson) this.terminal.print(JSON.stringify({ file, ...at, command, ...answer }));
    if (answer.outcome === "accepted") {
      this.#accepted++;
      this.#sequences.add(answer);
    } else if (answer.outcome === "unchanged") this.#unchanged++;
    else this.#refused.add(`${placed(file, at)}: ${answer.message}`);
    for (const { message } of answer.findings) this.#odd.add(`${placed(file, at)}: ${message}`);
    this.#say(
      `Importing … ${whole(this.#answered)} of ${counted(of, "command")}, ${
        whole(this.refused)
      } refused`,
    );
  }

  /** All of it, for people. */
  describe(): string[] {
    return columns([
      [
        "Read",
        `${counted(this.#files, "file")}, ${counted(this.#nodes, "node")}, ` +
        counted(this.#edges, "edge"),
      ],
      ["Accepted", `${counted(this.#accepted, "command")}${this.#sequences}`],
      ["Unchanged", counted(this.#unchanged, "command")],
      ...this.#refused.rows("Refused", whole(this.#refused.count)),
      ...this.#passed.count > 0 ? this.#passed.rows("Passed over", whole(this.#passed.count)) : [],
      ...this.#odd.count > 0 ? this.#odd.rows("Odd", counted(this.#odd.count, "finding")) : [],
    ]);
  }
}

/** A place as compilers tell it. */
function placed(file: string, { line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}
