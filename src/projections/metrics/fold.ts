/** The log as time series: what comes of each event. */
import type { LogRecord, RecordedEvent } from "../../domain/event.ts";
import { decodeEvent, UnreadableEvent } from "../../domain/event.ts";
import { Counts } from "./counts.ts";
import { type LeftOut, MeasuredSeries } from "./measured.ts";
import { Gathered } from "./series.ts";

/**
 * The beginning of a measurement as this program writes it, up to when it was measured. What is written otherwise is read
 * as any JSON.
 */
const MEASUREMENT = new RegExp(
  `^\\{"event_id":"[0-9a-f-]{36}","event_type":"MeasurementsRecorded","event_version":1,` +
    `"aggregate_type":"compute","aggregate_id":"([0-9a-f-]{36})","aggregate_version":\\d+,` +
    `(?:"(?:occurred_at|message_id|correlation_id|causation_id)":"[^"\\\\]*",){4}` +
    `"actor":"(?:[^"\\\\]|\\\\.)*","data":\\{"compute":"([0-9a-f-]{36})","observed_at":"([0-9TZ:.-]+)"`,
);
/** So long is that at most, where whoever measured has no very long name. */
const HEAD_BYTES = 1_024;

const head = new TextDecoder();

/** Folds a log from its first event on; what comes of it is gathered until it is taken. */
export class MetricsFold {
  readonly gathered: Gathered = new Gathered();
  readonly #measured: MeasuredSeries;
  readonly #counts: Counts;

  /** @param job the label that all its series have */
  constructor(job: string) {
    this.#measured = new MeasuredSeries(job);
    this.#counts = new Counts(job);
  }

  /** From here on it is counted up how many measured values are in no series. */
  countInto(leftOut: LeftOut): void {
    this.#measured.leftOut = leftOut;
  }

  /** Takes in the next event. */
  take(event: RecordedEvent): void {
    const now = Math.floor(Date.parse(event.recorded_at));
    if (event.event_type === "MeasurementsRecorded") {
      const { data } = event;
      this.#measured.take(data, now, this.#counts.known(data.compute), this.gathered);
    } else this.#counts.take(event);
    this.#counts.tell(now, this.gathered);
  }

  /**
   * Takes in the next record as one whose samples are written already; of a measurement only the beginning is read.
   *
   * @returns whether it is an event
   */
  skim(record: LogRecord): boolean {
    const found = MEASUREMENT.exec(head.decode(record.payload.subarray(0, HEAD_BYTES)));
    if (found) {
      const now = Math.floor(Date.parse(record.recorded_at));
      this.#measured.place(found[2]!, found[3]!, now);
      this.#counts.tell(now, this.gathered);
    } else {
      try {
        this.take(decodeEvent(record));
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        return false;
      }
    }
    this.gathered.discard();
    return true;
  }
}
