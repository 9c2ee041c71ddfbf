/** What became of what was imported, so far. */
import type { Answer } from "../command/answer.ts";
import type { FilePlace } from "../importers/import_error.ts";
import type { ImportedCommand, ImportedTopology } from "../importers/topology_commands.ts";
import type { TopologyFile } from "../importers/topology_file.ts";
import { columns, counted, whole } from "../table/text.ts";
import { Answers, Some } from "./import_answers.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** Counts, and tells each as JSON where that is wanted; of a dry run only what is left out, on stderr. */
export class TopologyTotal {
  readonly #answers = new Answers();
  readonly #passed = new Some();
  #files = 0;
  #nodes = 0;
  #edges = 0;
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

  /** A file, and what is left out of it. */
  addFile(file: string, topology: TopologyFile, { refused, passedOver }: ImportedTopology): void {
    this.#files++;
    this.#nodes += topology.nodes.length;
    this.#edges += topology.edges.length;
    for (const { at, why } of refused) {
      this.#answers.refused.add(`${placed(file, at)}: ${why}`);
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
    if (this.isJson) this.terminal.print(JSON.stringify({ file, ...at, command, ...answer }));
    this.#answers.add(placed(file, at), answer);
    this.#say(
      `Importing … ${whole(this.#answers.answered)} of ${counted(of, "command")}, ${
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
      ...this.#answers.takenRows(),
      ...this.#answers.refusedRows(),
      ...this.#passed.rowsIfAny("Passed over", whole(this.#passed.count)),
      ...this.#answers.oddRows(),
    ]);
  }
}

/** A place as compilers tell it. */
function placed(file: string, { line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}
