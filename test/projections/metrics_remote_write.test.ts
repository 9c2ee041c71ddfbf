/** Which samples are one request of a remote write. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isRemoteWrite } from "../../src/projections/metrics/remote_write.ts";
import { Series } from "../../src/projections/metrics/series.ts";
import { requestsOf } from "../../src/projections/metrics/write_request.ts";

test.each([
  ["http://p:9090/api/v1/write", true],
  ["https://mimir.example/prefix/api/v1/push", true],
  ["http://v:8428", false],
  ["http://v:8428/api/v1/write/else", false],
])("%s is a remote write: %s", (url, expected) => expect(isRemoteWrite({ url })).toBe(expected));

test("requests have each sample once, by time, and none has two of one series, or of more than half an hour", () => {
  const series = Array.from({ length: 5 }, (_, at) => new Series([["__name__", `s${at}`]]));
  const sample = fc.record({
    series: fc.constantFrom(...series),
    time: fc.nat(5_000_000),
    value: fc.double(),
  });
  fc.assert(fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
    const requests = requestsOf(samples);
    const sent = requests.flat();
    expect(new Set(sent)).toEqual(new Set(samples));
    expect(sent.length).toBe(samples.length);
    expect(sent.map(({ time }) => time)).toEqual(
      samples.map(({ time }) => time).sort((a, b) => a - b),
    );
    for (const request of requests) {
      expect(request.length).toBeGreaterThan(0);
      expect(new Set(request.map((one) => one.series)).size).toBe(request.length);
      expect(request.at(-1)!.time - request[0]!.time).toBeLessThanOrEqual(1_800_000);
    }
  }));
});
