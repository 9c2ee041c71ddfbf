/** What became of what a NetBox has, so far. */
import type { Answer } from "../command/answer.ts";
import { type NetBoxContent, READ, type ReadKind } from "../importers/netbox/content.ts";
import type {
  ImportedNetBox,
  NetBoxCommand,
  NetBoxLeftOut,
  NetBoxPlace,
} from "../importers/netbox/told.ts";
import { columns, counted, visible, whole } from "../table/text.ts";
import { Answers } from "./import_answers.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** How many of those that are left out for one reason are named. */
const NAMED = 3;

/** Counts, and tells each as JSON where that is wanted. */
export class NetBoxTotal {
  readonly #answers = new Answers();
  /** Those that are passed over, by kind and reason. */
  readonly #passed = new Map<string, NetBoxLeftOut[]>();
  #read: string[] = [];
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

  /** What was read, and what is left out of it. */
  addContent(content: NetBoxContent, { refused, passedOver }: ImportedNetBox): void {
    this.#read = Object.entries(content).filter(([, rows]) => rows.length > 0)
      .map(([kind, rows]) => numbered(kind as ReadKind, rows.length));
    for (const { at, why } of refused) {
      this.#answers.refused.add(`${placed(at)}: ${why}`);
      this.#leaveOut("refused", at, why);
    }
    for (const one of passedOver) {
      const key = `${one.at.kind} ${one.why}`;
      const same = this.#passed.get(key);
      if (same) same.push(one);
      else this.#passed.set(key, [one]);
      this.#leaveOut("passed_over", one.at, one.why);
    }
  }

  /** A command that was answered, of so many. */
  add({ command, at }: NetBoxCommand, answer: Answer, of: number): void {
    if (this.isJson) this.terminal.print(JSON.stringify({ ...at, command, ...answer }));
    this.#answers.add(placed(at), answer);
    this.#say(
      `Importing … ${whole(this.#answers.answered)} of ${counted(of, "command")}, ${
        whole(this.refused)
      } refused`,
    );
  }

  /** All of it, for people. */
  describe(): string[] {
    return columns([
      ["Read", this.#read.join(", ") || "nothing"],
      ...this.#answers.takenRows(),
      ...this.#answers.refusedRows(),
      ...this.#passedOver(),
      ...this.#answers.oddRows(),
    ]);
  }

  /** What is left out, for people who look at the commands first. */
  describeLeftOut(): string[] {
    const { refused } = this.#answers;
    return columns([
      ...refused.rowsIfAny("Refused", whole(refused.count)),
      ...this.#passedOver(),
    ]);
  }

  #passedOver(): string[][] {
    return [...this.#passed.values()].map((some, index) => {
      const [{ at, why }] = some as [NetBoxLeftOut];
      const names = some.slice(0, NAMED).map(({ at: { name } }) => visible(name)).join(", ");
      const more = some.length > NAMED ? " …" : "";
      const line = `${numbered(at.kind, some.length)} (${names}${more}): ${visible(why)}`;
      return [index === 0 ? "Passed over" : "", line];
    });
  }

  #leaveOut(outcome: string, at: NetBoxPlace, message: string): void {
    if (!this.isJson || this.isDry) return;
    this.terminal.print(JSON.stringify({ ...at, outcome, message }));
  }
}

function numbered(kind: ReadKind, count: number): string {
  return `${whole(count)} ${READ[kind].names[count === 1 ? 0 : 1]}`;
}

function placed({ kind, id, name }: NetBoxPlace): string {
  return `${READ[kind].names[0]} ${id} (${name})`;
}
