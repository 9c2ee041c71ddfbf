/** The metrics keep the laws of projections, to the last sample. */
import type { JetStreamLog } from "../../src/log/jetstream.ts";
import { test } from "vitest";
import { projectionLaws, type ProjectionSubject } from "../../src/projections/laws/mod.ts";
import { MARK } from "../../src/projections/metrics/victoria_metrics.ts";
import { LoggedMetrics, Remembered } from "./metrics_logged.ts";
import type { TestVictoriaMetrics } from "./victoria_metrics_server.ts";

/** Each law on some logs: one, or as many as LAW_RUNS says. */
export function laws(server: () => TestVictoriaMetrics, log: () => JetStreamLog): void {
  const places = new Map<string, Remembered>();
  const subject: ProjectionSubject<LoggedMetrics> = {
    open(place) {
      if (!places.has(place)) places.set(place, new Remembered());
      const settings = { url: server().url, authorization: () => undefined, job: place };
      const logged = new LoggedMetrics(places.get(place)!, log().connection, {
        ...settings,
        leaseMs: 3_000,
      });
      return Promise.resolve(logged);
    },
    async dump({ settings: { job } }) {
      const all = await server().export(`{job="${job}",__name__!="${MARK}"}`);
      return Object.fromEntries(
        Object.entries(all).map(([labels, samples]) => [
          labels.replaceAll(job, "law"),
          samples.map(([time, value]) => [time, asKept(value)]),
        ]),
      );
    },
    async dispose(place) {
      await server().remove(`{job="${place}"}`);
    },
  };
  const runs = Number(Deno.env.get("LAW_RUNS") ?? 1);
  for (const { name, check } of projectionLaws(subject, { runs })) test(name, check, 3_600_000);
}

/** The server keeps some 15 digits, and of a block of samples all with the exponent of the largest. */
function asKept(value: number): number {
  return Math.abs(value) < 1e-3 ? 0 : Number(value.toPrecision(12));
}
