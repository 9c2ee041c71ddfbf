/** Machines that differ in what they run in. */
import { linkTable, type MachineTable } from "../machine_folder.ts";
import { COMMON, cpuinfo, FOREIGN_NAMESPACES, HOST_NAMESPACES, ROUTE_HEADER } from "./common.ts";

const DMI_OF_HOST: MachineTable = {
  "/sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
  "/sys/class/dmi/id/product_name": "PowerEdge R650\n",
  "/sys/class/dmi/id/product_serial": "7XK2QJ3\n",
  "/sys/class/dmi/id/product_uuid": "4c4c4544-0058-4b10-8032-b7c04f514a33\n",
};

/** A Docker container on a physical host, which it sees in /sys and /proc/meminfo. */
export const DOCKER_CONTAINER: MachineTable = {
  ...COMMON,
  ...DMI_OF_HOST,
  ...FOREIGN_NAMESPACES,
  "/.dockerenv": "",
  "/proc/sys/kernel/hostname": "3f2a9c51d7e8\n",
  "/proc/1/environ": "PATH=/usr/bin\0DATABASE_PASSWORD=hunter2\0",
  "/etc/machine-id": "11112222333344445555666677778888\n",
  "/sys/fs/cgroup/memory.max": "536870912\n",
  "/proc/self/mounts": "overlay / overlay rw,relatime 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n",
  "/etc/hosts": "127.0.0.1 localhost\n",
  ...linkTable("eth0", { address: "02:42:ac:11:00:02", ifindex: "4", iflink: "5" }),
  "/proc/net/route": ROUTE_HEADER + "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
};

/** An LXC container on the LAN, with systemd. */
export const LXC_CONTAINER: MachineTable = {
  ...COMMON,
  ...DMI_OF_HOST,
  ...FOREIGN_NAMESPACES,
  "/proc/1/environ": "TERM=linux\0container=lxc\0",
  "/etc/machine-id": "aaaa2222333344445555666677778888\n",
  ...linkTable("eth0", { address: "00:16:3e:aa:bb:cc", ifindex: "2", iflink: "12" }),
};

/** An Amazon EC2 instance of the Nitro system. */
export const EC2: MachineTable = {
  ...COMMON,
  "/proc/cpuinfo": cpuinfo("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", true),
  "/sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
  "/sys/class/dmi/id/product_name": "m5.large\n",
  "/sys/class/dmi/id/board_asset_tag": "i-0abc1234def567890\n",
  "/sys/class/dmi/id/product_uuid": "ec2f3a10-7bb3-4f0c-9a55-0d7b8a2f6c11\n",
};

/** The same maker's bare metal. */
export const EC2_METAL: MachineTable = {
  ...EC2,
  "/proc/cpuinfo": cpuinfo("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", false),
  "/sys/class/dmi/id/product_name": "m5.metal\n",
};

/** The Windows Subsystem for Linux, version 2: a container in a virtual machine. */
export const WSL: MachineTable = {
  ...COMMON,
  "/proc/sys/kernel/osrelease": "5.15.167.4-microsoft-standard-WSL2\n",
  "/proc/cpuinfo": cpuinfo("AMD Ryzen 7 7840U", true),
  "/sys/devices/system/clocksource/clocksource0/available_clocksource":
    "tsc hyperv_clocksource_tsc_page acpi_pm \n",
};

/** A Firecracker microVM whose disk was made from a Docker image: files captured from one. */
export const FIRECRACKER: MachineTable = {
  ...COMMON,
  ...HOST_NAMESPACES,
  "/.dockerenv": "",
  "/proc/sys/kernel/hostname": "vm\n",
  "/proc/sys/kernel/osrelease": "6.18.44-fc-v782\n",
  "/proc/self/cgroup": "9:name=systemd:/\n8:pids:/\n4:memory:/\n0::/\n",
  "/proc/1/cgroup": "9:name=systemd:/\n8:pids:/\n4:memory:/\n0::/\n",
  "/proc/1/environ": "container=not-to-be-read\0",
  "/proc/2/stat": "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 14 0 0\n",
  "/proc/cpuinfo": cpuinfo("AMD EPYC", true),
  "/proc/cmdline": "console=ttyS0 quiet reboot=k panic=1 nomodule swiotlb=noforce\n",
  "/sys/firmware/acpi/tables/DSDT": new Uint8Array([
    ...[0x44, 0x53, 0x44, 0x54, 0x53, 0x0f, 0x00, 0x00, 0x02, 0x77], // DSDT, length, revision, checksum
    ...new TextEncoder().encode("FIRECKFCVMDSDT"),
    ...[0, 0, 0, 0, 0x46, 0x43, 0x41, 0x54],
  ]),
  "/sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc kvm-clock \n",
  "/sys/block/vda/size": "536870912\n",
  ...linkTable("eth0", { "device/": "", address: "02:fc:00:00:00:01", mtu: "1400", speed: "-1" }),
  ...linkTable("ifb0", { address: "0a:14:ed:f4:bb:ae", ifindex: "2", iflink: "2" }),
};
