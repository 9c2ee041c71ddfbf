import { describe, expect, test } from "vitest";
import { CommandHandler } from "../../src/command/handler.ts";
import type { Command, CommandData, CommandType } from "../../src/domain/command.ts";
import { MessageFactory } from "../../src/domain/message.ts";
import { MemoryLog } from "../../src/log/memory.ts";

const clock = () => new Date();
const messages = new MessageFactory(clock);

type Said = { [T in CommandType]: [T, CommandData[T]] }[CommandType];

/** A handler that knows these things, and their ids in the same order. */
async function knowing(...said: Said[]) {
  const log = new MemoryLog(clock);
  const handler = await CommandHandler.open(log, messages);
  const answers = await handler.submit(
    said.map(([type, data]) =>
      messages.command(type, data as never, { actor: "test", source: "observed" }) as Command
    ),
  );
  const ids = answers.map(({ aggregate_id }) => aggregate_id!);
  const [root] = ids;
  const cause = messages.command("RegisterCompute", {
    hostname: "a",
    resource_type: "switch",
    interfaces: [],
  }, { actor: "test", source: "observed" });
  const scan = async (complete: string[], ...seen: number[]) => {
    const before = await log.lastSequence();
    const found = await handler.removeUnseen({
      compute: root!,
      complete,
      seen: seen.map((at) => ids[at]!),
      actor: "discover@a",
      cause,
    });
    expect(found.map(({ outcome }) => outcome)).toEqual(found.map(() => "accepted"));
    expect(await log.lastSequence()).toBe(before + found.length);
    return found.map(({ aggregate_id }) => ids.indexOf(aggregate_id!)).sort();
  };
  return { handler, log, ids, scan, cause };
}

const host = (hostname: string): Said => [
  "RegisterCompute",
  { hostname, resource_type: "switch", interfaces: [] },
];
const software = (name: string, kind: "package" | "process", source?: string): Said => [
  "ConfigureSoftware",
  { compute: "a", name, kind, ...(source ? { source } : {}) },
];

describe("What a scan has not seen any more", () => {
  test("is removed where all of its scope was scanned, and nowhere else", async () => {
    const { scan } = await knowing(
      host("a"),
      software("curl", "package", "dpkg"),
      software("nginx", "package", "dpkg"),
      software("requests", "package", "pip"),
      software("nginx", "process"),
    );
    expect(await scan([])).toEqual([]);
    expect(await scan(["software/process"], 4)).toEqual([]);
    expect(await scan(["software/package/dpkg"], 1)).toEqual([2]);
    expect(await scan(["software/package/dpkg"], 1)).toEqual([]); // and only once
    expect(await scan(["software/package/pip", "software/process"])).toEqual([3, 4]);
  });

  test("is of the scanned resource only", async () => {
    const { scan } = await knowing(
      host("a"),
      host("b"),
      ["ConfigureSoftware", { compute: "b", name: "sshd", kind: "process" }],
      ["DefineNetwork", { name: "lan", cidr: "10.0.0.0/24" }],
      ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "a" }],
      ["DefineNetwork", { name: "docker0", cidr: "172.17.0.0/16", scope: "b" }],
      ["EstablishConnection", {
        from: { compute: "a" },
        to: { address: "10.0.0.9", port: 443 },
        kind: "flow",
        transport: "tcp",
      }],
      ["EstablishConnection", {
        from: { compute: "b" },
        to: { compute: "a" },
        port: 443,
        kind: "flow",
        transport: "tcp",
      }],
      ["EstablishConnection", {
        from: { compute: "a", interface: "p1" },
        to: { compute: "b", interface: "p1" },
        kind: "cable",
      }],
      ["EstablishConnection", {
        from: { compute: "a", interface: "p1" },
        to: { address: "10.0.0.1" },
        kind: "neighbour",
      }],
    );
    const all = ["network", "connection/flow", "connection/neighbour", "connection/cable"];
    expect(await scan([...all, "software/process"])).toEqual([4, 6, 9]);
  });

  test("of guests is decommissioned, those of other engines not", async () => {
    const guest = (hostname: string, container: string): Said => [
      "RegisterCompute",
      {
        hostname,
        resource_type: "container",
        evidence: { container_id: hostname.padEnd(64, "0") },
        virtualization: { container },
        host: "a",
        interfaces: [],
      },
    ];
    const { scan, handler, ids } = await knowing(
      host("a"),
      guest("one", "docker"),
      guest("two", "docker"),
      guest("three", "podman"),
    );
    expect(await scan(["guest/docker"], 1)).toEqual([2]);
    expect(handler.inventory.isDecommissioned(ids[2]!)).toBe(true);
    expect(handler.inventory.get("compute", ids[3]!)).toBeDefined();
  });

  test("is removed in the name of who scanned, as a part of the scan", async () => {
    const { scan, log, cause } = await knowing(host("a"), software("nginx", "process"));
    await scan(["software/process"]);
    const [record] = await Array.fromAsync(log.read({ from: 3 }));
    expect(JSON.parse(new TextDecoder().decode(record!.payload))).toMatchObject({
      event_type: "SoftwareRemoved",
      actor: "discover@a",
      correlation_id: cause.correlation_id,
      data: { name: "nginx", reason: "not seen any more" },
    });
  });
});
