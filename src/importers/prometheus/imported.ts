/** Which time has been imported already, in a small file, so that no measurement is imported twice. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { decodeEvent, UnreadableEvent } from "../../domain/event.ts";
import { subjectOf } from "../../domain/event_types.ts";
import type { EventLog } from "../../log/log.ts";
import type { Moments } from "./client.ts";
import { PrometheusError } from "./error.ts";

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
  /** What was being written when this was kept, and where the log ended before. */
  writing: Type.Optional(Type.Object({ part: KeptPart, sequence: Moment })),
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
   * @throws {PrometheusError} `prometheus_kept`
   */
  static async open(
    folder: string,
    log: EventLog,
    source: ImportedSource,
  ): Promise<ImportedTime> {
    const path = pathOf(folder, source);
    const { name, incarnation } = log;
    const fresh: Kept = { source, log: { name, incarnation }, imported: [] };
    const text = await Deno.readTextFile(path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    const kept = text === undefined ? fresh : read(text, path);
    const isOfLog = kept.log.name === name && kept.log.incarnation === incarnation;
    return new ImportedTime(path, log, isOfLog ? kept : fresh);
  }

  /** What is missing of a part of time, in order. */
  missing([from, to]: Part): Part[] {
    const { step } = this.kept.source;
    const parts: Part[] = [];
    let next = from;
    for (const [begin, end] of this.kept.imported) {
      if (end < next || begin > to) continue;
      if (begin > next) parts.push([next, begin - step]);
      next = end + step;
    }
    return next <= to ? [...parts, [next, to]] : parts;
  }

  /** What has been written of the page that was not finished: `isWritten(compute, observed_at)`. */
  async unfinished(
    signal?: AbortSignal,
  ): Promise<(compute: string, observedAt: string) => boolean> {
    const written = new Set<string>();
    const { writing } = this.kept;
    const from = (writing?.sequence ?? 0) + 1;
    const subjects = [subjectOf("MeasurementsRecorded")];
    const options = { from, subjects, ...signal ? { signal } : {} };
    for await (const record of writing ? this.log.read(options) : []) {
      try {
        const event = decodeEvent(record);
        if (event.event_type !== "MeasurementsRecorded") continue;
        written.add(`${event.data.compute} ${event.data.observed_at}`);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
      }
    }
    return (compute, observedAt) => written.has(`${compute} ${observedAt}`);
  }

  /** Before a page is written. */
  async begin([from, to]: Part): Promise<void> {
    // What was written of a page that was begun before, and was longer, is behind the sequence of that.
    const { writing } = this.kept;
    const sequence = writing?.sequence ?? await this.log.lastSequence();
    const part: Part = [from, Math.max(to, writing?.part[1] ?? to)];
    await this.#keep({ ...this.kept, writing: { part, sequence } });
  }

  /** After all of it is in the log. */
  async finish([from, to]: Part): Promise<void> {
    const { step } = this.kept.source;
    const all = [...this.kept.imported, [from, to] as Part].sort(([a], [b]) => a - b);
    const imported: Part[] = [];
    for (const part of all) {
      const last = imported.at(-1);
      if (last && part[0] <= last[1] + step) last[1] = Math.max(last[1], part[1]);
      else imported.push([...part]);
    }
    const { writing, ...rest } = this.kept;
    const isOver = writing === undefined || writing.part[1] <= to;
    await this.#keep({ ...rest, imported, ...isOver ? {} : { writing } });
  }

  /** Whole or not at all, also when the power fails. */
  async #keep(kept: Kept): Promise<void> {
    await Deno.mkdir(dirname(this.path), { recursive: true });
    const part = `${this.path}.part`;
    using file = await Deno.open(part, { write: true, create: true, truncate: true });
    const bytes = new TextEncoder().encode(`${JSON.stringify(kept, undefined, 2)}\n`);
    for (let from = 0; from < bytes.length;) from += await file.write(bytes.subarray(from));
    await file.sync();
    await Deno.rename(part, this.path);
    this.kept = kept;
  }
}

function read(text: string, path: string): Kept {
  let kept: unknown;
  try {
    kept = JSON.parse(text);
  } catch { /* it is none, as below */ }
  if (Value.Check(Kept, kept)) return kept;
  const message =
    `${path} does not say what has been imported: remove it to import all of it again`;
  throw new PrometheusError("prometheus_kept", message);
}

/** The file of a source. */
export function pathOf(folder: string, source: ImportedSource): string {
  const { url, matchers, step } = source;
  const digest = createHash("sha256").update(JSON.stringify([url, matchers, step])).digest("hex");
  return join(folder, `prometheus-${digest.slice(0, 16)}.json`);
}
