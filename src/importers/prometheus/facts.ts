/** What exporters tell of the machines that they are on: which labels of which metrics. */
import { CONTAINERS } from "./container_metrics.ts";

/** What is known of a target, under names of ours. */
export type FactName =
  | "name"
  | "machine_id"
  | "host_id"
  | "dmi_uuid"
  | "serial"
  | "manufacturer"
  | "model"
  | "firmware"
  | "board"
  | "architecture"
  | "cpu_model"
  | "cpu_cores"
  | "memory_bytes"
  | "os_name"
  | "os_version"
  | "kernel"
  | "boot_seconds"
  | "mac_address"
  | "mtu"
  | "speed_bytes"
  | "address"
  | "netmask"
  | "id"
  | "image"
  | "pod"
  | "namespace";

/** A metric that tells facts. */
export interface FactMetric {
  metric: string;
  /** Only of these series. */
  matchers?: string;
  /** What to ask instead of for the newest sample of the metric. */
  query?: string;
  /** Labels, and which facts they are. */
  labels?: Record<string, FactName>;
  /** Which fact its value is. */
  value?: FactName;
  /** The label that says which interface or container it is about, where it is not about the machine. */
  part?: { label: string; kind: "interfaces" | "containers" };
}

/** The metrics that tell facts; of two that tell the same the first counts. Without any, one only says that there is a target. */
export const FACT_METRICS: readonly FactMetric[] = [
  { metric: "node_os_info", labels: { name: "os_name", version_id: "os_version" } },
  {
    metric: "node_uname_info",
    labels: { nodename: "name", machine: "architecture", release: "kernel", sysname: "os_name" },
  },
  {
    metric: "node_dmi_info",
    labels: {
      system_vendor: "manufacturer",
      product_name: "model",
      product_serial: "serial",
      product_uuid: "dmi_uuid",
      bios_vendor: "firmware",
      board_vendor: "board",
    },
  },
  { metric: "node_cpu_info", matchers: `cpu="0"`, labels: { model_name: "cpu_model" } },
  {
    metric: "node_cpu_seconds_total",
    query: `count without (cpu, mode) (last(node_cpu_seconds_total, mode="idle"))`,
    value: "cpu_cores",
  },
  { metric: "node_memory_MemTotal_bytes", value: "memory_bytes" },
  { metric: "node_boot_time_seconds", value: "boot_seconds" },
  {
    metric: "node_network_info",
    labels: { address: "mac_address" },
    part: { label: "device", kind: "interfaces" },
  },
  {
    metric: "node_network_mtu_bytes",
    value: "mtu",
    part: { label: "device", kind: "interfaces" },
  },
  {
    metric: "node_network_speed_bytes",
    value: "speed_bytes",
    part: { label: "device", kind: "interfaces" },
  },
  {
    metric: "node_network_address_info",
    labels: { address: "address", netmask: "netmask" },
    part: { label: "device", kind: "interfaces" },
  },
  {
    metric: "machine_cpu_cores",
    labels: { machine_id: "machine_id", system_uuid: "dmi_uuid" },
    value: "cpu_cores",
  },
  {
    metric: "machine_memory_bytes",
    labels: { machine_id: "machine_id", system_uuid: "dmi_uuid" },
    value: "memory_bytes",
  },
  { metric: "cadvisor_version_info", labels: { kernelVersion: "kernel", osVersion: "os_name" } },
  {
    metric: "container_memory_usage_bytes",
    matchers: CONTAINERS,
    labels: {
      id: "id",
      name: "name",
      container: "name",
      image: "image",
      pod: "pod",
      namespace: "namespace",
    },
    part: { label: "id", kind: "containers" },
  },
  {
    metric: "target_info",
    labels: {
      host_name: "name",
      host_id: "host_id",
      host_arch: "architecture",
      os_type: "os_name",
      os_name: "os_name",
      os_version: "os_version",
    },
  },
  { metric: "system_cpu_logical_count", value: "cpu_cores" },
  { metric: "system_memory_limit_bytes", value: "memory_bytes" },
  { metric: "node_load1" },
  { metric: "system_cpu_time_seconds_total" },
  { metric: "system_memory_usage_bytes" },
];
