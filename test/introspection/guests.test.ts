import { describe, expect, test } from "vitest";
import { MachineFiles } from "../../src/introspection/files.ts";
import { guests } from "../../src/introspection/guests.ts";
import { introspect } from "../../src/introspection/introspect.ts";
import { containerId, inspection, startEngine } from "./engine_server.ts";
import { machineFolder, type MachineTable, processTable } from "./machine_folder.ts";
import { COMMON, FOREIGN_NAMESPACES } from "./machines/common.ts";

const [A, B, C] = ["a", "b", "c"].map(containerId) as [string, string, string];
const MACHINE = "0123456789abcdef0123456789abcdef";
const UUID = "01234567-89ab-cdef-0123-456789abcdef";
const init = processTable(1, "init", { executable: "/sbin/init" });

async function look(table: MachineTable) {
  const { compute, about } = await introspect({
    root: machineFolder({ ...COMMON, ...init, ...table }),
    windowMilliseconds: 0,
    ipv4Addresses: () => [],
  });
  const { guests, complete } = about("the-host");
  return { compute, guests, complete: complete.filter((scope) => scope.startsWith("guest/")) };
}

describe("containers without an engine to ask", () => {
  const table = {
    ...processTable(10, "nginx", { cgroup: `0::/system.slice/docker-${A}.scope\n` }),
    ...processTable(11, "nginx", { cgroup: `0::/system.slice/docker-${A}.scope/x/docker/${C}\n` }),
    ...processTable(12, "conmon", { cgroup: `0::/machine.slice/libpod-conmon-${C}.scope\n` }),
    ...processTable(13, "redis", { cgroup: `0::/machine.slice/libpod-${B}.scope/container\n` }),
    ...processTable(14, "sshd", { cgroup: "0::/system.slice/ssh.service\n" }),
    ...processTable(15, "pause", { cgroup: `0::/kubepods.slice/cri-containerd-${C}.scope\n` }),
  };
  const numbered = (container: string, id: string) => ({
    hostname: id.slice(0, 12),
    resource_type: "container",
    evidence: { container_id: id },
    virtualization: { container },
    interfaces: [],
    host: "the-host",
  });

  test("are known by their numbers while they run, and never known to be all", async () => {
    const { guests, complete } = await look(table);
    expect(guests).toEqual([numbered("docker", A), numbered("podman", B)]);
    expect(complete).toEqual([]);
  });

  test("are not those that we are in", async () => {
    const inside = {
      ...FOREIGN_NAMESPACES,
      "/proc/1/environ": "",
      "/proc/self/cgroup": `5:pids:/docker/${A}\n1:name=systemd:/docker/${A}\n`,
      ...processTable(10, "nginx", { cgroup: `5:pids:/docker/${A}\n` }),
      ...processTable(11, "dind", { cgroup: `5:pids:/docker/${A}/docker/${B}\n` }),
    };
    const { compute, guests } = await look(inside);
    expect(compute.evidence).toEqual({ container_id: A });
    expect(guests).toEqual([numbered("docker", B)]);
    // Who does not know his own number takes none for a guest.
    const blind = { ...inside, "/proc/self/cgroup": "0::/\n", "/.dockerenv": "" };
    expect((await look(blind)).guests).toEqual([]);
  });

  test("are not asked for an engine under another root", async () => {
    const socket = { "/run/docker.sock": "", ...processTable(20, "dockerd") };
    expect(await look(socket)).toMatchObject({ guests: [], complete: [] });
  });
});

describe("an engine's containers", () => {
  const host = { hostname: "h", resource_type: "physical_server", interfaces: [] } as const;
  const ask = async (processes: { name: string; cgroups?: string }[], allProcesses = true) => {
    const { socket } = await startEngine({
      "/containers/json?all=1": [{ Id: A }],
      [`/containers/${A}/json`]: inspection({ id: A, name: "/web" }),
    });
    const files = new MachineFiles("/");
    const compute = { ...host, interfaces: [] };
    const engines = [{ name: "podman", socket } as const];
    return await guests(files, { compute, processes, allProcesses, engines });
  };

  test("are all that there are of it, and told of once", async () => {
    const { found, complete } = await ask([{ name: "nginx", cgroups: `0::/libpod-${A}.scope\n` }]);
    expect(found.map(({ hostname }) => hostname)).toEqual(["web"]);
    expect(complete).toContain("guest/podman");
  });

  test("are not all where another user's engine runs some, or processes are hidden", async () => {
    const other = [{ name: "nginx", cgroups: `0::/user.slice/libpod-${B}.scope\n` }];
    const { found, complete } = await ask(other);
    expect(found.map(({ hostname }) => hostname)).toEqual(["b".repeat(12), "web"]);
    expect(complete).not.toContain("guest/podman");
    expect((await ask([], false)).complete).not.toContain("guest/podman");
    expect((await ask([])).complete).toContain("guest/podman");
  });
});

