import { describe, expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { flows } from "../../src/introspection/flows.ts";
import { executableName, parseStat, processes } from "../../src/introspection/processes.ts";
import { parseSockets, sockets } from "../../src/introspection/sockets.ts";
import { ephemeralPorts, runningPrograms } from "../../src/introspection/software.ts";
import { machineFolder, type MachineTable, processTable, refusing } from "./machine_folder.ts";
import { COMMON, SOCKET_HEADER, socketLine } from "./machines/common.ts";
import { DOCKER_HOST } from "./machines/docker_host.ts";

const OWN = new Set(["127.0.0.1", "10.0.0.5", "172.17.0.1"]);

function read(table: MachineTable) {
  const files = new MachineFiles(machineFolder(table));
  const { found: running } = processes(files);
  const open = sockets(files);
  return {
    files,
    running,
    programs: runningPrograms(running, open, ephemeralPorts(files), "self"),
    flows: flows(open, running, OWN, "self"),
  };
}

describe("running programs", () => {
  test("are one for each executable, with where all its processes listen", () => {
    const program = (name: string, listening: unknown[] = []) => ({
      compute: "self",
      kind: "process",
      name,
      listening,
    });
    expect(read(DOCKER_HOST).programs).toEqual([
      program("application-server"), // whole, where its own name is cut; its UDP port is ephemeral
      program("avahi-daemon", [{ transport: "udp", address: "0.0.0.0", port: 5353 }]),
      program("nginx", [
        { transport: "tcp", address: "0.0.0.0", port: 80 },
        { transport: "tcp", address: "::", port: 80 },
      ]),
      program("postgres", [{ transport: "tcp", address: "127.0.0.1", port: 5432 }]),
      program("systemd"), // neither kthreadd, a kernel thread, nor a zombie
    ]);
  });

  test("leave no door out: one that nobody was seen to hold is of an unknown program", () => {
    const door = { transport: "tcp" as const, address: "0.0.0.0", port: 2024 };
    const socket = {
      transport: "tcp" as const,
      state: "listen" as const,
      local: { address: door.address, port: door.port },
      remote: { address: "0.0.0.0", port: 0 },
      inode: "77",
    };
    const range = { first: 32_768, last: 60_999 };
    expect(runningPrograms([{ name: "hidden" }], [socket], range, "self"))
      .toEqual([
        { compute: "self", kind: "process", name: "(unknown)", listening: [door] },
        { compute: "self", kind: "process", name: "hidden" },
      ]);
  });

  test("may have any name: it is data", () => {
    const names = read({
      ...COMMON,
      ...processTable(10, "a) S 1 (b)"),
      ...processTable(11, "<img src=x>"),
      ...processTable(12, "two\nlines\x1b[31m"),
      ...processTable(13, new Uint8Array([0x66, 0xff, 0xfe])),
      ...processTable(14, "'; DROP TABLE software; --\""),
      ...processTable(15, "x".repeat(5000)),
      ...processTable(16, ""),
      ...processTable(17, "sh", { executable: "/bin/busybox" }),
      "/proc/18/stat": "",
      "/proc/19/stat": "19 no parentheses",
      "/proc/20/": "", // ended between the listing and the reading
    }).programs.map(({ name }) => name);
    expect(names).toEqual([
      "'; DROP TABLE software; --\"",
      "<img src=x>",
      "a) S 1 (b)",
      "f\uFFFD\uFFFD",
      "sh",
      "two\uFFFDlines\uFFFD[31m",
      "x".repeat(1024),
    ]);
  });

  test("give away neither arguments nor environments", () => {
    const { programs, flows } = read(DOCKER_HOST);
    expect(DOCKER_HOST["/proc/300/cmdline"]).toContain("hunter2");
    expect(JSON.stringify([programs, flows])).not.toMatch(/hunter2|stolen/);
  });

  test("of other users are known by the name they give themselves, and hide where they listen", () => {
    const root = machineFolder({
      ...COMMON,
      ...processTable(10, "application-ser", { executable: "/opt/application-server" }),
      ...processTable(11, "mine", { executable: "/opt/mine" }),
      ...processTable(12, "vanishes"),
    });
    const disk = new MachineFiles(root);
    const refuse = (code: string) => {
      throw Object.assign(new Error(code), { code });
    };
    const text = (path: string) => new TextEncoder().encode(disk.text(path.slice(root.length)));
    const files = new MachineFiles(root, {
      read: (path) => path.includes("/12/") ? refuse("ESRCH") : text(path),
      list: (path) => path.includes("/10/") ? refuse("EACCES") : disk.list(path.slice(root.length)),
      link: (path) =>
        path.includes("/10/") ? refuse("EACCES") : disk.link(path.slice(root.length)) ?? "",
    });
    const { found: running, whole, socketsWhole } = processes(files);
    expect(running).toEqual([
      { name: "application-ser", surmised: true, ageSeconds: 713.16, cgroups: "" },
      { name: "mine", sockets: [], ageSeconds: 713.16, cgroups: "" },
    ]);
    expect([whole, socketsWhole]).toEqual([false, false]);
    expect(files.gaps).toEqual([{
      source: "/proc/[pid]/fd",
      reason: expect.stringContaining("permission denied (processes: 1)"),
    }]);
    // A list that is not whole would replace one that is.
    const [hidden, mine] = runningPrograms(running, [], { first: 32768, last: 60999 }, "self");
    expect(hidden).not.toHaveProperty("listening");
    expect(mine).toHaveProperty("listening", []);
  });

  test("that come and go are no facts: one is told of when it listens, or is 30 seconds old", () => {
    const seconds = (age: number) => ({ startedSeconds: 713.3 - age });
    const table: MachineTable = {
      ...COMMON,
      "/proc/net/tcp": SOCKET_HEADER + socketLine("00000000:0050", "00000000:0000", "0A", 7),
      ...processTable(1, "init"),
      ...processTable(10, "ls", seconds(0)),
      ...processTable(11, "deno", seconds(29.9)),
      ...processTable(12, "worker", seconds(30.1)),
      ...processTable(13, "server", { ...seconds(1), sockets: [7] }),
      ...processTable(14, "sh", seconds(1)),
      ...processTable(15, "sh", seconds(31)),
      ...processTable(16, "later", seconds(-100)), // a container with an uptime of its own
    };
    const names = (machine: MachineTable) => read(machine).programs.map(({ name }) => name);
    expect(names(table)).toEqual(["init", "later", "server", "sh", "worker"]);
    // Who cannot tell how old they are keeps all.
    const { "/proc/uptime": _, ...timeless } = table;
    expect(names(timeless)).toEqual(["deno", "init", "later", "ls", "server", "sh", "worker"]);
    expect(names({ ...table, "/proc/uptime": "soon\n" })).toContain("ls");
  });

  test("are named by their file, also after it was replaced", () => {
    expect(executableName("sshd", "/usr/sbin/sshd (deleted)")).toBe("sshd");
    expect(executableName("MainThread", "/usr/bin/node")).toBe("node");
    expect(executableName("worker", undefined)).toBe("worker");
    expect(executableName("", "/bin/toybox")).toBe("toybox");
    expect(executableName("", undefined)).toBeUndefined();
    expect(executableName("memfd:sealed-91", "/memfd:sealed-91173221a7ea (deleted)")).toBe("memfd");
    expect(executableName("runc", "/memfd:runc_cloned (deleted)")).toBe("runc");
  });

  test("are not kernel threads", () => {
    expect(parseStat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0")?.kernelThread).toBe(true);
    expect(parseStat("1 (systemd) S 0 1 1 0 -1 4194560 0 0")?.kernelThread).toBe(false);
  });
});

describe("the list of processes is whole", () => {
  const { "/proc/1/cgroup": _, ...common } = COMMON;
  const seen = (table: MachineTable, refused: RegExp) => {
    const root = machineFolder({ ...common, ...table });
    const files = new MachineFiles(root, refusing(refused));
    const { whole, socketsWhole } = processes(files);
    return [whole, socketsWhole, files.gaps.map(({ source }) => source)];
  };
  const init = processTable(1, "init", { executable: "/sbin/init" });
  const other = processTable(9, "other", { executable: "/opt/other" });

  test("when each was seen with its file and its sockets", () => {
    const none = /nothing/;
    expect(seen({ ...init, ...other }, none)).toEqual([true, true, []]);
    // hidepid shows a user only his own
    const hidden = { ...other, "/proc/self/mounts": "proc /proc proc rw,hidepid=2 0 0\n" };
    expect(seen({ ...hidden }, none)).toEqual([false, false, ["/proc"]]);
    expect(seen({ ...init, ...other }, /9\/stat$/))
      .toEqual([false, false, ["/proc/9/stat"]]);
  });

  test("or was hidden from one who may see all", () => {
    const table = (capabilities: string) => ({
      ...init,
      ...other,
      "/proc/self/status": `Name:\tdeno\nCapEff:\t${capabilities}\n`,
    });
    const gap = ["/proc/[pid]/fd"];
    expect(seen(table("000001ffffffffff"), /9\/fd/)).toEqual([true, true, gap]);
    expect(seen(table("0000000000000000"), /9\/fd/)).toEqual([true, false, gap]);
    expect(seen(table("000001fffff7ffff"), /9\/(fd|exe)/)).toEqual([false, false, gap]);
  });
});

describe("flows", () => {
  test("are those that this machine opened, one for each peer, port and program", () => {
    const flow = (transport: string, address: string, port: number, process?: string) => ({
      from: { compute: "self" },
      to: { address, port },
      kind: "flow",
      transport,
      port,
      ...(process ? { process } : {}),
    });
    expect(read(DOCKER_HOST).flows).toEqual([
      flow("tcp", "10.0.0.7", 443, "application-server"), // an IPv4 address mapped into IPv6
      flow("tcp", "10.0.0.8", 5432, "application-server"), // two connections
      flow("tcp", "2001:db8::1", 443, "application-server"),
      flow("tcp", "9.9.9.9", 443), // whose owner cannot be seen
      flow("udp", "10.0.0.3", 53, "avahi-daemon"),
    ]);
  });

  test("are the same whatever ephemeral ports and process ids the connections have", () => {
    const later = Object.fromEntries(
      Object.entries(DOCKER_HOST).map(([path, content]) => [
        path.replace("/proc/320/", "/proc/4711/"),
        typeof content === "string" && path === "/proc/net/tcp"
          ? content.replaceAll(":9C4", ":AB4")
          : content,
      ]),
    );
    expect(later["/proc/net/tcp"]).not.toBe(DOCKER_HOST["/proc/net/tcp"]);
    expect(read(later).flows).toEqual(read(DOCKER_HOST).flows);
    expect(read(later).programs).toEqual(read(DOCKER_HOST).programs);
  });
});

test("lines of a socket table that are no socket are passed over", () => {
  const good = socketLine("0100007F:0016", "00000000:0000", "0A", 7);
  const text = SOCKET_HEADER + "garbage\n" + good + "   1: 0100007F:ZZZZ 00000000:0000 0A\n" +
    socketLine("0100007F:0016", "00000000:0000", "FF", 8) + good.slice(0, 20);
  expect(parseSockets(text, "tcp")).toEqual([{
    transport: "tcp",
    state: "listen",
    local: { address: "127.0.0.1", port: 22 },
    remote: { address: "0.0.0.0", port: 0 },
    inode: "7",
  }]);
});
