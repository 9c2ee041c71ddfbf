/** `cim discover`: look at this machine and write to the log what is new. */
import type { Command } from "commander";
import type { Discovery } from "../discovery.ts";
import { openWorkspace } from "../workspace.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { bytes, columns, counted, visible, whole } from "../table/text.ts";

/** Adds the command to the command line. */
export function addDiscover(program: Command): void {
  program.command("discover")
    .summary("look at this machine and write to the log what is new")
    .description(
      "Looks at this machine (hardware, operating system, virtualization, interfaces, networks, connections, running\n" +
        "programs, packages; measures CPU, memory, disks and network for a second) and writes to the event log what is\n" +
        "new or has changed. Nothing is kept of command lines and environments.",
    )
    .option("--json", "print one JSON object")
    .action((options: { json?: boolean }) =>
      run(async (terminal) => {
        const discovery = await lookAround(terminal);
        if (options.json) terminal.print(JSON.stringify(discovery));
        else for (const line of describe(discovery)) terminal.print(line);
        return discovery.refused.length > 0 ? EXIT.refused : EXIT.done;
      })
    );
}

async function lookAround(terminal: Terminal): Promise<Discovery> {
  await using workspace = await openWorkspace(terminal);
  return await workspace.discover();
}

function describe(discovery: Discovery): string[] {
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
  const { networks, connections, software, measurements } = surroundings;
  const programs = software.filter(({ kind }) => kind === "process");
  const packages = software.filter(({ kind }) => kind === "package");
  const sections: [string, string[][]][] = [
    [
      "Interfaces",
      compute.interfaces.map((one) => [one.name, one.kind ?? "", one.addresses.join(" ")]),
    ],
    [
      "Networks",
      networks.map((
        one,
      ) => [one.cidr, one.kind ?? "", one.gateway ? `gateway ${one.gateway}` : ""]),
    ],
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
      connections.map(({ to, process, transport, port }) => [
        process ?? "?",
        transport ?? "",
        "address" in to ? `→ ${to.address} port ${port}` : `→ ${to.compute}`,
      ]),
    ],
    [
      "Running",
      [[`${counted(programs.length, "program")}: ${programs.map(({ name }) => name).join(", ")}`]],
    ],
    ["Installed", [[counted(packages.length, "package")]]],
    ["Measured", measurements.map((one) => [measured(one)])],
  ];
  return columns(
    sections.flatMap(([title, rows]) =>
      columns(rows.map((row) => row.map(visible))).map((line, at) => [at === 0 ? title : "", line])
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

function describeOutcome(discovery: Discovery): string[] {
  const counts = Object.values(discovery.outcomes);
  const sum = (outcome: "accepted" | "unchanged") =>
    counts.reduce((total, one) => total + one[outcome], 0);
  const { first_sequence: first, last_sequence: last } = discovery;
  return columns([
    [
      "Written",
      first === null || last === null
        ? "nothing"
        : `${counted(sum("accepted"), "event")}, sequences ${whole(first)} to ${whole(last)}`,
    ],
    ["Unchanged", counted(sum("unchanged"), "fact")],
    ...discovery.refused.map(({ message }) => ["Refused", visible(message ?? "")]),
    ...discovery.findings.map(({ message }) => ["Odd", visible(message)]),
    ...discovery.gaps.map(({ source, reason }) => ["Not read", visible(`${source}: ${reason}`)]),
  ]);
}
