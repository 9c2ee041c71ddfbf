/** An hour of a small house, as its Prometheus has it: two machines, a container, and what goes wrong. */
import type { History } from "./prometheus_server.ts";

/** When it begins and ends, in seconds since 1970; a day ago, in whole hours. */
export const BEGIN: number = Math.floor(Date.now() / 3_600_000) * 3_600 - 86_400;
/** The last minute of it. */
export const END: number = BEGIN + 3_600;
/** When web-1 starts anew, with another kernel and its counters at nothing. */
export const REBOOT: number = BEGIN + 1_800;
/** From when to when nobody scrapes web-1. */
export const GAP: readonly [number, number] = [BEGIN + 600, BEGIN + 900];
/** From when to when its scrapes fail. */
export const DOWN: readonly [number, number] = [BEGIN + 2_400, BEGIN + 2_520];
/** The number of the container on web-1. */
export const CONTAINER: string = "5b".repeat(32);
/** The machine id that cAdvisor knows of web-1. */
export const MACHINE_ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

const EVERY = 15;
const GB = 1e9;

type At = (seconds: number) => number | string | undefined;

/** A series with a value every 15 s, where it has one. */
function series(name: string, labels: Record<string, string>, at: At): History {
  const inside = Object.entries(labels).map(([label, value]) =>
    `${label}=${JSON.stringify(value)}`
  );
  const values: [number, number | string][] = [];
  for (let seconds = BEGIN - 120; seconds <= END; seconds += EVERY) {
    const value = at(seconds);
    if (value !== undefined) values.push([seconds, value]);
  }
  return { series: `${name}{${inside.join(",")}}`, values };
}

const isIn = (seconds: number, [from, to]: readonly [number, number]) =>
  seconds > from && seconds < to;
/** What is scraped of web-1: nothing in the gap, nor while it is down. */
const scraped = (at: At): At => (seconds) =>
  isIn(seconds, GAP) || isIn(seconds, DOWN) ? undefined : at(seconds);
/** A counter of web-1, so much a second since it was started. */
const counter = (rate: number, before = 0): At =>
  scraped((seconds) =>
    seconds < REBOOT ? before + (seconds - BEGIN + 120) * rate : (seconds - REBOOT) * rate
  );
const gauge = (value: number): At => scraped(() => value);

