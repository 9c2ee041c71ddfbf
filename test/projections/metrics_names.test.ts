/** What measurements are called in Prometheus. */
import { describe, expect, test } from "vitest";
import { COUNTERS, labelName, labelsOf, metricName } from "../../src/projections/metrics/names.ts";
import { metricsEnvironment } from "../../src/projections/metrics/settings.ts";

describe("A metric is called by OpenTelemetry's rules for Prometheus", () => {
  test.each(
    [
      ["system.cpu.time", "s", "system_cpu_time_seconds_total"],
      ["system.cpu.utilization", "1", "system_cpu_utilization_ratio"],
      ["system.memory.usage", "By", "system_memory_usage_bytes"],
      ["system.network.io", "By", "system_network_io_bytes_total"],
      ["system.network.packet.count", "{packet}", "system_network_packet_count_total"],
      ["system.process.count", "{process}", "system_process_count"],
      ["system.disk.speed", "By/s", "system_disk_speed_bytes_per_second"],
      ["system.network.limit", "bit/s", "system_network_limit_bit_per_second"],
      ["hw.temperature", "Cel", "hw_temperature_celsius"],
      ["hw.power", "W", "hw_power_watts"],
      ["hw.cpu.speed", "Hz", "hw_cpu_speed_hertz"],
      ["app.bytes.read", "By", "app_bytes_read"],
      ["app.ratio.cache", "1", "app_cache_ratio"],
      ["app.queue__size", "{operation}", "app_queue_size"],
    ] as const,
  )("%s in %s is %s", (name, unit, expected) => {
    expect(metricName(name, unit)).toBe(expected);
  });

  test("and counters are those of the tables", () => {
    const sql = Deno.readTextFileSync("src/projections/sql/views/measurements.sql");
    const [counters] = sql.split("THEN 'counter'");
    expect([...counters!.matchAll(/'([a-z_.]+)'/g)].map(([, name]) => name).sort())
      .toEqual([...COUNTERS].sort());
  });
});

describe("An attribute is a label", () => {
  test.each([
    ["cpu.mode", "cpu_mode"],
    ["a..b", "a_b"],
    ["9", "key_9"],
    ["_private", "key_private"],
    ["__name__", "key_name_"],
    ["ä", "key_"],
    ["site", "exported_site"],
    ["compute.id", "exported_compute_id"],
  ])("%s is %s", (attribute, expected) => {
    expect(labelName(attribute)).toBe(expected);
    expect(expected).toMatch(/^[a-zA-Z][a-zA-Z0-9_]*$/);
  });

  test("of one name the values are joined in the order of the attributes; none without a value", () => {
    expect(labelsOf({ "b.c": "2", "b-c": "1", a: "", z: "3" })).toEqual([["b_c", "1;2"], [
      "z",
      "3",
    ]]);
    expect(labelsOf()).toEqual([]);
  });
});

describe("The environment says which server", () => {
  const of = (variables: Record<string, string>) => metricsEnvironment((name) => variables[name]);

  test("and how to log in", () => {
    expect(of({})).toBeUndefined();
    expect(of({ METRICS_URL: " " })).toBeUndefined();
    const token = of({ METRICS_URL: "https://m.example/prefix/", METRICS_TOKEN: "t" })!;
    expect([token.url, token.authorization(), token.job]).toEqual([
      "https://m.example/prefix",
      "Bearer t",
      "cim",
    ]);
    const basic = of({
      METRICS_URL: "http://m",
      METRICS_USERNAME: "ü",
      METRICS_PASSWORD: "p:q",
      METRICS_JOB: "other",
    })!;
    expect(basic.authorization()).toBe("Basic w7w6cDpx");
    expect(basic.job).toBe("other");
    expect(of({ METRICS_URL: "http://m" })!.authorization()).toBeUndefined();
    expect(Deno.inspect([token, basic], { depth: 5 })).not.toContain("w7w6");
  });

  test.each([
    [{ METRICS_URL: "http://u:secret@m:8428" }, "METRICS_URL"],
    [{ METRICS_URL: "m:8428" }, "METRICS_URL"],
    [{ METRICS_URL: "ftp://m" }, "METRICS_URL"],
    [{ METRICS_URL: "http://m?secret" }, "METRICS_URL"],
    [{ METRICS_URL: "http://m", METRICS_TOKEN: "secret", METRICS_USERNAME: "u" }, "METRICS_TOKEN"],
    [{ METRICS_URL: "http://m", METRICS_USERNAME: "u" }, "METRICS_PASSWORD"],
    [{ METRICS_URL: "http://m", METRICS_PASSWORD: "secret" }, "METRICS_USERNAME"],
  ])("and what makes no sense is refused: %o", (variables, variable) => {
    const refused = expect.objectContaining({ code: "metrics_settings", variable });
    expect(() => of(variables)).toThrow(refused);
    expect(() => of(variables)).not.toThrow("secret");
  });
});
