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
      since: before,
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

  test("that is a virtual machine may be on another host, and one that is declared is not there yet", async () => {
    const vm = (hostname: string): Said => [
      "RegisterCompute",
      {
        hostname,
        resource_type: "virtual_machine",
        evidence: { dmi_uuid: hostname },
        virtualization: { machine: "kvm" },
        host: "a",
        interfaces: [],
      },
    ];
    const { scan, handler, ids } = await knowing(host("a"), vm("one"), vm("two"));
    const declared = messages.command("RegisterCompute", vm("three")[1] as never, {
      actor: "ada",
      source: "declared",
    }) as Command;
    const [three] = await handler.submit([declared]);
    expect(await scan(["guest/libvirt"], 1)).toEqual([2]);
    expect(handler.inventory.get("compute", ids[2]!)!.state.host).toBeUndefined();
    expect(handler.inventory.get("compute", three!.aggregate_id!)!.state.host).toBe(ids[0]);
  });

  test("is left alone where somebody else has seen it meanwhile", async () => {
    const { handler, ids, cause } = await knowing(host("a"));
    const since = await handler.position();
    const late = software("nginx", "process");
    await handler.submit([
      messages.command(late[0], late[1] as never, {
        actor: "other",
        source: "observed",
      }) as Command,
    ]);
    const scan = { compute: ids[0]!, complete: ["software/process"], seen: [], actor: "a", cause };
    expect(await handler.removeUnseen({ ...scan, since })).toEqual([]);
    expect(await handler.removeUnseen({ ...scan, since: since + 1 })).toHaveLength(1);
  });

  test("can be told in parts, by how the ids begin", async () => {
    const { handler, ids, cause, log } = await knowing(
      host("a"),
      ...Array.from({ length: 40 }, (_, at) => software(`p${at}`, "process")),
    );
    const since = await log.lastSequence();
    const removed: string[] = [];
    for (const prefix of "0123456789abcdef") {
      const answers = await handler.removeUnseen({
        compute: ids[0]!,
        complete: ["software/process"],
        seen: [],
        since,
        prefix,
        actor: "a",
        cause,
      });
      for (const { aggregate_id } of answers) {
        expect(aggregate_id![0]).toBe(prefix);
        removed.push(aggregate_id!);
      }
    }
    expect(removed.sort()).toEqual(ids.slice(1).sort());
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
