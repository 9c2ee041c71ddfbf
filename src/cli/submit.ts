/** `cim submit`: commands from a file. */
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Command } from "commander";
import { type LineAnswer, submitLines } from "../command/submit_lines.ts";
import { columns, counted, visible, whole } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

/** How many refusals are shown to people; with `--json` each is. */
const SHOWN = 20;
/** How often it is said how far it is, in milliseconds. */
const PROGRESS_MS = 200;

/** Adds the command to the command line. */
export function addSubmit(program: Command): void {
  program.command("submit")
    .summary("submit commands, a JSON object a line")
    .description(
      "Reads commands, a JSON object a line, and submits them in their order. A line that is refused does not hold up " +
        "the others. `deno task cim schema` says what each command takes.",
    )
    .argument("<file>", "the file with the commands; - reads them from stdin")
    .option("--actor <name>", "who says so, where a line does not say it", `cim@${hostname()}`)
    .option("--json", "print one JSON object a line: what became of each command")
    .addHelpText(
      "after",
      `
A line: {"command": "RegisterCompute", "data": {…}}, and where wanted "message_id" (a UUID: sent again, it is not done
again), "correlation_id", "actor" and "source" ("declared", which is refused where it clashes, or "observed").

Examples:
  echo '{"command":"DefineNetwork","data":{"name":"office","cidr":"10.0.0.0/24"}}' | deno task cim submit -
  deno task cim submit fleet.jsonl --json | grep '"refused"'`,
    )
    .action((file: string, options: { actor: string; json?: boolean }) =>
      run(async (terminal) => {
        const bytes = await open(file);
        await using workspace = await openWorkspace(terminal);
        const handler = await workspace.handler();
        warnOfSkipped(terminal, handler);
        const answers = submitLines(bytes, {
          port: handler,
          messages: workspace.messages,
          actor: options.actor,
          signal: terminal.signal,
        });
        const total = new Total(terminal);
        for await (const answer of answers) {
          total.add(answer);
          if (options.json) {
            terminal.print(JSON.stringify({ line: answer.line, ...answer.answer }));
          }
          if (options.json && file === "-") terminal.flush();
        }
        terminal.signal.throwIfAborted();
        if (!options.json) { for (const line of total.describe()) terminal.print(line); }
        return total.refused > 0 ? EXIT.refused : EXIT.done;
      }, KEPT)
    );
}

/** A file that cannot be read. */
class NoFile extends Error {
  override readonly name = "NoFile";
  /** Stable, for programs. */
  readonly code = "no_file";
}

async function open(file: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (file === "-") return Deno.stdin.readable;
  // A task runs in the project's folder, whatever folder it was called from.
  const path = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), file);
  try {
    const opened = await Deno.open(path);
    if ((await opened.stat()).isDirectory) throw new Error("it is a folder");
    return opened.readable;
  } catch (error) {
    throw new NoFile(`Cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** What became of the commands so far. */
class Total {
  refused = 0;
  #accepted = 0;
  #unchanged = 0;
  #again = 0;
  #findings = 0;
  #first: number | undefined;
  #last: number | undefined;
  #said = performance.now();
  readonly #refusals: [line: number, message: string][] = [];
  readonly #odd: [line: number, message: string][] = [];

  constructor(private readonly terminal: Terminal) {}

  add({ line, answer }: LineAnswer): void {
    if (answer.outcome === "accepted") this.#accepted++;
    else if (answer.outcome === "unchanged") this.#unchanged++;
    else {
      this.refused++;
      if (this.#refusals.length < SHOWN) this.#refusals.push([line, answer.message ?? ""]);
    }
    for (const { code, message } of answer.findings) {
      if (code === "duplicate") this.#again++;
      else if (this.#findings++ < SHOWN) this.#odd.push([line, message]);
    }
    if (answer.outcome === "accepted") {
      this.#first ??= answer.events[0]?.sequence;
      this.#last = answer.events.at(-1)?.sequence ?? this.#last;
    }
    if (performance.now() - this.#said < PROGRESS_MS) return;
    this.#said = performance.now();
    this.terminal.progress(`Submitting … ${counted(line, "line")}, ${whole(this.refused)} refused`);
  }

  describe(): string[] {
    const sequences = this.#first === undefined || this.#last === undefined
      ? ""
      : `, sequences ${whole(this.#first)} to ${whole(this.#last)}`;
    return columns([
      ["Accepted", `${counted(this.#accepted, "command")}${sequences}`],
      [
        "Unchanged",
        counted(this.#unchanged, "command") +
        (this.#again > 0 ? `, ${whole(this.#again)} of them handled before` : ""),
      ],
      ["Refused", counted(this.refused, "command")],
      ...this.#refusals.map(([line, message]) => ["", `line ${line}: ${visible(message)}`]),
      ...(this.refused > SHOWN
        ? [["", `and ${whole(this.refused - SHOWN)} more: --json says each`]]
        : []),
      ...(this.#findings > 0 ? [["Odd", counted(this.#findings, "finding")]] : []),
      ...this.#odd.map(([line, message]) => ["", `line ${line}: ${visible(message)}`]),
      ...(this.#findings > SHOWN
        ? [["", `and ${whole(this.#findings - SHOWN)} more: --json says each`]]
        : []),
    ]);
  }
}
