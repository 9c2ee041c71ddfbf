/** The metrics keep the laws of projections, to the last sample. */
import { test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { LoggedMetrics, Remembered } from "./metrics_logged.ts";
import { seriesOf, type Servers } from "./metrics_place.ts";

/** Each law on some logs: one, or as many as LAW_RUNS says. */
export function laws(servers: () => Servers): void {
  const places = new Map<string, Remembered>();
  const subject: ProjectionSubject<LoggedMetrics> = {
    open(place) {
      if (!places.has(place)) places.set(place, new Remembered());
      const { metrics: { url }, log } = servers();
      const settings = { url, authorization: () => undefined, job: place, leaseMs: 3_000 };
      return Promise.resolve(new LoggedMetrics(places.get(place)!, log.connection, settings));
    },
    async dump({ settings: { job } }) {
      const all = await seriesOf(servers(), job);
      return Object.fromEntries(
        Object.entries(all).map(([labels, samples]) => [
          labels,
          samples.map(([time, value]) => [time, asKept(value)]),
        ]),
      );
    },
    async dispose(place) {
      await servers().metrics.remove(`{job="${place}"}`);
    },
  };
  const runs = Number(Deno.env.get("LAW_RUNS") ?? 1);
  for (const { name, check } of projectionLaws(subject, { runs })) test(name, check, 3_600_000);
}

/** The server keeps some 15 digits, and of a block of samples all with the exponent of the largest. */
function asKept(value: number): number {
  return Math.abs(value) < 1e-3 ? 0 : Number(value.toPrecision(12));
}
