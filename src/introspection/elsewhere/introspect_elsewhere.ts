/** A machine that has no /proc, as data of commands: macOS, Windows, BSD. */
import process from "node:process";
import type { ConfigureSoftware } from "../../domain/software.ts";
import { byCodeUnit } from "../../domain/values.ts";
import { MachineFiles } from "../files.ts";
import { flows } from "../flows.ts";
import type { Introspection, IntrospectionOptions } from "../introspect.ts";
import { Meter } from "../meter.ts";
import { asName } from "../names.ts";
import { networks } from "../networks.ts";
import { packages } from "../packages.ts";
import type { Scan } from "../scan.ts";
import { runningPrograms } from "../software.ts";
import { UnsupportedPlatform } from "../unsupported_platform.ts";
import { type Answers, Asker, isKnown, liveAnswers } from "./answers.ts";
import { connections, EPHEMERAL, withSockets } from "./connections.ts";
import { ElsewhereInstrument } from "./instrument.ts";
import { defaultRoute, links } from "./links.ts";
import { machine } from "./machine.ts";
import { runningProcesses } from "./programs.ts";

/** How to introspect a machine that is no Linux. */
export interface ElsewhereOptions
  extends Pick<IntrospectionOptions, "windowMilliseconds" | "clock" | "signal"> {
  /** What the machine answers; by default the running one. */
  answers?: Answers;
  /** The machine as files, for package managers that keep folders; by default the running one. */
  files?: MachineFiles;
}

/** What nobody is asked here. */
const NOT_READ = ["routes", "neighbours", "guests"];

/**
 * Reads this machine as `introspect` does on Linux. What this system does not tell is in `gaps`.
 *
 * @throws {UnsupportedPlatform} on systems that systeminformation does not know
 */
export async function introspectElsewhere(options: ElsewhereOptions = {}): Promise<Introspection> {
  const { signal } = options;
  signal?.throwIfAborted();
  const platform = options.answers?.platform ?? process.platform;
  if (!isKnown(platform)) throw new UnsupportedPlatform(platform);
  const answers = options.answers ?? await liveAnswers(signal);
  const asker = new Asker(answers, signal);
  const files = options.files ?? new MachineFiles();
  for (const source of NOT_READ) asker.gap(source);

  const { links: machineLinks, leaving } = await links(asker);
  const [{ compute, layers }, route, processes, open, installed, serving] = await Promise.all([
    machine(asker, machineLinks),
    defaultRoute(asker, leaving),
    runningProcesses(asker),
    connections(asker),
    answers.platform === "win32" ? undefined : packages(files),
    services(asker),
  ]);
  const running = withSockets(processes ?? [], open?.owners);
  const sockets = open?.sockets ?? [];
  const complete = [
    ...(machineLinks.some((link) => link.addresses.length > 0) ? ["network"] : []),
    ...(running.length > 0 ? ["software/process"] : []),
    ...[installed, serving].flatMap((scan) => scan?.complete ?? []),
  ].sort(byCodeUnit);

  const measured = await new Meter({
    ...options,
    instrument: new ElsewhereInstrument(asker),
  }).look({ processes: true });

  const addresses = new Set(
    machineLinks.flatMap((link) => link.addresses.map((each) => each.replace(/\/.*$/, ""))),
  );
  return {
    compute,
    gaps: [...asker.gaps, ...files.gaps].sort((a, b) => byCodeUnit(a.source, b.source)),
    about: (computeId) => ({
      networks: networks(machineLinks, route ? [route] : [], layers, computeId),
      connections: flows(sockets, running, addresses, computeId),
      software: [
        ...installed?.found(computeId) ?? [],
        ...runningPrograms(running, sockets, EPHEMERAL, computeId),
        ...serving.found(computeId),
      ],
      guests: [],
      measurements: measured.map((each) => ({ compute: computeId, ...each })),
      complete: [...complete],
    }),
  };
}

/** Windows' services that run, by the name that its Service Control Manager (scm) has of them. */
async function services(asker: Asker): Promise<Scan<(computeId: string) => ConfigureSoftware[]>> {
  if (asker.answers.platform !== "win32") {
    asker.gap("services");
    return { found: () => [], complete: [] };
  }
  const told = await asker.ask("services", () => asker.answers.services("*")) ?? [];
  // A person who logs on gets services of their own, named with a number that is another one each time.
  const names = told.filter(({ running, name }) => running && !/_[0-9a-f]{4,}$/.test(name))
    .flatMap(({ name }) => asName(name) ?? []);
  return {
    found: (compute) =>
      [...new Set(names)].sort(byCodeUnit).map((name) => ({
        compute,
        name,
        kind: "service",
        source: "scm",
        configuration: { active_state: "active" },
      })),
    complete: names.length > 0 ? ["software/service/scm"] : [],
  };
}
