import { describe, expect, test } from "vitest";
import { mountedContainerId } from "../../src/introspection/container_id.ts";
import { containersOf, serviceOf } from "../../src/introspection/control_groups.ts";
import { introspect } from "../../src/introspection/introspect.ts";
import { containerId } from "./engine_server.ts";
import { machineFolder, type MachineTable } from "./machine_folder.ts";
import { DOCKER_CONTAINER, LXC_CONTAINER } from "./machines/others.ts";

const [A, B] = [containerId("a"), containerId("b")];
const evidence = async (table: MachineTable) =>
  (await introspect({ root: machineFolder(table), windowMilliseconds: 0, ipv4Addresses: () => [] }))
    .compute.evidence;
const mount = (within: string, at: string) =>
  `75 69 254:0 ${within} ${at} rw,relatime - ext4 /dev/vda rw\n`;

describe("a container knows its number", () => {
  test("from its control group", async () => {
    const table = { ...DOCKER_CONTAINER, "/proc/self/cgroup": `9:pids:/docker/${A}\n0::/\n` };
    expect(await evidence(table)).toEqual({ container_id: A });
  });

  test("from the files that its manager mounts, where control groups have a namespace", async () => {
    const docker = mount(`/var/lib/docker/containers/${A}/hostname`, "/etc/hostname") +
      // Of another one, as who collects logs has them all.
      mount("/", `/var/lib/docker/containers/${B}/mounts/shm`);
    expect(await evidence({ ...DOCKER_CONTAINER, "/proc/self/mountinfo": docker }))
      .toEqual({ container_id: A });
    const user = `/containers/storage/overlay-containers`;
    expect(mountedContainerId(
      mount(`${user}/${B}/userdata/resolv.conf`, "/etc/resolv.conf") + // another's network
        mount(`${user}/${A}/userdata/.containerenv`, "/run/.containerenv"),
    )).toBe(A);
    expect(mountedContainerId(mount(`/var/lib/docker/volumes/${A}/hosts`, "/etc/hosts")))
      .toBeUndefined();
    expect(mountedContainerId("garbage\n\n1 2\n")).toBeUndefined();
  });

  test("but not from an outer one, nor from its pod", async () => {
    const lxc = { ...LXC_CONTAINER, "/proc/self/cgroup": `1:pids:/docker/${A}/lxc.payload.web\n` };
    expect(await evidence(lxc)).not.toHaveProperty("container_id");
    const pod = {
      ...DOCKER_CONTAINER,
      "/run/secrets/kubernetes.io/": "",
      "/proc/self/mountinfo": mount(`/var/lib/docker/containers/${A}/hosts`, "/etc/hosts"),
    };
    expect(await evidence(pod)).toBeUndefined();
  });
});

test.each<[string, [string, string][]]>([
  [`9:pids:/docker/${A}\n0::/\n`, [["docker", A]]],
  [`0::/system.slice/docker-${A}.scope\n`, [["docker", A]]],
  [`0::/system.slice/docker-${A}.scope/docker/${B}/init\n`, [["docker", A], ["docker", B]]],
  [`0::/libpod_parent/libpod-${A}\n`, [["podman", A]]],
  [`0::/machine.slice/machine-libpod_pod_${B}.slice/libpod-${A}.scope\n`, [["podman", A]]],
  [`0::/user.slice/user@1000.service/user.slice/libpod-${A}.scope/container\n`, [["podman", A]]],
  [`0::/machine.slice/libpod-conmon-${A}.scope\n`, []],
  [`0::/kubepods.slice/kubepods-pod1_2.slice/cri-containerd-${A}.scope\n`, [["kubernetes", A]]],
  [`11:cpu:/kubepods/burstable/pod12-34/${A}\n`, [["kubernetes", A]]],
  [`0::/kubepods.slice/docker-${A}.scope\n`, [["docker", A]]],
  [`0::/process_api/${"a".repeat(32)}\n`, []],
  [`0::/docker/${A}0\n`, []],
  [`0::/system.slice/docker.service\n`, []],
])("the control groups %j are of %j", (text, expected) => {
  expect(containersOf(text).map(({ manager, id }) => [manager, id])).toEqual(expected);
});

test.each([
  ["0::/system.slice/nginx.service\n", "nginx"],
  ["0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1"],
  ["12:pids:/system.slice/x.service\n1:name=systemd:/system.slice/ssh.service/sub\n", "ssh"],
  ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/mine.service\n", undefined],
  [`0::/system.slice/docker-${A}.scope/system.slice/inner.service\n`, undefined],
  ["0::/init.scope\n", undefined],
])("the control group %j is of the service %s", (text, service) => {
  expect(serviceOf(text)).toBe(service);
});
