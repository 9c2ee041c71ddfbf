/** What every Linux has: the least that introspection reads without a gap. */
import { linkTable, type MachineTable } from "../machine_folder.ts";

export const SOCKET_HEADER =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

/** A line of a socket table. */
export function socketLine(local: string, remote: string, state: string, inode: number): string {
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
}

export const ROUTE_HEADER =
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

/** A line of /proc/net/dev. */
export function counterLine(name: string): string {
  return `${name.padStart(6)}: 1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n`;
}

/** The host's namespaces, as every machine has them that is no container. */
export const HOST_NAMESPACES: MachineTable = {
  "/proc/self/ns/pid": { link: "pid:[4026531836]" },
  "/proc/self/ns/cgroup": { link: "cgroup:[4026531835]" },
  "/proc/self/cgroup": "0::/user.slice/user-1000.slice/session-3.scope\n",
  "/proc/1/cgroup": "0::/init.scope\n",
};

/** A container's own namespaces. */
export const FOREIGN_NAMESPACES: MachineTable = {
  "/proc/self/ns/pid": { link: "pid:[4026532441]" },
  "/proc/self/ns/cgroup": { link: "cgroup:[4026532504]" },
  "/proc/self/cgroup": "0::/\n",
  "/proc/1/cgroup": "0::/\n",
};

const FLAGS = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr sse sse2 ht";

/** The text of /proc/cpuinfo of an x86 processor. */
export function cpuinfo(model: string, virtual: boolean): string {
  return [0, 1].map((processor) =>
    `processor\t: ${processor}\nmodel name\t: ${model}\nflags\t\t: ${FLAGS}${
      virtual ? " hypervisor" : ""
    } lahf_lm\n\n`
  ).join("");
}

/** A plain machine named `plain`: two processors, 16 GiB, lo and nothing else. */
export const COMMON: MachineTable = {
  "/etc/os-release": 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  "/proc/sys/kernel/hostname": "plain\n",
  "/proc/sys/kernel/osrelease": "6.1.0-28-amd64\n",
  "/proc/sys/kernel/arch": "x86_64\n",
  "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "/proc/cpuinfo": cpuinfo("Intel(R) Xeon(R)  Gold 6330 CPU @ 2.00GHz", false),
  "/sys/devices/system/cpu/online": "0-1\n",
  "/proc/meminfo": "MemTotal:       16384000 kB\nMemFree:         8192000 kB\n" +
    "MemAvailable:   12000000 kB\nBuffers:          512000 kB\nCached:          2048000 kB\n" +
    "SwapTotal:       1000000 kB\nSwapFree:         750000 kB\nSReclaimable:     256000 kB\nHugePages_Total:       0\n",
  "/proc/stat": "cpu  1000 20 300 90000 50 6 4 2 0 0\ncpu0 500 10 150 45000 25 3 2 1 0 0\n" +
    "cpu1 500 10 150 45000 25 3 2 1 0 0\nintr 1\n",
  "/proc/uptime": "713.30 1366.88\n",
  "/proc/loadavg": "0.43 0.14 0.04 2/80 3965\n",
  "/proc/self/mounts": "/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n",
  "/proc/diskstats": "   8       0 sda 100 7 2000 300 50 12 1000 400 0 96 231\n" +
    "   8       1 sda1 90 7 1900 290 50 12 1000 400 0 96 231\n",
  "/sys/block/sda/size": "1953525168\n",
  "/sys/block/sda/removable": "0\n",
  "/proc/net/dev": "Inter-|   Receive                            |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
    counterLine("lo"),
  "/proc/net/route": ROUTE_HEADER,
  "/proc/net/tcp": SOCKET_HEADER,
  "/proc/net/udp": SOCKET_HEADER,
  ...HOST_NAMESPACES,
  ...linkTable("lo", { type: "772", address: "00:00:00:00:00:00", mtu: "65536" }),
};
