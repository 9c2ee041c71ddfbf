/** What a discovery found out, as lines for people. */
import type { Discovery } from "../discovery.ts";
import { bytes, columns, counted, visible, whole } from "../table/text.ts";

/** A discovery as lines. */
export function describeDiscovery(discovery: Discovery): string[] {
  return [
    ...describeMachine(discovery.compute),
    "",
    ...describeSurroundings(discovery),
    "",
    ...describeOutcome(discovery),
  ];
}

function describeMachine(compute: Discovery["compute"]): string[] {
  const { machine, container } = compute.virtualization ?? {};
  const layers = [container, machine].filter((layer) => layer !== undefined);
  const system = compute.operating_system;
  return [
    `${compute.hostname} is a ${compute.resource_type.replaceAll("_", " ")}` +
    (layers.length > 0 ? ` (${layers.join(" on ")})` : ""),
    [
      [system?.name, system?.version].filter(Boolean).join(" "),
      system?.kernel && `kernel ${system.kernel}`,
      [compute.manufacturer, compute.model].filter(Boolean).join(" "),
    ],
    [
      compute.cpu_model,
      compute.cpu_cores && counted(compute.cpu_cores, "CPU"),
      compute.architecture,
      compute.memory_bytes && `${bytes(compute.memory_bytes)} memory`,
      compute.storage_bytes && `${bytes(compute.storage_bytes)} storage`,
    ],
  ].map((part) => typeof part === "string" ? part : `  ${part.filter(Boolean).join(", ")}`)
    .map(visible);
}

function describeSurroundings({ compute, surroundings }: Discovery): string[] {
  const { networks, connections, software, guests, measurements } = surroundings;
  const kind = (kind: string) => software.filter((one) => one.kind === kind);
  const flows = connections.filter((one) => one.kind === "flow");
  const neighbours = connections.filter((one) => one.kind === "neighbour");
  const address = ({ to }: (typeof connections)[number]) => "address" in to ? to.address : "";
  const programs = kind("process");
  const names = (all: { name: string }[]) => all.map(({ name }) => name).join(", ");
  const services = kind("service");
  const sections: [string, string[][]][] = [
    [
      "Interfaces",
      compute.interfaces.map((one) => [one.name, one.kind ?? "", one.addresses.join(" ")]),
    ],
    [
      "Networks",
      networks.map((one) => [
        one.cidr,
        one.kind ?? "",
        one.gateway ? `gateway ${one.gateway}` : "",
      ]),
    ],
    ["Neighbours", neighbours.map((one) => [address(one), one.from.interface ?? ""])],
    ["Guests", guests.map((one) => [one.hostname, one.resource_type.replaceAll("_", " ")])],
    [
      "Listening",
      programs.flatMap(({ name, listening = [] }) =>
        listening.map((at) => [
          name,
          at.transport,
          `${at.address.includes(":") ? `[${at.address}]` : at.address}:${at.port}`,
        ])
      ),
    ],
    [
      "Connections",
      flows.map((one) => [
        one.process ?? "?",
        one.transport ?? "",
        `→ ${address(one)} port ${one.port}`,
      ]),
    ],
    ["Services", [[`${counted(services.length, "service")}: ${names(services)}`]]],
    ["Running", [[`${counted(programs.length, "program")}: ${names(programs)}`]]],
    ["Installed", [[counted(kind("package").length, "package")]]],
    ["Measured", measurements.map((one) => [measured(one)])],
  ];
  return columns(
    sections.flatMap(([title, rows]) =>
      columns(rows.map((row) => row.map(visible))).map((line, at) => [
        at === 0 ? title : "",
        line.trimEnd(),
      ])
    ),
  );
}

function measured(
  { points, window_seconds }: Discovery["surroundings"]["measurements"][0],
): string {
  const value = (name: string, attributes: Record<string, string>) =>
    points.find((point) =>
      point.name === name &&
      Object.entries(attributes).every(([key, is]) => point.attributes?.[key] === is)
    )?.value;
  const programs = points.filter(({ name }) => name === "cim.process.count").length;
  if (programs > 0) {
    return `${counted(points.length, "value")} of ${counted(programs, "program")}`;
  }
  const idle = value("system.cpu.utilization", { "cpu.mode": "idle" });
  const memory = value("system.memory.utilization", { "system.memory.state": "used" });
  const disk = value("system.filesystem.utilization", {
    "system.filesystem.mountpoint": "/",
    "system.filesystem.state": "used",
  });
  const shares = [
    ["CPU", idle === undefined ? undefined : 1 - idle],
    ["memory", memory],
    ["disk /", disk],
  ] as const;
  return [
    `${counted(points.length, "value")}${
      window_seconds ? ` over ${window_seconds.toFixed(1)} s` : ""
    }`,
    ...shares.filter(([, share]) => share !== undefined)
      .map(([name, share]) => `${name} ${(100 * share!).toFixed(0)} %`),
  ].join(", ");
}

/** How many events a discovery wrote, how many of them removed something, and how many facts were known. */
export function totals(
  { outcomes }: Discovery,
): { accepted: number; removed: number; same: number } {
  const counts = Object.values(outcomes);
  return {
    accepted: counts.reduce((total, one) => total + one.accepted, 0),
    removed: outcomes.removals?.accepted ?? 0,
    same: counts.reduce((total, one) => total + one.unchanged, 0),
  };
}

function describeOutcome(discovery: Discovery): string[] {
  const { accepted, removed, same } = totals(discovery);
  const { first_sequence: first, last_sequence: last } = discovery;
  return columns([
    [
      "Written",
      first === null || last === null
        ? "nothing"
        : `${counted(accepted, "event")}, sequences ${whole(first)} to ${whole(last)}`,
    ],
    ["Unchanged", counted(same, "fact")],
    ...(removed > 0 ? [["Removed", `${counted(removed, "thing")} not seen any more`]] : []),
    ...discovery.refused.map(({ message }) => ["Refused", visible(message ?? "")]),
    ...discovery.findings.map(({ message }) => ["Odd", visible(message)]),
    ...discovery.gaps.map(({ source, reason }) => ["Not read", visible(`${source}: ${reason}`)]),
  ]);
}
