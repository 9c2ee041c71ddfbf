/** node_exporter's metrics (1.0 and later, Linux) as OpenTelemetry's, as our own agent measures them. */
import type { ImportedMetric } from "./metric.ts";

/** Time in each mode within the step. On a reset nothing has passed, and a share of nothing is no number. */
const PASSED = "clamp_min(last(node_cpu_seconds_total) - before(node_cpu_seconds_total), 0)";
const IRQ = `mode=~"irq|softirq"`;
const NO_IRQ = `mode!~"irq|softirq"`;
const IRQ_PASSED =
  `clamp_min(last(node_cpu_seconds_total, ${IRQ}) - before(node_cpu_seconds_total, ${IRQ}), 0)`;
const NO_IRQ_PASSED =
  `clamp_min(last(node_cpu_seconds_total, ${NO_IRQ}) - before(node_cpu_seconds_total, ${NO_IRQ}), 0)`;

const TOTAL = "last(node_memory_MemTotal_bytes)";
const MEMORY: Record<string, string> = {
  used: `${TOTAL} - last(node_memory_MemFree_bytes) - last(node_memory_Buffers_bytes)` +
    " - last(node_memory_Cached_bytes) - last(node_memory_SReclaimable_bytes)",
  free: "last(node_memory_MemFree_bytes)",
  cached: "last(node_memory_Cached_bytes) + last(node_memory_SReclaimable_bytes)",
  buffers: "last(node_memory_Buffers_bytes)",
};

/** On disks of the machine itself: neither in memory, nor over a network, nor of a container's layers. */
const LOCAL =
  `fstype!~"tmpfs|ramfs|devtmpfs|rootfs|nsfs|autofs|squashfs|iso9660|udf|erofs|cramfs|fuse.*|nfs.*|cifs|smb.*|9p|ceph",` +
  `mountpoint!~"/(?:run|dev|var/lib/(?:docker|containers|containerd|kubelet))/.*"`;
const FILESYSTEM = {
  "system.device": "$device",
  "system.filesystem.mountpoint": "$mountpoint",
  "system.filesystem.type": "$fstype",
};
const SIZE = `last(node_filesystem_size_bytes, ${LOCAL})`;
const STATES: Record<string, string> = {
  used: `${SIZE} - last(node_filesystem_free_bytes, ${LOCAL})`,
  free: `last(node_filesystem_avail_bytes, ${LOCAL})`,
  reserved:
    `last(node_filesystem_free_bytes, ${LOCAL}) - last(node_filesystem_avail_bytes, ${LOCAL})`,
};

/** Neither made of others, nor of memory or files, nor for media. */
const DISKS = `device!~"(?:loop|ram|zram|dm-|md|sr|fd|nbd|zd|drbd|mtdblock|bcache).*"`;

const LINK = [
  ["system.network.io", "By", "bytes"],
  ["system.network.packet.count", "{packet}", "packets"],
  ["system.network.packet.dropped", "{packet}", "drop"],
  ["system.network.errors", "{error}", "errs"],
] as const;
const DISK = [
  ["system.disk.io", "By", { read: "read_bytes", write: "written_bytes" }],
  ["system.disk.operations", "{operation}", {
    read: "reads_completed",
    write: "writes_completed",
  }],
  ["system.disk.operation_time", "s", { read: "read_time_seconds", write: "write_time_seconds" }],
] as const;

