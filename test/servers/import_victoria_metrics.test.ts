/** `cim import prometheus` on a real VictoriaMetrics: what the same samples come to in a Prometheus. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Line, parsed, Place } from "./cim.ts";
import { BEGIN, END, HISTORY } from "./prometheus_history.ts";
import { hasPrometheus, startPrometheus } from "./prometheus_server.ts";
import { program, startVictoriaMetrics } from "./victoria_metrics_server.ts";

const moment = (seconds: number) => new Date(seconds * 1_000).toISOString();

let place: Place;
beforeAll(async () => {
  place = await Place.make();
  await place.run(["status"]); // sets up what is missing
});
afterAll(() => place?.[Symbol.asyncDispose]());

/** The history in its format; it takes no number for an end of the series, and keeps none. */
const LINES = HISTORY.map(({ series, values }) => {
  const [name = "", labels = ""] = series.split(/(?=\{)/);
  const metric = Object.fromEntries(
    [...labels.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(([, label, value]) => [
      label,
      JSON.parse(value!),
    ]),
  );
  const finite = [...values].filter(([, value]) => typeof value === "number");
  return {
    metric: { __name__: name, ...metric },
    values: finite.map(([, value]) => value),
    timestamps: finite.map(([seconds]) => seconds * 1_000),
  };
});

/** Without the load of the machine that once has no number for it. */
const withoutLoad = ({ command, data: { points, ...data } }: Line) => ({
  command,
  data: { ...data, points: points?.filter(({ name }: Line) => !/load_average/.test(name)) },
});

test.runIf(hasPrometheus && program)(
  "Of the same samples, VictoriaMetrics and Prometheus make the same commands; it asks who we are",
  async () => {
    await using prometheus = await startPrometheus({ history: HISTORY });
    const login = ["-httpAuth.username=ada", "-httpAuth.password=sesame"];
    const open = await startVictoriaMetrics();
    const locked = await startVictoriaMetrics(login);
    try {
      await open.import(LINES);
      const run = (url: string, env: Record<string, string> = {}) =>
        place.run([
          "import",
          "prometheus",
          "--url",
          url,
          "--from",
          moment(BEGIN),
          "--to",
          moment(END),
          "--dry-run",
        ], { env });
      await open.export('{__name__="nothing"}'); // makes the samples visible
      const [one, other] = [await run(prometheus.url), await run(open.url)];
      expect(other, other.err).toMatchObject({ code: 0 });
      const [left, right] = [one, other].map(({ out }) => parsed(out).map(withoutLoad));
      expect(right).toEqual(left);
      expect(right!.length).toBeGreaterThan(200);

      const refused = await run(locked.url);
      expect(refused.err).toMatch(/does not let us in \(HTTP 401\)/);
      const entered = await run(locked.url, {
        PROMETHEUS_USERNAME: "ada",
        PROMETHEUS_PASSWORD: "sesame",
      });
      expect(entered.err).toMatch(
        /there are no host metrics of node_exporter, cAdvisor or OpenTele/,
      );
      expect(refused.err + entered.err).not.toMatch(/sesame/);
    } finally {
      await open.stop();
      await locked.stop();
    }
  },
);
