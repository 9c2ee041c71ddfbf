import { describe, expect, test } from "vitest";
import { checkCommand } from "../../src/domain/command.ts";
import { ask } from "../../src/introspection/engine.ts";
import { engineContainers } from "../../src/introspection/engine_containers.ts";
import { MachineFiles } from "../../src/introspection/files.ts";
import { type Answers, containerId, inspection, networkEnd, startEngine } from "./engine_server.ts";
import { refusing } from "./machine_folder.ts";

const LIST = "/containers/json?all=1";
const [A, B, C] = ["a", "b", "c"].map(containerId) as [string, string, string];
const inspectPath = (id: string) => `/containers/${id}/json`;

async function read(answers: Answers, options: { timeoutMilliseconds?: number } = {}) {
  const { socket, asked } = await startEngine(answers);
  const files = new MachineFiles("/");
  const engine = { name: "docker", daemon: "dockerd", socket, ...options } as const;
  const found = await engineContainers(files, engine, [{ name: "dockerd" }]);
  return { found, asked, reasons: files.gaps.map(({ reason }) => reason) };
}

const of = async (facts: Omit<Parameters<typeof inspection>[0], "id">) =>
  (await read({ [LIST]: [{ Id: A }], [inspectPath(A)]: inspection({ id: A, ...facts }) }))
    .found?.guests[0];

