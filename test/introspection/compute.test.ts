import { describe, expect, test } from "vitest";
import { hostnameOf, parseOsRelease } from "../../src/introspection/compute.ts";
import { MachineFiles } from "../../src/introspection/files.ts";
import { countOfList, cpuModel } from "../../src/introspection/hardware.ts";
import { introspect } from "../../src/introspection/introspect.ts";
import { machineFolder, type MachineTable } from "./machine_folder.ts";
import { COMMON } from "./machines/common.ts";
import { DELL } from "./machines/dell.ts";
import { DOCKER_HOST } from "./machines/docker_host.ts";
import { DOCKER_CONTAINER, EC2, LXC_CONTAINER } from "./machines/others.ts";

const of = async (table: MachineTable) =>
  (await introspect({
    root: machineFolder(table),
    windowMilliseconds: 0,
    ipv4Addresses: () => [],
  })).compute;

describe("a compute resource", () => {
  test("is described by what its files say", async () => {
    expect(await of(DELL)).toMatchObject({
      hostname: "rack1-db01.example.org",
      resource_type: "physical_server",
      evidence: {
        serial: "7XK2QJ3",
        dmi_uuid: "4c4c4544-0058-4b10-8032-b7c04f514a33",
        machine_id: "9c1e6f0a52e34b51b6d6a1f2c03c8f11",
      },
      manufacturer: "Dell Inc.",
      model: "PowerEdge R650",
      architecture: "x86_64",
      cpu_model: "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz",
      cpu_cores: 2,
      memory_bytes: 16_384_000 * 1024,
      storage_bytes: (1_953_525_168 + 3_750_748_848) * 512, // neither hidden, removable nor derived devices
      operating_system: { name: "Debian GNU/Linux", version: "12", kernel: "6.1.0-28-amd64" },
    });
    expect(await of(DELL)).not.toHaveProperty("virtualization");
  });

  test("has no evidence in what its maker left as it came", async () => {
    expect((await of(DOCKER_HOST)).evidence)
      .toEqual({ machine_id: "2f7bd9a0a2f14f0f8f2a6a3f6f1d7c55" });
    for (const serial of ["To be filled by O.E.M.", "Default string", "None", "0", "0000-0000"]) {
      expect(await of({ ...COMMON, "/sys/class/dmi/id/product_serial": `${serial}\n` }))
        .not.toHaveProperty("evidence");
    }
    for (const id of ["uninitialized", "0".repeat(32), "short"]) {
      expect(await of({ ...COMMON, "/etc/machine-id": `${id}\n` })).not.toHaveProperty("evidence");
    }
  });

  test("in a cloud is told by its instance id", async () => {
    expect((await of(EC2)).evidence).toEqual({
      cloud_instance_id: "i-0abc1234def567890",
      dmi_uuid: "ec2f3a10-7bb3-4f0c-9a55-0d7b8a2f6c11",
    });
    const table = { ...COMMON, "/var/lib/cloud/data/instance-id": "b0a1c2d3-openstack\n" };
    expect((await of(table)).evidence).toEqual({ cloud_instance_id: "b0a1c2d3-openstack" });
    expect(await of({ ...table, "/var/lib/cloud/data/instance-id": "iid-datasource-none\n" }))
      .not.toHaveProperty("evidence");
  });

  test("in a container is not described by its host", async () => {
    const docker = await of(DOCKER_CONTAINER);
    expect(docker).toMatchObject({
      hostname: "3f2a9c51d7e8",
      resource_type: "container",
      memory_bytes: 536_870_912, // its limit
    });
    // The machine-id is the image's: all containers of it share it.
    for (const fact of ["evidence", "manufacturer", "model", "storage_bytes"]) {
      expect(docker).not.toHaveProperty(fact);
    }
    expect((await of(LXC_CONTAINER)).evidence)
      .toEqual({ machine_id: "aaaa2222333344445555666677778888" });
  });
});

describe("the host name", () => {
  const name = (raw: string) => {
    const files = new MachineFiles(machineFolder({ "/proc/sys/kernel/hostname": raw }));
    return [hostnameOf(files), files.gaps.length];
  };
  test.each([
    ["web-01.example.org\n", "web-01.example.org", 0],
    ["WEB-01\n", "web-01", 0],
    ["my_host\n", "my-host", 1],
    ["-a-..b\n", "a.b", 1],
    ["<img src=x onerror=alert(1)>\n", "img-src-x-onerror-alert-1", 1],
    ["\u00fcber\n", "ber", 1],
    [`${"a".repeat(80)}\n`, "a".repeat(63), 1],
    ["___\n", "localhost", 1],
    ["", "localhost", 1],
  ])("%j is recorded as %s, with %i gaps", (raw, expected, gaps) => {
    expect(name(raw)).toEqual([expected, gaps]);
  });
});

test("os-release is read as the shell would read it", () => {
  expect(Object.fromEntries(parseOsRelease(
    '# comment\nNAME=\'Alpine Linux\'\nVERSION_ID=3.20.1\nPRETTY_NAME="a \\"b\\" \\$c"\nbad line\n',
  ))).toEqual({ NAME: "Alpine Linux", VERSION_ID: "3.20.1", PRETTY_NAME: 'a "b" $c' });
});

test("a list of processors is counted", () => {
  expect(["0", "0-3", "0-3,5", "0,2,4-7"].map(countOfList)).toEqual([1, 4, 5, 6]);
  expect(countOfList("x")).toBeNaN();
});

test("a processor that tells no name has none", () => {
  expect(cpuModel("processor\t: 0\nBogoMIPS\t: 243.75\n")).toBeUndefined();
});
