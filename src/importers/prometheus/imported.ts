/** Which time has been imported already, in a small file, so that no measurement is imported twice. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import Type from "typebox";
import { decodeEvent, UnreadableEvent } from "../../domain/event.ts";
import { subjectOf } from "../../domain/event_types.ts";
import type { EventLog } from "../../log/log.ts";
import { readKept, writeKept } from "../kept_file.ts";
import type { Moments } from "./client.ts";

/** What is imported: the same in the file as for the user. */
export interface ImportedSource extends Pick<Moments, "step"> {
  url: string;
  matchers: string;
}

/** The first and the last moment of a part of time, in milliseconds since 1970. */
export type Part = [from: number, to: number];

const Moment = Type.Integer({ minimum: 0 });
const KeptPart = Type.Tuple([Moment, Moment]);
const Kept = Type.Object({
  /** For people who look into the file. */
  source: Type.Object({ url: Type.String(), matchers: Type.String(), step: Moment }),
  log: Type.Object({ name: Type.String(), incarnation: Type.String() }),
  /** In order, and none touches another. */
  imported: Type.Array(KeptPart),
  /** What was begun and is not finished, each with where the log ended before. */
  begun: Type.Array(Type.Object({ part: KeptPart, sequence: Moment })),
});
type Kept = Type.Static<typeof Kept>;

/**
 * Which time is imported into a log from a source. It is kept before and after each page: whoever comes after a
 * `kill -9` looks into the log for what that page has come to, and goes on with the rest.
 */
export class ImportedTime {
  private constructor(
    private readonly path: string,
    private readonly log: EventLog,
    private kept: Kept,
  ) {}

  /**
   * Reads what is kept; of another log, that once was at this place, nothing holds.
   *
   * @param folder where these files are
   * @throws {ImportError} as `readKept`
   */
  static async open(
    folder: string,
    log: EventLog,
    source: ImportedSource,
  ): Promise<ImportedTime> {
    const path = pathOf(folder, source);
    const { name, incarnation } = log;
    const fresh: Kept = { source, log: { name, incarnation }, imported: [], begun: [] };
    const kept = await readKept(path, Kept) ?? fresh;
    const isOfLog = kept.log.name === name && kept.log.incarnation === incarnation;
    return new ImportedTime(path, log, isOfLog ? kept : fresh);
  }

  /** What is missing of a part of time, in order. */
  missing(part: Part): Part[] {
    return missingOf(this.kept.imported, part, this.kept.source.step);
  }

  /** What has been written of a part of time that was not finished: `isWritten(compute, observed_at)`. */
  async unfinished(
    wanted: Part,
    signal?: AbortSignal,
  ): Promise<(compute: string, observedAt: string) => boolean> {
    const written = new Set<string>();
    const begun = this.kept.begun.filter(({ part }) =>
      part[0] <= wanted[1] && wanted[0] <= part[1]
    );
    const from = Math.min(...begun.map(({ sequence }) => sequence)) + 1;
    const subjects = [subjectOf("MeasurementsRecorded")];
    const options = { from, subjects, ...signal ? { signal } : {} };
    for await (const record of begun.length > 0 ? this.log.read(options) : []) {
      try {
        const event = decodeEvent(record);
        if (event.event_type !== "MeasurementsRecorded") continue;
        const { compute, observed_at } = event.data;
        const at = Date.parse(observed_at);
        if (at >= wanted[0] && at <= wanted[1]) written.add(`${compute} ${observed_at}`);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
      }
    }
    return (compute, observedAt) => written.has(`${compute} ${observedAt}`);
  }

  /** Before a page is written. */
  async begin(part: Part): Promise<void> {
    const { begun } = this.kept;
    const { step } = this.kept.source;
    // What was begun before keeps its sequence: it was written behind that.
    if (missingOf(sorted(begun.map(({ part }) => part)), part, step).length === 0) return;
    const sequence = await this.log.lastSequence();
    await this.#keep({ ...this.kept, begun: [...begun, { part, sequence }] });
  }

  /** After all of it is in the log. */
  async finish(part: Part): Promise<void> {
    const { step } = this.kept.source;
    const imported: Part[] = [];
    for (const one of sorted([...this.kept.imported, part])) {
      const last = imported.at(-1);
      if (last && one[0] <= last[1] + step) last[1] = Math.max(last[1], one[1]);
      else imported.push([...one]);
    }
    const begun = this.kept.begun.filter(({ part }) => missingOf(imported, part, step).length > 0);
    await this.#keep({ ...this.kept, imported, begun });
  }

  async #keep(kept: Kept): Promise<void> {
    await writeKept(this.path, kept);
    this.kept = kept;
  }
}

function sorted(parts: readonly Part[]): Part[] {
  return parts.toSorted(([a], [b]) => a - b);
}

/** What is missing, where parts that are there are in order, though they may touch or overlap. */
function missingOf(imported: readonly Part[], [from, to]: Part, step: number): Part[] {
  const parts: Part[] = [];
  let next = from;
  for (const [begin, end] of imported) {
    if (end < next || begin > to) continue;
    if (begin > next) parts.push([next, begin - step]);
    next = Math.max(next, end + step);
  }
  return next <= to ? [...parts, [next, to]] : parts;
}

/** The file of a source. */
export function pathOf(folder: string, source: ImportedSource): string {
  const { url, matchers, step } = source;
  const digest = createHash("sha256").update(JSON.stringify([url, matchers, step])).digest("hex");
  return join(folder, `prometheus-${digest.slice(0, 16)}.json`);
}
