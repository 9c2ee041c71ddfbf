/** A machine that is watched: measured every few seconds, and discovered anew every few minutes. */
import { setTimeout as sleep } from "node:timers/promises";
import { discover, type Discovery, type DiscoveryTools } from "./discovery.ts";
import { Meter } from "./introspection/meter.ts";
import { LogFull, LogUnavailable } from "./log/log.ts";

/** How often what is done, in seconds. */
export interface WatchRhythm {
  /** The host is measured. */
  measure: number;
  /** Its programs are measured: 60 unless it says otherwise. */
  programs?: number;
  /** Its facts are discovered: 300 unless it says otherwise. */
  facts?: number;
}

/** What was done last. */
export type Watched =
  | { kind: "discovered"; at: string; discovery: Discovery }
  /** How many values were recorded, and by the last event of them. */
  | { kind: "measured"; at: string; values: number; last_sequence: number | null }
  /** This time nothing was recorded: there is no room, the log or whoever takes commands is out of reach, or refuses. */
  | { kind: "missed"; at: string; reason: string };

/**
 * Watches the machine until the signal fires, which is how it ends. Each measurement is over the time since the one
 * before; one that comes late is not made up for. When the machine is not known any more it is discovered at once.
 *
 * @throws as {@linkcode discover}, but that a log which is full or out of reach is waited for
 * @throws {LogReplaced} when another log has taken the place of the one that was opened
 * @throws {LogBroken} when events are missing in it
 * @throws {NewerEvent} when a newer version of this program wrote to it
 */
export async function* watch(tools: DiscoveryTools, rhythm: WatchRhythm): AsyncGenerator<Watched> {
  const { clock, signal } = tools;
  const machine = new WatchedMachine(tools, rhythm);
  const start = performance.now();
  for (let turn = 0;; turn = nextTurn(start, rhythm.measure)) {
    if (!await pause(start + turn * rhythm.measure * 1000 - performance.now(), signal)) return;
    const at = clock().toISOString();
    let watched: Watched;
    try {
      watched = { at, ...await machine.turn() };
    } catch (error) {
      if (signal?.aborted) return;
      // These pass by themselves, or somebody makes room; for all others a person has to decide what is to be done.
      if (!(error instanceof LogUnavailable || error instanceof LogFull)) throw error;
      watched = { kind: "missed", at, reason: error.message };
    }
    yield watched;
  }
}

/** What one turn did. */
type Turn = { [K in Watched["kind"]]: Omit<Extract<Watched, { kind: K }>, "at"> }[Watched["kind"]];

/** Refusals that say: the log does not know this machine, or not any more. */
const UNKNOWN: ReadonlySet<string | undefined> = new Set(["unknown_compute", "decommissioned"]);

class WatchedMachine {
  readonly #meter: Meter;
  readonly #due = new Due();
  #known: { compute: string; actor: string } | undefined;

  constructor(private readonly tools: DiscoveryTools, private readonly rhythm: WatchRhythm) {
    const { clock, signal } = tools;
    this.#meter = new Meter({ clock, windowMilliseconds: 0, signal });
  }

  async turn(): Promise<Turn> {
    const { programs = 60, facts = 300 } = this.rhythm;
    if (this.#known === undefined || this.#due.is("facts", facts)) return await this.#discover();
    const processes = this.#due.is("programs", programs);
    if (processes) this.#due.done("programs");
    return await this.#measure(this.#known, processes) ?? await this.#discover();
  }

  async #discover(): Promise<Turn> {
    const discovery = await discover(this.tools);
    const { compute_id: compute, compute: { hostname } } = discovery;
    this.#known = { compute, actor: `discover@${hostname}` };
    this.#due.done("facts");
    this.#due.done("programs"); // a discovery measures them as well
    await this.#meter.look({ processes: true }); // from here on
    return { kind: "discovered", discovery };
  }

  /** @returns nothing where the log does not know this machine any more */
  async #measure(
    { compute, actor }: { compute: string; actor: string },
    processes: boolean,
  ): Promise<Turn | undefined> {
    const { port, messages, signal } = this.tools;
    const measured = await this.#meter.measure(compute, { processes });
    const answers = await port.submit(
      measured.map((data) =>
        messages.command("RecordMeasurements", data, { actor, source: "observed" })
      ),
      signal,
    );
    if (answers.some(({ code }) => UNKNOWN.has(code))) return undefined;
    const refused = answers.find(({ outcome }) => outcome === "refused");
    const events = answers.flatMap(({ events }) => events);
    if (refused && events.length === 0) return { kind: "missed", reason: refused.message ?? "" };
    // What came twice over a bad line has its event as well.
    const recorded = measured.filter((_, at) => answers[at]!.events.length > 0);
    return {
      kind: "measured",
      values: recorded.reduce((sum, { points }) => sum + points.length, 0),
      last_sequence: events.at(-1)?.sequence ?? null,
    };
  }
}

/** What is due, by a clock that only goes forward. */
class Due {
  readonly #start = performance.now();
  readonly #last = new Map<string, number>();

  /** Whether it is `seconds` ago, half a second more or less, that this was done. */
  is(what: string, seconds: number): boolean {
    return performance.now() - (this.#last.get(what) ?? this.#start) >= seconds * 1000 - 500;
  }

  done(what: string): void {
    this.#last.set(what, performance.now());
  }
}

/** The first turn that is not over yet. */
function nextTurn(start: number, seconds: number): number {
  return Math.floor((performance.now() - start) / (seconds * 1000)) + 1;
}

/** @returns false when the signal fired */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  if (milliseconds <= 0) return true;
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
