/** `cim project metrics`, as processes. */
import { expect, test } from "vitest";
import { STORY } from "../replay/history.ts";
import { type Line, parsed, Place } from "./cim.ts";
import { seriesOf, type Servers } from "./metrics_place.ts";

/** What the command line does with time series. */
export function cli(servers: () => Servers): void {
  test(
    "cim project metrics keeps the series of the server that the environment names in step",
    async () => {
      const env = { METRICS_URL: servers().metrics.url, METRICS_JOB: "cli" };
      await using place = await Place.make();
      const submit = async (lines: unknown[]) => {
        const stdin = lines.map((line) => JSON.stringify(line)).join("\n");
        expect((await place.run(["submit", "-"], { stdin })).code).toBe(0);
      };
      await submit(STORY.map(([command, data]) => ({ command, data, source: "observed" })));

      const none = await place.run(["project", "metrics"]);
      expect([none.code, none.out]).toEqual([1, ""]);
      expect(none.err).toMatch(/^cim: METRICS_URL is not set.*minScrapeInterval/m);

      const first = await place.run(["project", "metrics"], { env });
      expect(first.code, first.err).toBe(0);
      expect(first.out).toMatch(/^Series +http:\/\/127/m);
      expect(first.out).toMatch(/^Position +sequence 7, 0 events behind the log$/m);
      expect(first.out).toMatch(/^Written +[1-9]\d* samples?$/m);

      const watch = place.start(["project", "metrics", "--watch", "--json"], { env });
      await watch.line((line: Line) => line.position === 7 && line.healthy);
      const second = await place.run(["project", "metrics"], { env });
      expect(second.code).toBe(1);
      expect(second.err).toMatch(/process \d+ on .* keeps it in step/);
      await submit([{ command: "DefineNetwork", data: { name: "far", cidr: "10.9.0.0/16" } }]);
      await watch.line((line: Line) => line.position === 8);
      watch.kill("SIGINT");
      expect((await watch.end()).code).toBe(130);

      const anew = await place.run(["project", "metrics", "--rebuild", "--json"], { env });
      expect(anew.code, anew.err).toBe(0);
      const told = parsed(anew.out).at(-1);
      expect(told).toMatchObject({
        position: 8,
        job: "cli",
        server: { deduplicates: true, interval: "1ms", retention: "100y" },
      });
      // By export: to a question the server does not tell what is younger than 30 s.
      const all = Object.entries(await seriesOf(servers(), "cli"));
      const networks = all.filter(([labels]) => labels.includes("cim_networks"))
        .map(([, samples]) => samples.at(-1)![1]);
      expect(networks.reduce((sum, count) => sum + count, 0)).toBe(2);
    },
    300_000,
  );
}
