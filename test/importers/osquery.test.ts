/** A log of osquery: snapshots, differences and batches of one host, and what they come to. */
import { expect, test } from "vitest";
import { OSQUERY_MAPPING } from "../../src/importers/osquery.ts";
import { pathOf } from "./files.ts";
import { imported } from "./tables.ts";

test("What osquery logged of a host is the host, with what is on it, and what is there no more", async () => {
  const log = await Deno.readTextFile(pathOf("osqueryd.results.log"));
  const { commands, refused } = await imported("osqueryd.results.log", log, OSQUERY_MAPPING);
  expect(refused).toEqual(["13: it is no object of JSON"]);
  expect(commands.every(({ source }) => source === "observed")).toBe(true);
  expect(commands[0]).toMatchObject({
    command: "RegisterCompute",
    occurredAt: "2026-11-23T10:00:00Z",
    at: { line: 1 },
    data: {
      hostname: "web-01",
      resource_type: "physical_server",
      evidence: { dmi_uuid: "4c4c4544-0042-3010-8051-b4c04f4d3132", serial: "ABC1234" },
      cpu_cores: 8,
      memory_bytes: 68_719_476_736,
      operating_system: { name: "Debian GNU/Linux", version: "12 (bookworm)" },
      interfaces: [
        {
          name: "eth0",
          mac_address: "00:1b:21:3c:4d:5e",
          speed_bps: 1e9,
          addresses: ["10.0.0.11/24", "fe80::1/64"],
        },
        { name: "lo", kind: "loopback", addresses: ["127.0.0.1/8"] },
      ],
      routes: [{ destination: "0.0.0.0/0", gateway: "10.0.0.1", interface: "eth0", metric: 100 }],
    },
  });
  expect(
    commands.slice(1).map(({ command, data: { hostname, kind, name, version, listening } }) =>
      [command, hostname ?? kind, name, version, listening].filter((one) => one !== undefined)
    ),
  ).toEqual([
    ["RegisterCompute", "shop"],
    ["ConfigureSoftware", "package", "zlib1g", "1.2"],
    ["ConfigureSoftware", "package", "zlib1g:i386", "1.2"],
    ["ConfigureSoftware", "package", "nginx", "1.24"],
    ["ConfigureSoftware", "service", "ssh"],
    [
      "ConfigureSoftware",
      "process",
      "nginx",
      [443, 80].map((port) => ({ transport: "tcp", address: "0.0.0.0", port })),
    ],
    ["ConfigureSoftware", "process", "sshd", [{ transport: "tcp", address: "::", port: 22 }]],
    ["RemoveSoftware", "package", "curl"],
  ]);
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
});

test("Of snapshots the last one counts, and what only earlier ones have is gone", async () => {
  const line = (time: number, ...names: string[]) =>
    JSON.stringify({
      name: "packages",
      hostIdentifier: "h",
      unixTime: String(time),
      action: "snapshot",
      snapshot: names.map((name) => ({ name, version: "1", revision: "1", arch: "all" })),
    });
  const log = [line(1, "a", "b"), line(2, "b", "c")].join("\n");
  const { commands } = await imported("x.log", log, OSQUERY_MAPPING, "osquery");
  expect(commands.map(({ command, data, occurredAt }) => [command, data["name"], occurredAt]))
    .toEqual([
      ["ConfigureSoftware", "b", "1970-01-01T00:00:02Z"],
      ["ConfigureSoftware", "c", "1970-01-01T00:00:02Z"],
      ["RemoveSoftware", "a", "1970-01-01T00:00:02Z"],
    ]);
});
