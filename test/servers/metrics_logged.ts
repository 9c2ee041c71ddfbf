/** A metrics projection that remembers the log that it is given, as the log itself would. */
import type { NatsConnection } from "@nats-io/nats-core";
import type { LogRecord } from "../../src/domain/event.ts";
import type { EventLog } from "../../src/log/log.ts";
import {
  MetricsProjection,
  type MetricsProjectionOptions,
} from "../../src/projections/metrics/projection.ts";
import type { Step } from "../../src/projections/projection.ts";

/** The events of one place, which a projection that is opened there can read again. */
export class Remembered implements Pick<EventLog, "read"> {
  readonly #records = new Map<number, LogRecord>();

  remember({ events }: Pick<Step, "events">): void {
    for (const { record } of events) this.#records.set(record.sequence, record);
  }

  async *read({ to = Infinity }: { to?: number } = {}): AsyncGenerator<LogRecord> {
    for (const record of [...this.#records.values()].sort((a, b) => a.sequence - b.sequence)) {
      if (record.sequence <= to) yield record;
    }
  }
}

/** The projection, on what it was given so far. */
export class LoggedMetrics extends MetricsProjection {
  constructor(
    private readonly remembered: Remembered,
    connection: NatsConnection,
    readonly settings: MetricsProjectionOptions,
  ) {
    super(remembered, connection, settings);
  }

  override projectBatch(step: Step): Promise<void> {
    this.remembered.remember(step);
    return super.projectBatch(step);
  }
}
