/** A KVM virtual machine that runs Docker, a web server and clients. */
import type { LinkAddress } from "../../../src/introspection/links.ts";
import { linkTable, type MachineTable, processTable } from "../machine_folder.ts";
import { COMMON, cpuinfo, ROUTE_HEADER, SOCKET_HEADER, socketLine } from "./common.ts";

export const DOCKER_HOST: MachineTable = {
  ...COMMON,
  "/proc/sys/kernel/hostname": "web-01\n",
  "/etc/machine-id": "2f7bd9a0a2f14f0f8f2a6a3f6f1d7c55\n",
  "/proc/cpuinfo": cpuinfo("Intel Xeon Processor (Skylake, IBRS)", true),
  "/sys/class/dmi/id/sys_vendor": "QEMU\n",
  "/sys/class/dmi/id/product_name": "Standard PC (Q35 + ICH9, 2009)\n",
  "/sys/class/dmi/id/product_serial": "Not Specified\n",
  "/sys/class/dmi/id/product_uuid": "03000200-0400-0500-0006-000700080009\n",
  "/sys/devices/system/clocksource/clocksource0/available_clocksource":
    "kvm-clock tsc hpet acpi_pm \n",
  ...linkTable("ens3", {
    "device/": "",
    address: "52:54:00:12:34:56",
    speed: "-1",
    ifindex: "2",
    iflink: "2",
  }),
  ...linkTable("docker0", {
    uevent: "DEVTYPE=bridge\nINTERFACE=docker0",
    "bridge/": "",
    "brif/veth1a2b3c/": "",
    address: "02:42:ac:11:00:01",
    speed: "10000",
  }),
  ...linkTable("veth1a2b3c", {
    address: "c6:01:02:03:04:05",
    ifindex: "5",
    iflink: "4",
    speed: "10000",
  }),
  ...linkTable("wg0", { type: "65534", uevent: "DEVTYPE=wireguard\nINTERFACE=wg0", mtu: "1420" }),
  ...linkTable("tap0", { tun_flags: "0x1002", address: "fe:54:00:12:34:56" }),
  "/proc/net/route": ROUTE_HEADER +
    "ens3\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
    "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n",
  "/proc/net/tcp": SOCKET_HEADER +
    socketLine("00000000:0050", "00000000:0000", "0A", 101) + // nginx listens at 80
    socketLine("0100007F:1538", "00000000:0000", "0A", 102) + // postgres listens at 127.0.0.1:5432
    socketLine("0500000A:0050", "0900000A:C350", "01", 103) + // a client has called nginx
    socketLine("0500000A:9C40", "0800000A:1538", "01", 104) + // two connections of app to 10.0.0.8:5432
    socketLine("0500000A:9C41", "0800000A:1538", "01", 105) +
    socketLine("0100007F:9C42", "0100007F:1538", "01", 106) + // within the machine
    socketLine("0500000A:9C43", "0500000A:0050", "01", 107) +
    socketLine("0500000A:9C44", "0800000A:01BB", "06", 0) + // time_wait
    socketLine("0500000A:9C45", "09090909:01BB", "01", 999), // its owner cannot be seen
  "/proc/net/tcp6": SOCKET_HEADER +
    socketLine(`${"0".repeat(32)}:0050`, `${"0".repeat(32)}:0000`, "0A", 111) +
    socketLine(
      "0000000000000000FFFF00000500000A:9C46",
      "0000000000000000FFFF00000700000A:01BB",
      "01",
      112,
    ) +
    socketLine(
      "B80D0120000000000000000007000000:9C47",
      "B80D0120000000000000000001000000:01BB",
      "01",
      113,
    ),
  "/proc/net/udp": SOCKET_HEADER +
    socketLine("00000000:14E9", "00000000:0000", "07", 121) + // mDNS
    socketLine("00000000:D431", "00000000:0000", "07", 122) + // a resolver's socket, ephemeral
    socketLine("0500000A:D432", "0300000A:0035", "01", 123),
  ...processTable(1, "systemd", { executable: "/usr/lib/systemd/systemd" }),
  ...processTable(2, "kthreadd", { flags: 2_129_984 }),
  ...processTable(300, "nginx", { executable: "/usr/sbin/nginx", sockets: [101, 111] }),
  ...processTable(301, "nginx", {
    executable: "/usr/sbin/nginx (deleted)",
    sockets: [101, 111, 103],
  }),
  ...processTable(310, "postgres", {
    executable: "/usr/lib/postgresql/15/bin/postgres",
    sockets: [102],
  }),
  ...processTable(320, "application-ser", {
    executable: "/opt/app/application-server",
    sockets: [104, 105, 106, 107, 112, 113, 122],
  }),
  ...processTable(330, "avahi-daemon", { sockets: [121, 123] }),
  ...processTable(340, "gone", { state: "Z" }),
};

export const DOCKER_HOST_ADDRESSES: LinkAddress[] = [
  { interface: "lo", address: "127.0.0.1/8" },
  { interface: "ens3", address: "10.0.0.5/24" },
  { interface: "docker0", address: "172.17.0.1/16" },
  { interface: "wg0", address: "10.8.0.2/24" },
];