/** What is asked of node_exporter. */
export const NODE_METRICS: readonly ImportedMetric[] = [
  {
    name: "system.cpu.time",
    unit: "s",
    attributes: { "cpu.mode": "$mode" },
    query: `sum without (cpu) (last(node_cpu_seconds_total, ${NO_IRQ}))`,
  },
  {
    name: "system.cpu.time",
    unit: "s",
    attributes: { "cpu.mode": "interrupt" },
    query: `sum without (cpu, mode) (last(node_cpu_seconds_total, ${IRQ}))`,
  },
  {
    name: "system.cpu.utilization",
    unit: "1",
    attributes: { "cpu.mode": "$mode" },
    query: `sum without (cpu) (${NO_IRQ_PASSED})` +
      ` / ignoring (mode) group_left sum without (cpu, mode) (${PASSED})`,
  },
  {
    name: "system.cpu.utilization",
    unit: "1",
    attributes: { "cpu.mode": "interrupt" },
    query: `sum without (cpu, mode) (${IRQ_PASSED}) / sum without (cpu, mode) (${PASSED})`,
  },
  {
    name: "system.cpu.logical.count",
    unit: "{cpu}",
    query: `count without (cpu, mode) (last(node_cpu_seconds_total, mode="idle"))`,
  },
  ...(["1", "5", "15"] as const).map((minutes): ImportedMetric => ({
    name: `system.cpu.load_average.${minutes}m`,
    unit: "1",
    query: `last(node_load${minutes})`,
  })),
  { name: "system.memory.limit", unit: "By", query: TOTAL },
  ...Object.entries(MEMORY).flatMap(([state, query]): ImportedMetric[] => {
    const attributes = { "system.memory.state": state };
    return [
      { name: "system.memory.usage", unit: "By", attributes, query },
      { name: "system.memory.utilization", unit: "1", attributes, query: `(${query}) / ${TOTAL}` },
    ];
  }),
  ...Object.entries({
    used: "last(node_memory_SwapTotal_bytes) - last(node_memory_SwapFree_bytes)",
    free: "last(node_memory_SwapFree_bytes)",
  }).map(([state, query]): ImportedMetric => ({
    name: "system.paging.usage",
    unit: "By",
    attributes: { "system.paging.state": state },
    query: `(${query}) and last(node_memory_SwapTotal_bytes) > 0`,
  })),
  {
    name: "system.filesystem.limit",
    unit: "By",
    attributes: FILESYSTEM,
    query: SIZE,
    oncePerDevice: true,
  },
  ...Object.entries(STATES).flatMap(([state, query]): ImportedMetric[] => {
    const attributes = { ...FILESYSTEM, "system.filesystem.state": state };
    return [
      { name: "system.filesystem.usage", unit: "By", attributes, query, oncePerDevice: true },
      {
        name: "system.filesystem.utilization",
        unit: "1",
        attributes,
        query: `(${query}) / ${SIZE}`,
        oncePerDevice: true,
      },
    ];
  }),
  ...DISK.flatMap(([name, unit, directions]) =>
    Object.entries(directions).map(([direction, metric]): ImportedMetric => ({
      name,
      unit,
      attributes: { "system.device": "$device", "disk.io.direction": direction },
      query: `last(node_disk_${metric}_total, ${DISKS})`,
    }))
  ),
  ...LINK.flatMap(([name, unit, metric]) =>
    ["receive", "transmit"].map((direction): ImportedMetric => ({
      name,
      unit,
      attributes: { "network.interface.name": "$device", "network.io.direction": direction },
      query: `last(node_network_${direction}_${metric}_total)`,
    }))
  ),
  {
    name: "system.network.connection.count",
    unit: "{connection}",
    attributes: { "network.transport": "tcp", "network.connection.state": "established" },
    query: "last(node_netstat_Tcp_CurrEstab)",
  },
  {
    name: "system.network.connection.count",
    unit: "{connection}",
    attributes: { "network.transport": "udp" },
    query: "last(node_sockstat_UDP_inuse)",
  },
  { name: "system.process.count", unit: "{process}", query: "last(node_processes_pids)" },
  {
    name: "system.uptime",
    unit: "s",
    query: "last(node_time_seconds) - last(node_boot_time_seconds)",
  },
  {
    name: "hw.temperature",
    unit: "Cel",
    attributes: { "hw.id": "$chip", "hw.name": "$sensor", "hw.type": "temperature" },
    query: "last(node_hwmon_temp_celsius)",
  },
  ...["correctable", "uncorrectable"].map((type): ImportedMetric => ({
    name: "hw.errors",
    unit: "{error}",
    attributes: { "hw.id": "$controller", "hw.type": "memory", "error.type": type },
    query: `last(node_edac_${type}_errors_total)`,
  })),
];
