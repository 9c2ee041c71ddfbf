/** What introspection tells of real containers, and what a real container tells of itself. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { guests } from "../../src/introspection/guests.ts";
import { introspect } from "../../src/introspection/introspect.ts";
import { processes } from "../../src/introspection/processes.ts";
import { machineFolder } from "../introspection/machine_folder.ts";
import { COMMON, FOREIGN_NAMESPACES } from "../introspection/machines/common.ts";
import { missing, startPodman, type TestPodman } from "./podman.ts";

// A process may have fewer open files here than Podman asks for.
const LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

describe.skipIf(missing)("Podman's containers", () => {
  let podman: TestPodman;
  let running: string;
  let created: string;

  beforeAll(async () => {
    podman = await startPodman();
    const secret = ["--env", "PASSWORD=hunter2", "--label", "token=hunter2", "--network", "none"];
    running = await podman.run(
      ...["run", "--detach", "--name", "Web_01", "--memory", "64m", ...LIMITS, ...secret],
      ...[podman.image, "/bin/sleep", "1000"],
    );
    created = await podman.run(
      ...["create", "--name", "job", "--cpus", "1.5", ...secret],
      ...[podman.image, "/bin/sleep", "--password=hunter2"],
    );
  });
  afterAll(() => podman?.stop());

  const look = async (sockets: string[]) => {
    const files = new MachineFiles("/");
    const { found: all, whole } = processes(files);
    const seen = await guests(files, {
      compute: { hostname: "h", resource_type: "physical_server", interfaces: [] },
      processes: all,
      allProcesses: whole,
      engines: sockets.map((socket) => ({ name: "podman", socket })),
    });
    // There may be others on this machine.
    const ours = [running, created];
    const found = seen.found.filter(({ evidence }) => ours.includes(evidence?.container_id ?? ""));
    return { ...seen, found };
  };

  test("are told of by their engine, whether they run or not, without their secrets", async () => {
    const { found, complete } = await look([podman.socket]);
    const container = (id: string, name: string, state: string, facts = {}) => ({
      hostname: name.toLowerCase().replace("_", "-"),
      resource_type: "container",
      evidence: { container_id: id },
      virtualization: { container: "podman" },
      interfaces: [],
      tags: {
        "container.name": name,
        "container.image.name": podman.image,
        "guest.state": state,
      },
      ...facts,
    });
    expect(found).toEqual([
      container(created, "job", "created", { cpu_cores: 2 }),
      container(running, "Web_01", "running", { memory_bytes: 64 * 1024 ** 2 }),
    ]);
    expect(complete).toContain("guest/podman");
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test("are known by their numbers where no engine can be asked, while they run", async () => {
    const { found, complete } = await look([]);
    expect(found).toEqual([{
      hostname: running.slice(0, 12),
      resource_type: "container",
      evidence: { container_id: running },
      virtualization: { container: "podman" },
      interfaces: [],
    }]);
    expect(complete).not.toContain("guest/podman");
  });

  test("know their own number, which is the one that their host knows them by", async () => {
    const inside = async (path: string) => await podman.run("exec", "Web_01", "/bin/cat", path);
    const table = {
      ...COMMON,
      ...FOREIGN_NAMESPACES,
      "/run/.containerenv": "",
      "/proc/self/cgroup": `${await inside("/proc/self/cgroup")}\n`,
      "/proc/self/mountinfo": `${await inside("/proc/self/mountinfo")}\n`,
    };
    const own = async (changes = {}) =>
      (await introspect({
        root: machineFolder({ ...table, ...changes }),
        windowMilliseconds: 0,
        ipv4Addresses: () => [],
      })).compute;
    expect(await own()).toMatchObject({
      evidence: { container_id: running },
      virtualization: { container: "podman" },
    });
    // With control groups of version 2 a container does not see the names of its own.
    expect((await own({ "/proc/self/cgroup": "0::/\n" })).evidence)
      .toEqual({ container_id: running });
  });
});
