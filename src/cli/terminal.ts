/** What every command of the command line does alike: progress, output, errors, signals and exit codes. */
import process from "node:process";
import { visible } from "../table/text.ts";

/** The exit codes, as `--help` lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  interrupted: 130,
  terminated: 143,
  hungUp: 129,
};

/** What a command is given to work with. */
export interface Terminal {
  /** Says on stderr, in one line that the next replaces, what is being waited for. */
  progress(line: string): void;
  /** Writes a line, or several, to stdout; of control characters only line ends reach a terminal. */
  print(line: string): void;
  /** Hands on what was printed; it is done at the end and now and then, unless somebody waits for each line. */
  flush(): void;
  /** Writes a line to stderr that stays. */
  warn(line: string): void;
  /** Aborted by Ctrl-C, by SIGTERM, and when the terminal is closed. */
  signal: AbortSignal;
}

/** What commands that write to the log say where they are interrupted. */
export const KEPT = "what was acknowledged is kept; run it again to go on";

/** Ctrl-C, or a request to end: not an error, but the end of the work. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(readonly exitCode: number, left?: string) {
    super(left === undefined ? "interrupted" : `interrupted: ${left}`);
  }
}

/** Whoever reads our output has stopped reading, as `head` does. */
class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/**
 * Runs a command and ends the process with its exit code. An error that has a `code` is one that we know: people get
 * its message, in one line. Any other is a fault of ours and comes with its stack.
 *
 * @param command returns its exit code
 * @param left what is left of its work where it is interrupted; nothing is said where it only reads
 */
export async function run(
  command: (terminal: Terminal) => Promise<number>,
  left?: string,
): Promise<void> {
  const stop = new AbortController();
  let first: number | undefined;
  const interrupt = (code: number) => () => {
    first ??= performance.now();
    // A second Ctrl-C does not wait for anything. `deno task` passes the first one on, so that it comes twice.
    if (performance.now() - first > 1_000) Deno.exit(code);
    stop.abort(new Interrupted(code, left));
  };
  for (
    const [name, code] of [["SIGINT", EXIT.interrupted], ["SIGTERM", EXIT.terminated]] as const
  ) {
    process.on(name, interrupt(code));
  }
  const output = new Output();
  const status = new StatusLine();
  let code: number;
  try {
    code = await command({
      progress: (line) => status.show(line),
      print: (line) => output.line(line),
      flush: () => output.flush(),
      warn: (line) => {
        status.clear();
        console.error(`cim: ${visible(line)}`);
      },
      signal: stop.signal,
    });
    output.flush();
    status.clear();
  } catch (error) {
    status.clear();
    code = explain(error, stop.signal, output);
  }
  Deno.exit(code);
}

function explain(error: unknown, signal: AbortSignal, output: Output): number {
  if (error instanceof OutputClosed) return EXIT.done;
  const cause = signal.aborted ? signal.reason : error;
  try {
    output.flush();
  } catch {
    // Nobody reads any more: the reason still goes to stderr.
  }
  if (cause instanceof Interrupted) {
    console.error(`cim: ${cause.message}`);
    return cause.exitCode;
  }
  const known = error instanceof Error && "code" in error;
  console.error(
    known
      ? `cim: ${lines(error.message)}`
      : `cim: this should not have happened, please report it:\n${
        lines((error instanceof Error ? error.stack : undefined) ?? String(error))
      }`,
  );
  return EXIT.failed;
}

/** Lines that may quote what others have named, as they can be shown. */
function lines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** stdout, a buffer at a time. */
class Output {
  readonly #live = Deno.stdout.isTerminal();
  #buffer = "";
  readonly #encoder = new TextEncoder();

  line(text: string): void {
    this.#buffer += (this.#live ? lines(text) : text) + "\n";
    if (this.#buffer.length > 65_536) this.flush();
  }

  flush(): void {
    let bytes = this.#encoder.encode(this.#buffer);
    this.#buffer = "";
    try {
      while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed();
      throw error;
    }
  }
}

/** One line on a terminal that changes; where stderr is a file, a line each. */
class StatusLine {
  readonly #live = Deno.stderr.isTerminal();

  show(line: string): void {
    const shown = visible(line);
    if (this.#live) this.#write(`\r\x1b[K${shown.slice(0, this.#columns() - 1)}`);
    else console.error(shown);
  }

  clear(): void {
    if (this.#live) this.#write("\r\x1b[K");
  }

  #columns(): number {
    try {
      return Deno.consoleSize().columns;
    } catch {
      return 80;
    }
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
