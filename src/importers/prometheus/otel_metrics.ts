/** OpenTelemetry's host metrics under the names that they have in Prometheus, of the collector and of the conventions. */
import type { ImportedMetric } from "./metric.ts";

/** The collector's states that the conventions call otherwise. */
const OTHERS = `state!~"wait|interrupt|softirq"`;
const RENAMED = { iowait: `state="wait"`, interrupt: `state=~"interrupt|softirq"` };
const passed = (matchers: string) =>
  `clamp_min(last(system_cpu_time_seconds_total${matchers}) - before(system_cpu_time_seconds_total${matchers}), 0)`;
const ALL_PASSED = `sum without (cpu, state, cpu_mode) (${passed("")})`;

const FILESYSTEM = {
  "system.device": "$system_device|device",
  "system.filesystem.mountpoint": "$system_filesystem_mountpoint|mountpoint",
  "system.filesystem.type": "$system_filesystem_type|type",
  "system.filesystem.state": "$system_filesystem_state|state",
};
const MEMORY = { "system.memory.state": "$system_memory_state|state" };
const DISK = {
  "system.device": "$system_device|device",
  "disk.io.direction": "$disk_io_direction|direction",
};
const LINK = {
  "network.interface.name": "$network_interface_name|device",
  "network.io.direction": "$network_io_direction|direction",
};

/** What is asked of OpenTelemetry. Where node_exporter tells of the same host as well, that counts. */
export const OTEL_METRICS: readonly ImportedMetric[] = [
  {
    name: "system.cpu.time",
    unit: "s",
    attributes: { "cpu.mode": "$cpu_mode|state" },
    query: `sum without (cpu) (last(system_cpu_time_seconds_total, ${OTHERS}))`,
  },
  {
    name: "system.cpu.utilization",
    unit: "1",
    attributes: { "cpu.mode": "$cpu_mode|state" },
    query: `sum without (cpu) (${passed(`, ${OTHERS}`)})` +
      ` / ignoring (state, cpu_mode) group_left ${ALL_PASSED}`,
  },
  ...Object.entries(RENAMED).flatMap(([mode, matchers]): ImportedMetric[] => [
    {
      name: "system.cpu.time",
      unit: "s",
      attributes: { "cpu.mode": mode },
      query: `sum without (cpu, state) (last(system_cpu_time_seconds_total, ${matchers}))`,
    },
    {
      name: "system.cpu.utilization",
      unit: "1",
      attributes: { "cpu.mode": mode },
      query: `sum without (cpu, state) (${passed(`, ${matchers}`)}) / ${ALL_PASSED}`,
    },
  ]),
  {
    name: "system.cpu.utilization",
    unit: "1",
    attributes: { "cpu.mode": "$cpu_mode|state" },
    query: `avg without (cpu) (last(system_cpu_utilization_ratio, ${OTHERS}))`,
  },
  { name: "system.cpu.logical.count", unit: "{cpu}", query: "last(system_cpu_logical_count)" },
  ...["1", "5", "15"].map((minutes): ImportedMetric => ({
    name: `system.cpu.load_average.${minutes}m`,
    unit: "1",
    query: `last(system_cpu_load_average_${minutes}m)`,
  })),
  { name: "system.memory.limit", unit: "By", query: "last(system_memory_limit_bytes)" },
  {
    name: "system.memory.usage",
    unit: "By",
    attributes: MEMORY,
    query: "last(system_memory_usage_bytes)",
  },
  {
    name: "system.memory.utilization",
    unit: "1",
    attributes: MEMORY,
    query: "last(system_memory_utilization_ratio)",
  },
  {
    name: "system.memory.utilization",
    unit: "1",
    attributes: MEMORY,
    query: "last(system_memory_usage_bytes)" +
      " / ignoring (state, system_memory_state) group_left" +
      " sum without (state, system_memory_state) (last(system_memory_usage_bytes))",
  },
  {
    name: "system.paging.usage",
    unit: "By",
    attributes: { "system.paging.state": "$system_paging_state|state" },
    query: "sum without (device, system_device) (last(system_paging_usage_bytes))",
  },
  {
    name: "system.filesystem.usage",
    unit: "By",
    attributes: FILESYSTEM,
    query: "last(system_filesystem_usage_bytes)",
    oncePerDevice: true,
  },
  {
    name: "system.filesystem.utilization",
    unit: "1",
    attributes: FILESYSTEM,
    query: "last(system_filesystem_usage_bytes)" +
      " / ignoring (state, system_filesystem_state) group_left" +
      " sum without (state, system_filesystem_state) (last(system_filesystem_usage_bytes))",
    oncePerDevice: true,
  },
  {
    name: "system.disk.io",
    unit: "By",
    attributes: DISK,
    query: "last(system_disk_io_bytes_total)",
  },
  {
    name: "system.disk.operations",
    unit: "{operation}",
    attributes: DISK,
    query: "last(system_disk_operations_total)",
  },
  {
    name: "system.disk.operation_time",
    unit: "s",
    attributes: DISK,
    query: "last(system_disk_operation_time_seconds_total)",
  },
  {
    name: "system.network.io",
    unit: "By",
    attributes: LINK,
    query: "last(system_network_io_bytes_total)",
  },
  ...["packets_total", "packet_count_total"].map((metric): ImportedMetric => ({
    name: "system.network.packet.count",
    unit: "{packet}",
    attributes: LINK,
    query: `last(system_network_${metric})`,
  })),
  ...["dropped_total", "packet_dropped_total"].map((metric): ImportedMetric => ({
    name: "system.network.packet.dropped",
    unit: "{packet}",
    attributes: LINK,
    query: `last(system_network_${metric})`,
  })),
  {
    name: "system.network.errors",
    unit: "{error}",
    attributes: LINK,
    query: "last(system_network_errors_total)",
  },
  {
    name: "system.process.count",
    unit: "{process}",
    query: "sum without (status) (last(system_processes_count))",
  },
  { name: "system.uptime", unit: "s", query: "last(system_uptime_seconds)" },
];
