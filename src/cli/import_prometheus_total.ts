/** What became of what was imported from a Prometheus, so far. */
import type { Answer } from "../command/answer.ts";
import type { FoundMachines } from "../importers/prometheus/machines.ts";
import { targetName } from "../importers/prometheus/machines.ts";
import type { LeftOutValues, Page } from "../importers/prometheus/page.ts";
import { columns, counted, whole } from "../table/text.ts";
import { Answers, Some } from "./import_answers.ts";
import { nowAndThen } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** What values are left out, for people. */
const REASONS: Record<keyof LeftOutValues, string> = {
  notNumbers: "that are no numbers",
  ofDown: "of targets that were down",
  twice: "that are there twice",
  ofUnknown: "of what is not known",
};

/** An answer that belongs to something, at a moment or as such. */
export interface ImportedAnswer {
  hostname: string;
  observedAt?: string;
  command: "RegisterCompute" | "RecordMeasurements";
  answer: Answer;
}

/** Counts, and tells each as JSON where that is wanted. */
export class PrometheusTotal {
  readonly #answers = new Answers();
  readonly #passed = new Some();
  readonly #leftOut: LeftOutValues = { notNumbers: 0, ofDown: 0, twice: 0, ofUnknown: 0 };
  readonly #counts = { machines: 0, containers: 0, moments: 0, measured: 0, before: 0 };
  readonly #accepted = { RegisterCompute: 0, RecordMeasurements: 0 };
  #points = 0;
  readonly #say: (line: string) => void;

  constructor(
    private readonly terminal: Terminal,
    private readonly isJson: boolean,
    private readonly isDry: boolean,
  ) {
    this.#say = nowAndThen(terminal);
  }

  /** How many commands were refused. */
  get refused(): number {
    return this.#answers.refused.count;
  }

  /** The machines that were found, and targets of none. */
  addMachines({ machines, leftOut, odd }: FoundMachines): void {
    this.#counts.machines = machines.length;
    for (const { target, why } of leftOut) this.#tell(this.#passed, targetName(target), why);
    for (const line of odd) this.#tell(this.#answers.odd, undefined, line);
  }

  /** How many containers there are on them. */
  addContainers(count: number): void {
    this.#counts.containers = count;
  }

  /** A command of a dry run. */
  addSaid(command: ImportedAnswer["command"], data: object): void {
    this.terminal.print(JSON.stringify({ command, data }));
  }

  /** A command that was answered. */
  add({ hostname, observedAt, command, answer }: ImportedAnswer, points = 0): void {
    const where = observedAt === undefined ? { hostname } : { hostname, observed_at: observedAt };
    if (this.isJson) this.terminal.print(JSON.stringify({ ...where, command, ...answer }));
    this.#answers.add(Object.values(where).join(" "), answer);
    if (answer.outcome !== "accepted") return;
    this.#accepted[command]++;
    this.#points += points;
  }

  /** Measurements that an earlier run, which was ended, has written. */
  addBefore(count: number): void {
    this.#counts.before += count;
  }

  /** A page that is done. */
  addPage({ moments: { from, to, step }, measured, leftOut }: Page): void {
    this.#counts.moments += (to - from) / step + 1;
    this.#counts.measured += measured;
    for (const reason of Object.keys(leftOut) as (keyof LeftOutValues)[]) {
      this.#leftOut[reason] += leftOut[reason];
    }
  }

  /** Says now and then how far it is: at which moment, and which share of the time is done. */
  progress(at: number, share: number): void {
    const moment = new Date(at).toISOString().slice(0, 16);
    const recorded = counted(this.#accepted.RecordMeasurements, "measurement");
    this.#say(`Importing … ${moment}Z, ${Math.floor(100 * share)} %, ${recorded}`);
  }

  /** All of it, for people; with `--json` what was left out. */
  end(): void {
    const lines = this.#describe();
    if (this.isDry) {
      for (const line of this.#leftOutLines()) this.terminal.warn(`left out: ${line}`);
    } else if (!this.isJson) { for (const line of lines) this.terminal.print(line); }
    else this.terminal.print(JSON.stringify({ outcome: "left_out", ...this.#leftOut }));
  }

  #tell(some: Some, hostname: string | undefined, message: string): void {
    const outcome = some === this.#passed ? "passed_over" : "odd";
    const line = hostname === undefined ? message : `${hostname}: ${message}`;
    some.add(line);
    if (this.isDry) this.terminal.warn(`${outcome.replace("_", " ")}: ${line}`);
    else if (this.isJson) this.terminal.print(JSON.stringify({ hostname, outcome, message }));
  }

  #leftOutLines(): string[] {
    return Object.entries(REASONS).flatMap(([reason, what]) => {
      const count = this.#leftOut[reason as keyof LeftOutValues];
      return count > 0 ? [`${counted(count, "value")} ${what}`] : [];
    });
  }

  #describe(): string[] {
    const { machines, containers, moments, measured, before } = this.#counts;
    const { RegisterCompute: registered, RecordMeasurements: recorded } = this.#accepted;
    const left = this.#leftOutLines();
    return columns([
      [
        "Read",
        `${counted(machines, "machine")}, ${counted(containers, "container")}, ` +
        counted(moments, "moment") +
        (measured < moments ? `, ${measured === 0 ? "none" : whole(measured)} with data` : ""),
      ],
      [
        "Accepted",
        `${counted(registered, "registration")}, ${counted(recorded, "measurement")} of ` +
        `${counted(this.#points, "point")}${this.#answers.sequences}`,
      ],
      ["Unchanged", counted(this.#answers.unchanged, "registration")],
      ...before > 0 ? [["There already", counted(before, "measurement")]] : [],
      ...this.#answers.refusedRows(),
      ...left.map((line, at) => [at === 0 ? "Left out" : "", line]),
      ...this.#passed.rowsIfAny("Passed over", whole(this.#passed.count)),
      ...this.#answers.oddRows(),
    ]);
  }
}