/** One machine, which node_exporter, cAdvisor and, a second time, node_exporter under its address tell of. */
function webOne(): History[] {
  const node = { job: "node", instance: "web-1.example.org:9100" };
  const again = { job: "node-by-address", instance: "10.0.0.1:9100" };
  const cadvisor = { job: "cadvisor", instance: "web-1.example.org:8080" };
  const uname = { nodename: "web-1", machine: "x86_64", sysname: "Linux" };
  const container = { ...cadvisor, id: `/docker/${CONTAINER}`, name: "shop", image: "shop:1" };
  const modes: Record<string, number> = {
    idle: 0.75,
    user: 0.125,
    system: 0.0625,
    irq: 0.03125,
    softirq: 0.03125,
    iowait: 0,
  };
  return [
    series("up", node, (at) => isIn(at, GAP) ? undefined : at >= DOWN[0] && at < DOWN[1] ? 0 : 1),
    series(
      "node_uname_info",
      { ...node, ...uname, release: "6.1.0" },
      (at) => at < REBOOT ? 1 : undefined,
    ),
    series(
      "node_uname_info",
      { ...node, ...uname, release: "6.2.0" },
      scraped((at) => at >= REBOOT ? 1 : undefined),
    ),
    series(
      "node_uname_info",
      { ...again, ...uname, release: "6.1.0" },
      (at) => at < REBOOT ? 1 : undefined,
    ),
    series(
      "node_uname_info",
      { ...again, ...uname, release: "6.2.0" },
      (at) => at >= REBOOT ? 1 : undefined,
    ),
    series("node_os_info", { ...node, name: "Debian GNU/Linux", version_id: "12" }, gauge(1)),
    series(
      "node_dmi_info",
      { ...node, system_vendor: "QEMU", product_name: "Standard PC" },
      gauge(1),
    ),
    series("node_boot_time_seconds", node, scraped((at) => at < REBOOT ? BEGIN - 5_000 : REBOOT)),
    series("node_boot_time_seconds", again, (at) => at < REBOOT ? BEGIN - 5_000 : REBOOT + 1),
    series("node_time_seconds", node, scraped((at) => at)),
    ...Object.entries(modes).flatMap(([mode, share]) =>
      ["0", "1"].map((cpu) =>
        series("node_cpu_seconds_total", { ...node, cpu, mode }, counter(share, 1_000))
      )
    ),
    series(
      "node_load1",
      node,
      scraped((at) => at === BEGIN + 300 ? "NaN" : at === BEGIN + 360 ? "+Inf" : 0.5),
    ),
    series("node_load1", again, () => 0.75),
    ...Object.entries({ MemTotal: 8, MemFree: 2, Buffers: 0.5, Cached: 1, SReclaimable: 0.5 })
      .map(([field, bytes]) => series(`node_memory_${field}_bytes`, node, gauge(bytes * GB))),
    ...["/", "/var/lib/shop"].flatMap((mountpoint) => {
      const labels = { ...node, device: "/dev/vda1", fstype: "ext4", mountpoint };
      return Object.entries({ size: 100, free: 40, avail: 35 })
        .map(([what, bytes]) => series(`node_filesystem_${what}_bytes`, labels, gauge(bytes * GB)));
    }),
    series(
      "node_network_info",
      { ...node, device: "eth0", address: "52:54:00:00:00:01" },
      gauge(1),
    ),
    series("node_network_mtu_bytes", { ...node, device: "eth0" }, gauge(1_500)),
    series("node_network_speed_bytes", { ...node, device: "eth0" }, gauge(125e6)),
    series("node_network_receive_bytes_total", { ...node, device: "eth0" }, counter(1_000)),
    series("machine_cpu_cores", { ...cadvisor, machine_id: MACHINE_ID }, () => 2),
    series("container_memory_usage_bytes", container, (at) => 1e6 + (at - BEGIN)),
    series(
      "container_cpu_usage_seconds_total",
      { ...container, cpu: "total" },
      (at) => (at - BEGIN + 120) / 4,
    ),
    series(
      "container_memory_usage_bytes",
      { ...cadvisor, id: "/system.slice/ssh.service" },
      () => 1e6,
    ),
  ];
}

/** A machine whose OpenTelemetry collector pushes. */
function pushed(): History[] {
  const collector = { job: "otelcol", instance: "3f2a" };
  const states: Record<string, number> = {
    idle: 0.5,
    user: 0.25,
    wait: 0.125,
    interrupt: 0.0625,
    softirq: 0.0625,
  };
  return [
    series("target_info", {
      ...collector,
      host_name: "push-1",
      host_id: "ab".repeat(8) + "cd".repeat(8),
      os_type: "linux",
    }, () => 1),
    ...Object.entries(states).map(([state, share]) =>
      series(
        "system_cpu_time_seconds_total",
        { ...collector, cpu: "cpu0", state },
        (at) => (at - BEGIN + 120) * share,
      )
    ),
    ...Object.entries({ used: 3, free: 1 }).map(([state, bytes]) =>
      series("system_memory_usage_bytes", { ...collector, state }, () => bytes * GB)
    ),
    series(
      "system_network_io_bytes_total",
      { ...collector, device: "eth0", direction: "receive" },
      (at) => (at - BEGIN + 120) * 10,
    ),
  ];
}

/** All of it. */
export const HISTORY: readonly History[] = [
  ...webOne(),
  ...pushed(),
  // Two different machines that are called alike, and one of which nothing says where it is.
  ...["10.0.0.7:9100", "10.0.0.8:9100"].flatMap((instance, index) => {
    const labels = { job: "node", instance };
    return [
      series("node_uname_info", { ...labels, nodename: "debian", release: "6.1.0" }, () => 1),
      series("node_boot_time_seconds", labels, () => BEGIN - 1_000 * (index + 1)),
      series("node_load1", labels, () => index),
    ];
  }),
  series("node_load1", { job: "lost", instance: "localhost:9100" }, () => 1),
];
