import { describe, expect, test } from "vitest";
import { cgroupHint } from "../../src/introspection/container_layer.ts";
import { MachineFiles } from "../../src/introspection/files.ts";
import { machineOfDmi } from "../../src/introspection/machine_layer.ts";
import { virtualization } from "../../src/introspection/virtualization.ts";
import { machineFolder, type MachineTable } from "./machine_folder.ts";
import { COMMON, cpuinfo, FOREIGN_NAMESPACES } from "./machines/common.ts";
import { DELL } from "./machines/dell.ts";
import { DOCKER_HOST } from "./machines/docker_host.ts";
import {
  DOCKER_CONTAINER,
  EC2,
  EC2_METAL,
  FIRECRACKER,
  LXC_CONTAINER,
  WSL,
} from "./machines/others.ts";

const of = (table: MachineTable) => virtualization(new MachineFiles(machineFolder(table)));
const without = (table: MachineTable, ...paths: string[]): MachineTable =>
  Object.fromEntries(Object.entries(table).filter(([path]) => !paths.includes(path)));

describe("what a machine runs in", () => {
  test.each<[string, MachineTable, ReturnType<typeof of>]>([
    ["a Dell server is physical", DELL, { resourceType: "physical_server" }],
    ["QEMU's firmware with KVM's clock is KVM", DOCKER_HOST, {
      resourceType: "virtual_machine",
      machine: "kvm",
    }],
    ["EC2 is a virtual machine of Amazon's", EC2, {
      resourceType: "virtual_machine",
      machine: "amazon",
    }],
    ["EC2's metal is physical", EC2_METAL, { resourceType: "physical_server" }],
    ["a Docker container on a physical host has one layer", DOCKER_CONTAINER, {
      resourceType: "container",
      container: "docker",
    }],
    ["a Docker container in a virtual machine has two", {
      ...DOCKER_CONTAINER,
      ...Object.fromEntries(Object.entries(EC2).filter(([path]) => /dmi|cpuinfo/.test(path))),
    }, { resourceType: "container", machine: "amazon", container: "docker" }],
    ["LXC tells of itself in PID 1's environment", LXC_CONTAINER, {
      resourceType: "container",
      container: "lxc",
    }],
    ["WSL 2 is a container in Hyper-V", WSL, {
      resourceType: "container",
      machine: "microsoft",
      container: "wsl",
    }],
    ["Firecracker is told by its ACPI tables", FIRECRACKER, {
      resourceType: "virtual_machine",
      machine: "firecracker",
    }],
    ["Xen's Dom0 is the machine itself", {
      ...COMMON,
      "/sys/hypervisor/type": "xen\n",
      "/proc/xen/capabilities": "control_d\n",
    }, { resourceType: "physical_server" }],
    ["Xen's guests are virtual machines", {
      ...COMMON,
      "/sys/hypervisor/type": "xen\n",
      "/proc/xen/capabilities": "",
    }, { resourceType: "virtual_machine", machine: "xen" }],
    ["a hypervisor flag without a name is some virtual machine", {
      ...COMMON,
      "/proc/cpuinfo": cpuinfo("CPU", true),
    }, { resourceType: "virtual_machine", machine: "vm-other" }],
    ["OpenVZ is told by /proc/vz without /proc/bc", { ...COMMON, "/proc/vz/version": "" }, {
      resourceType: "container",
      container: "openvz",
    }],
    ["OpenVZ's host is no container", {
      ...COMMON,
      "/proc/vz/version": "",
      "/proc/bc/resources": "",
    }, { resourceType: "physical_server" }],
    ["systemd says what container it runs in", {
      ...COMMON,
      "/run/systemd/container": "systemd-nspawn\n",
    }, { resourceType: "container", container: "systemd-nspawn" }],
    ["Podman leaves a file", { ...COMMON, ...FOREIGN_NAMESPACES, "/run/.containerenv": "" }, {
      resourceType: "container",
      container: "podman",
    }],
    ["namespaces of our own without a name are some container", {
      ...COMMON,
      ...FOREIGN_NAMESPACES,
    }, { resourceType: "container", container: "container-other" }],
    ["a device tree names KVM on ARM", {
      ...COMMON,
      "/proc/cpuinfo": "processor\t: 0\n",
      "/proc/device-tree/hypervisor/compatible": "linux,kvm\0",
    }, { resourceType: "virtual_machine", machine: "kvm" }],
  ])("%s", (_, table, expected) => {
    expect(of(table)).toEqual(expected);
  });

  test("/.dockerenv alone, in the host's own namespaces, is what an image left behind", () => {
    expect(FIRECRACKER["/.dockerenv"]).toBe("");
    expect(of(FIRECRACKER).container).toBeUndefined();
    expect(of({ ...FIRECRACKER, ...FOREIGN_NAMESPACES, "/proc/1/environ": "" }).container)
      .toBe("docker");
  });

  test("kernel threads tell that we are on the host where namespaces cannot be read", () => {
    const blind = without(FIRECRACKER, "/proc/self/ns/pid", "/proc/self/ns/cgroup");
    expect(of(blind).container).toBeUndefined();
    expect(of(without({ ...blind, "/proc/1/environ": "" }, "/proc/2/stat")).container)
      .toBe("docker");
  });

  test("the environment of a host's PID 1 is not read", () => {
    const read: string[] = [];
    const source = {
      read: (path: string) => {
        read.push(path);
        return new TextEncoder().encode("");
      },
      list: () => [],
      link: (path: string) => path.endsWith("pid") ? "pid:[4026531836]" : "cgroup:[4026531835]",
    };
    virtualization(new MachineFiles("/", source));
    expect(read).toContain("/proc/self/cgroup");
    expect(read).not.toContain("/proc/1/environ");
  });
});

test.each([
  ["QEMU\nStandard PC", "qemu"],
  ["VMware, Inc.\nVMware Virtual Platform", "vmware"],
  ["innotek GmbH\nVirtualBox", "oracle"],
  ["Microsoft Corporation\nVirtual Machine", "microsoft"],
  ["Microsoft Corporation\nSurface Laptop 5", undefined],
  ["Google\nGoogle Compute Engine", "google"],
  ["Google\nEve", undefined],
  ["Parallels Software International Inc.\nParallels Virtual Platform", "parallels"],
  ["OpenStack Foundation\nOpenStack Nova", "kvm"],
  ["DigitalOcean\nDroplet", "kvm"],
  ["Hetzner\nvServer", "kvm"],
  ["BHYVE\nBHYVE", "bhyve"],
  ["Xen\nHVM domU", "xen"],
  ["Amazon EC2\nm7i.metal-24xl", "physical"],
  ["LENOVO\nThinkSystem SR650", undefined],
])("the DMI fields %j are %s", (dmi, machine) => {
  expect(machineOfDmi(dmi)).toBe(machine);
});

test.each([
  ["0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-0a.scope", "kubernetes"],
  ["12:pids:/docker/3f2a9c51d7e8", "docker"],
  ["0::/system.slice/docker-3f2a9c51d7e8.scope", "docker"],
  ["0::/machine.slice/libpod-3f2a.scope/container", "podman"],
  ["0::/lxc.payload.web/init.scope", "lxc"],
  ["0::/system.slice/docker.service", undefined],
  ["0::/lxc.monitor.web", undefined],
  ["0::/init.scope", undefined],
])("the cgroup %s is of %s", (cgroup, container) => {
  expect(cgroupHint(cgroup)).toBe(container);
});
