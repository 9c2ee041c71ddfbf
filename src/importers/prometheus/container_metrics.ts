/** cAdvisor's metrics of containers, its own and the kubelet's, as OpenTelemetry's. */
import type { ImportedMetric } from "./metric.ts";

/** Only containers have such a number; control groups of services have none, and what keeps a pod's namespaces is none. */
export const CONTAINERS = `id=~".*[0-9a-f]{64}(?:[.]scope)?",container!="POD"`;

const counters = (metric: string) => `last(${metric}, ${CONTAINERS})`;
const CPU = "container_cpu_usage_seconds_total";

/** What is asked of cAdvisor. */
export const CONTAINER_METRICS: readonly ImportedMetric[] = ([
  {
    name: "container.cpu.time",
    unit: "s",
    query: `sum without (cpu) (${counters(CPU)})`,
  },
  {
    name: "container.cpu.usage",
    unit: "{cpu}",
    // Where it was started anew, nothing is known of the step.
    query: `sum without (cpu) (${counters(CPU)} - before(${CPU}, ${CONTAINERS}) >= 0) / $step`,
  },
  {
    name: "container.memory.usage",
    unit: "By",
    query: counters("container_memory_usage_bytes"),
  },
  {
    name: "container.memory.working_set",
    unit: "By",
    query: counters("container_memory_working_set_bytes"),
  },
  ...["receive", "transmit"].map((direction): ImportedMetric => ({
    name: "container.network.io",
    unit: "By",
    attributes: { "network.interface.name": "$interface", "network.io.direction": direction },
    query: counters(`container_network_${direction}_bytes_total`),
  })),
  ...Object.entries({ read: "reads", write: "writes" }).map(
    ([direction, metric]): ImportedMetric => ({
      name: "container.disk.io",
      unit: "By",
      attributes: { "system.device": "$device", "disk.io.direction": direction },
      query: counters(`container_fs_${metric}_bytes_total`),
    }),
  ),
  {
    name: "container.uptime",
    unit: "s",
    query: `time() - ${counters("container_start_time_seconds")}`,
  },
] satisfies ImportedMetric[]).map((metric) => ({ ...metric, isContainer: true }));