describe("virtual machines", () => {
  const running = `<!--\nWARNING: <name>generated</name>\n-->
<domstatus state='running' reason='booted' pid='2211'>
  <monitor path='/var/lib/libvirt/qemu/domain-1-web/monitor.sock' type='unix'/>
  <domain type='kvm' id='1'>
    <name>web &amp; mail</name>
    <uuid>${UUID.toUpperCase()}</uuid>
    <metadata><app:name xmlns:app="x">not this</app:name></metadata>
    <memory unit='KiB'>2097152</memory>
    <memoryBacking><hugepages/></memoryBacking>
    <currentMemory unit='KiB'>1048576</currentMemory>
    <vcpu placement='static' current='2'>4</vcpu>
    <devices>
      <interface type='network'>
        <mac address='52:54:00:6b:3c:58'/>
        <source network='default'/>
        <target dev='vnet0'/>
      </interface>
      <interface type='user'/>
      <graphics type='vnc' port='5900' passwd='hunter2'/>
    </devices>
  </domain>
</domstatus>
`;
  const off = `<domain type="qemu"><name>${"x".repeat(2000)}\x1b</name>
<uuid>11111111-2222-3333-4444-555555555555</uuid><memory unit='GiB'>1</memory><vcpu>1</vcpu></domain>`;
  const table = {
    "/run/libvirt/qemu/web.xml": running,
    "/run/libvirt/qemu/driver.pid": "1\n",
    "/etc/libvirt/qemu/web.xml": running,
    "/etc/libvirt/qemu/off.xml": off,
    "/etc/libvirt/qemu/networks/default.xml": "<network/>",
  };

  test("are those that libvirt runs, and those that it could run", async () => {
    const { guests, complete } = await look(table);
    expect(guests).toEqual([
      {
        hostname: "web---mail",
        resource_type: "virtual_machine",
        evidence: { dmi_uuid: UUID },
        cpu_cores: 2,
        memory_bytes: 2 * 1024 ** 3,
        virtualization: { machine: "kvm" },
        interfaces: [
          { name: "net0", kind: "ethernet", mac_address: "52:54:00:6b:3c:58", addresses: [] },
          { name: "net1", kind: "ethernet", addresses: [] },
        ],
        tags: { "vm.name": "web & mail", "guest.state": "running" },
        host: "the-host",
      },
      {
        hostname: "x".repeat(63),
        resource_type: "virtual_machine",
        evidence: { dmi_uuid: "11111111-2222-3333-4444-555555555555" },
        cpu_cores: 1,
        memory_bytes: 1024 ** 3,
        virtualization: { machine: "qemu" },
        interfaces: [],
        tags: { "vm.name": "x".repeat(1024), "guest.state": "shutoff" },
        host: "the-host",
      },
    ]);
    expect(JSON.stringify(guests)).not.toContain("hunter2");
    expect(complete).toEqual(["guest/libvirt"]);
  });

  test("are not all where a file is none of libvirt's, or only those that run can be seen", async () => {
    const broken = await look({ ...table, "/etc/libvirt/qemu/half.xml": "<domain type='kvm'><na" });
    expect([broken.guests.length, broken.complete]).toEqual([2, []]);
    const { "/run/libvirt/qemu/web.xml": only } = table;
    expect((await look({ "/run/libvirt/qemu/web.xml": only })).complete).toEqual([]);
  });

  test("and containers that systemd knows are told of by its files", async () => {
    const machine = (name: string, lines: string) =>
      `# This is private data. Do not parse.\nNAME=${name}\n${lines}\nROOT=/var/lib/machines/x\n`;
    const machines = {
      "/run/systemd/machines/build": machine(
        "build",
        `SERVICE=systemd-nspawn\nID=${MACHINE}\nCLASS=container`,
      ),
      "/run/systemd/machines/unit:build.scope": { link: "build" },
      "/run/systemd/machines/qemu-1-web": machine(
        "qemu-1-web",
        `SERVICE=libvirt-qemu\nID=${"c".repeat(31)}d\nCLASS=vm`,
      ),
      "/run/systemd/machines/nobody": machine("nobody", "SERVICE=x\nCLASS=container"),
      "/var/lib/machines/build/": "",
    };
    const { guests, complete } = await look(machines);
    expect(guests).toEqual([
      {
        hostname: "build",
        resource_type: "container",
        evidence: { machine_id: MACHINE },
        virtualization: { container: "systemd-nspawn" },
        interfaces: [],
        tags: { "guest.state": "running" },
        host: "the-host",
      },
      {
        hostname: "qemu-1-web",
        resource_type: "virtual_machine",
        evidence: { dmi_uuid: "cccccccc-cccc-cccc-cccc-cccccccccccd" },
        interfaces: [],
        tags: { "guest.state": "running" },
        host: "the-host",
      },
    ]);
    expect(complete).toEqual(["guest/systemd-nspawn"]);
    // One that is off has not gone.
    expect((await look({ ...machines, "/var/lib/machines/old.raw": "" })).complete).toEqual([]);
  });

  test("made from their host's own disk are not taken for the host", async () => {
    const { compute, guests } = await look({
      "/etc/machine-id": `${MACHINE}\n`,
      "/run/systemd/machines/copy": `NAME=copy\nSERVICE=x\nID=${MACHINE}\nCLASS=container\n`,
    });
    expect(compute.evidence).toEqual({ machine_id: MACHINE });
    expect(guests).toEqual([]);
  });
});
