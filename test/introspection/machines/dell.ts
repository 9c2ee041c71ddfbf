/** A Dell server: two ports bonded, a VLAN on the bond, a bridge to the LAN for virtual machines. */
import type { LinkAddress } from "../../../src/introspection/links.ts";
import { linkTable, type MachineTable } from "../machine_folder.ts";
import { COMMON, ROUTE_HEADER } from "./common.ts";

export const DELL: MachineTable = {
  ...COMMON,
  "/proc/sys/kernel/hostname": "Rack1-Db01.example.org\n",
  "/etc/machine-id": "9c1e6f0a52e34b51b6d6a1f2c03c8f11\n",
  "/sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
  "/sys/class/dmi/id/product_name": "PowerEdge R650\n",
  "/sys/class/dmi/id/product_version": "Not Specified\n",
  "/sys/class/dmi/id/bios_vendor": "Dell Inc.\n",
  "/sys/class/dmi/id/board_vendor": "Dell Inc.\n",
  "/sys/class/dmi/id/product_serial": "7XK2QJ3\n",
  "/sys/class/dmi/id/product_uuid": "4C4C4544-0058-4B10-8032-B7C04F514A33\n",
  "/sys/block/nvme0n1/size": "3750748848\n",
  "/sys/block/nvme0c0n1/size": "3750748848\n",
  "/sys/block/nvme0c0n1/hidden": "1\n",
  "/sys/block/dm-0/size": "1000000\n",
  "/sys/block/sr0/size": "2097151\n",
  "/sys/block/loop0/size": "113536\n",
  "/sys/block/sdb/size": "60437492\n",
  "/sys/block/sdb/removable": "1\n",
  ...port("eno1"),
  ...port("eno2"),
  "/sys/class/net/bonding_masters": "bond0\n",
  ...linkTable("bond0", {
    uevent: "DEVTYPE=bond\nINTERFACE=bond0",
    "bonding/": "",
    address: "b4:45:06:aa:00:01",
    mtu: "9000",
    speed: "50000",
  }),
  ...linkTable("bond0.120", {
    uevent: "DEVTYPE=vlan\nINTERFACE=bond0.120",
    address: "b4:45:06:aa:00:01",
    ifindex: "7",
    iflink: "6",
    "lower_bond0/": "",
  }),
  "/proc/net/vlan/bond0.120": "bond0.120  VID: 120\t REORDER_HDR: 1  dev->priv_flags: 1021\n",
  ...linkTable("vmbr0", {
    uevent: "DEVTYPE=bridge\nINTERFACE=vmbr0",
    "bridge/": "",
    "brif/bond0/": "",
    address: "b4:45:06:aa:00:01",
  }),
  "/proc/net/route": ROUTE_HEADER +
    "bond0.120\t00000000\t0114140A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
    "vmbr0\t00000000\t010010AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
    "bond0.120\t0014140A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n" +
    "*\t0000A8C0\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0\n",
  "/proc/net/ipv6_route": [
    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 bond0.120",
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003 bond0.120",
    "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001 bond0.120",
    "20010db8000000000000000000000007 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001 bond0.120",
    "ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001 bond0.120",
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo",
    "",
  ].join("\n"),
  "/proc/net/if_inet6": "20010db8000000000000000000000007 07 40 00 80 bond0.120\n" +
    "20010db80000000012345678abcdef00 07 40 00 01 bond0.120\n" + // a temporary address
    "fe80000000000000b64506fffeaa0001 07 40 20 80 bond0.120\n" +
    "00000000000000000000000000000001 01 80 10 80       lo\n",
};

export const DELL_ADDRESSES: LinkAddress[] = [
  { interface: "lo", address: "127.0.0.1/8" },
  { interface: "vmbr0", address: "172.16.0.10/24" },
  { interface: "bond0.120", address: "10.20.20.7/24" },
  { interface: "bond0.120:1", address: "10.20.20.8/24" },
  { interface: "bond0", address: "192.0.2.77/32" },
];

function port(name: string): MachineTable {
  return linkTable(name, {
    "device/": "",
    address: "b4:45:06:aa:00:01",
    mtu: "9000",
    speed: "25000",
    uevent: `INTERFACE=${name}`,
  });
}