describe("a container engine", () => {
  test("tells of its containers, and keeps their secrets", async () => {
    const { found, asked, reasons } = await read({
      [LIST]: [{ Id: A, Command: "hunter2", Labels: { a: "hunter2" } }, { Id: B }],
      [inspectPath(A)]: inspection({
        id: A,
        name: "/Web_01",
        limits: { Memory: 536_870_912, NanoCpus: 1_500_000_000 },
        networks: {
          bridge: networkEnd("172.17.0.2", 16, "02:42:AC:11:00:02", "2001:DB8::2"),
        },
      }),
      [inspectPath(B)]: inspection({ id: B, name: "/job", image: "alpine", status: "exited" }),
    });
    expect(found).toEqual({
      whole: true,
      guests: [{
        hostname: "web-01",
        resource_type: "container",
        evidence: { container_id: A },
        virtualization: { container: "docker" },
        cpu_cores: 2, // a part of a processor counts whole
        memory_bytes: 536_870_912,
        interfaces: [{
          name: "eth0",
          mac_address: "02:42:ac:11:00:02",
          addresses: ["172.17.0.2/16", "2001:db8::2/64"],
        }],
        tags: {
          "container.name": "Web_01",
          "container.image.name": "nginx:1.27",
          "guest.state": "running",
        },
      }, {
        hostname: "job",
        resource_type: "container",
        evidence: { container_id: B },
        virtualization: { container: "docker" },
        interfaces: [],
        tags: {
          "container.name": "job",
          "container.image.name": "alpine",
          "guest.state": "exited",
        },
      }],
    });
    expect(asked).toEqual([LIST, inspectPath(A), inspectPath(B)]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(reasons).toEqual([]);
  });

  test("tells of limits in several ways, the least counts", async () => {
    const cores = async (limits: Record<string, unknown>) =>
      (await of({ name: "/a", limits }))?.cpu_cores;
    expect(await cores({})).toBeUndefined();
    expect(await cores({ CpuQuota: 250_000 })).toBe(3); // its period is 100,000 where none is said
    expect(await cores({ CpuQuota: 100_000, CpuPeriod: 50_000 })).toBe(2);
    expect(await cores({ CpusetCpus: "0-3,8", NanoCpus: 9e9 })).toBe(5);
    expect(await cores({ NanoCpus: "lots", CpusetCpus: "x", CpuQuota: -1 })).toBeUndefined();
  });

  test("names the interfaces of several networks after these", async () => {
    const guest = await of({
      name: "/a",
      networks: {
        front: networkEnd("10.1.0.2", 24, "02:42:0a:01:00:02"),
        back: networkEnd("10.2.0.2", 24, "nonsense"),
        host: networkEnd("", 0, ""),
        "bad": networkEnd("10.3.0.2", 77, ""),
        "worse": "text",
      },
    });
    expect(guest?.interfaces).toEqual([
      { name: "back", addresses: ["10.2.0.2/24"] },
      { name: "front", mac_address: "02:42:0a:01:00:02", addresses: ["10.1.0.2/24"] },
    ]);
  });

  test.each([
    ["two\nlines\x1b[31m", "two-lines--31m"],
    ["\ud800", "a".repeat(12)],
    ["x".repeat(1_000_000), "x".repeat(63)],
    ["___", "a".repeat(12)],
    ["", "a".repeat(12)],
  ])("may tell of any name: %#", async (name, hostname) => {
    const guest = await of({ name: `/${name}`, image: name, status: name });
    expect(guest?.hostname).toBe(hostname);
    checkCommand("RegisterCompute", { ...guest, host: "self" });
    // deno-lint-ignore no-control-regex
    expect(JSON.stringify(guest)).not.toMatch(/\x1b|\\u001b|\\ud800|\\n/);
  });

  test("that fails is a gap, and then its containers are not known to be all", async () => {
    const one = inspection({ id: A, name: "/a" });
    const some = await read({
      [LIST]: [{ Id: A }, { Id: B }],
      [inspectPath(A)]: one,
      [inspectPath(B)]: 500,
    });
    expect([some.found?.guests.length, some.found?.whole, some.reasons])
      .toEqual([1, false, ["status 500"]]);
    // One that was removed meanwhile is no failure.
    const fewer = await read({
      [LIST]: [{ Id: A }, { Id: B }],
      [inspectPath(A)]: one,
      [inspectPath(B)]: 404,
    });
    expect([fewer.found?.guests.length, fewer.found?.whole, fewer.reasons]).toEqual([1, true, []]);
    const odd = await read({
      [LIST]: [{ Id: "../../v1/secrets" }, { Id: C }],
      [inspectPath(C)]: {},
    });
    expect([odd.found?.whole, odd.asked]).toEqual([false, [LIST, inspectPath(C)]]);
    expect(odd.found?.guests[0]).toMatchObject({ hostname: "c".repeat(12), interfaces: [] });
    for (const [answer, reason] of [[500, "status 500"], ["no JSON", "the answer is not JSON"]]) {
      expect(await read({ [LIST]: answer })).toMatchObject({ found: undefined, reasons: [reason] });
    }
    expect((await read({ [LIST]: { message: "not a list" } })).found?.guests).toEqual([]);
  });

  test("that never answers is waited for so long and no longer", async () => {
    const before = performance.now();
    const { found, reasons } = await read({}, { timeoutMilliseconds: 50 });
    expect([found, reasons]).toEqual([undefined, ["took too long"]]);
    expect(performance.now() - before).toBeLessThan(5_000);
    const { socket } = await startEngine({});
    const reason = new Error("stopped by the test");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    await expect(engineContainers(
      new MachineFiles("/"),
      { name: "podman", socket },
      [],
      controller.signal,
    )).rejects.toBe(reason);
  });

  test("is not asked where that would start it, or where it is another machine's", async () => {
    const { socket, asked } = await startEngine({ [LIST]: [] });
    const engine = { name: "docker", daemon: "dockerd", socket } as const;
    const stopped = new MachineFiles("/");
    expect(await engineContainers(stopped, engine, [{ name: "sshd" }])).toBeUndefined();
    expect(stopped.gaps).toEqual([
      { source: socket, reason: "dockerd does not run, and asking would start it" },
    ]);
    // A container to which its host's socket was given: nobody in its network namespace listens there.
    const source = refusing(/nothing/);
    const inside = new MachineFiles("/", {
      ...source,
      read: (path) => path === "/proc/net/unix" ? new Uint8Array() : source.read(path),
    });
    expect(await engineContainers(inside, engine, [{ name: "dockerd" }])).toBeUndefined();
    expect(inside.gaps).toEqual([
      { source: socket, reason: "nobody on this machine answers there" },
    ]);
    expect(asked).toEqual([]);
    const absent = new MachineFiles("/");
    const nowhere = { name: "podman", socket: `${socket}.not` } as const;
    expect(await engineContainers(absent, nowhere, [])).toBeUndefined();
    expect(absent.gaps).toEqual([]);
  });

  test("whose socket may not be seen is a gap", async () => {
    const files = new MachineFiles("/", refusing(/^\/run\/podman$/));
    const engine = { name: "podman", socket: "/run/podman/podman.sock" } as const;
    expect(await engineContainers(files, engine, [])).toBeUndefined();
    expect(files.gaps).toEqual([{ source: "/run/podman", reason: "permission denied" }]);
  });
});

test("a socket that nobody listens at any more says so", async () => {
  await expect(ask("/nowhere/engine.sock", LIST, AbortSignal.timeout(1000)))
    .rejects.toMatchObject({ code: "engine_silent", message: "not found" });
});
