/** A machine that is watched: measured every few seconds, and discovered anew every few minutes. */
import { setTimeout as sleep } from "node:timers/promises";
import { discover, type Discovery, type DiscoveryTools } from "./discovery.ts";
import { Meter } from "./introspection/meter.ts";
import { LogUnavailable } from "./log/log.ts";

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
  /** The log, or whoever takes commands, was out of reach: this time nothing was recorded. */
  | { kind: "missed"; at: string; reason: string };

/**
 * Watches the machine until the signal fires, which is how it ends. Each measurement is over the time since the one
 * before; one that comes late is not made up for.
 *
 * @throws as {@linkcode discover}, but that a log out of reach is waited for
 */
export async function* watch(tools: DiscoveryTools, rhythm: WatchRhythm): AsyncGenerator<Watched> {
  const { measure, programs = 60, facts = 300 } = rhythm;
  const { clock, signal } = tools;
  const meter = new Meter({ clock, windowMilliseconds: 0, signal });
  const start = performance.now();
  const due = new Due(start);
  let machine: { compute: string; actor: string } | undefined;
  for (let turn = 0;; turn = nextTurn(start, measure)) {
    if (!await pause(start + turn * measure * 1000 - performance.now(), signal)) return;
    const at = clock().toISOString();
    try {
      if (machine === undefined || due.is("facts", facts)) {
        const discovery = await discover(tools);
        const { compute_id: compute, compute: { hostname } } = discovery;
        machine = { compute, actor: `discover@${hostname}` };
        due.done("facts");
        due.done("programs"); // a discovery measures them as well
        await meter.look({ processes: true }); // from here on
        yield { kind: "discovered", at, discovery };
        continue;
      }
      const processes = due.is("programs", programs);
      if (processes) due.done("programs");
      const measured = await meter.measure(machine.compute, { processes });
      const { actor } = machine;
      const answers = await tools.port.submit(
        measured.map((data) =>
          tools.messages.command("RecordMeasurements", data, { actor, source: "observed" })
        ),
        signal,
      );
      yield {
        kind: "measured",
        at,
        values: measured.reduce((sum, { points }) => sum + points.length, 0),
        last_sequence: answers.at(-1)?.events.at(-1)?.sequence ?? null,
      };
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof LogUnavailable)) throw error;
      yield { kind: "missed", at, reason: error.message };
    }
  }
}

/** What is due, by a clock that only goes forward. */
class Due {
  readonly #last = new Map<string, number>();

  constructor(private readonly start: number) {}

  /** Whether it is `seconds` ago, half a second more or less, that this was done. */
  is(what: string, seconds: number): boolean {
    return performance.now() - (this.#last.get(what) ?? this.start) >= seconds * 1000 - 500;
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
