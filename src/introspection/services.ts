/** The services that systemd runs on this machine. Their commands and environments are not asked for: secrets are there. */
import type { ConfigureSoftware } from "../domain/software.ts";
import { byCodeUnit } from "../domain/values.ts";
import { serviceOf } from "./control_groups.ts";
import type { MachineFiles } from "./files.ts";
import { parsed, textAt } from "./json.ts";
import { asName } from "./names.ts";
import type { Process } from "./processes.ts";
import type { Scan } from "./scan.ts";
import { ProgramFailed, type RunProgram } from "./system_programs.ts";

/** A service unit of systemd. */
export interface Service {
  /** Without `.service`. */
  name: string;
  /** `active_state`, `sub_state` and `description`, as osquery's `systemd_units` calls them. */
  configuration: Record<string, string>;
}

const LIST = "list-units --type=service --all --output=json --no-pager --plain --no-legend";
/** A description longer than this is prose. */
const LONGEST_DESCRIPTION = 200;

/**
 * The services that are loaded and active, sorted by name, as functions of who has them. Where systemd cannot be asked
 * they are those that processes belong to, and not all: a service may be active without a process.
 *
 * @param run asks systemctl; absent where we are not on the machine
 */
export async function services(
  files: MachineFiles,
  processes: Process[],
  run?: RunProgram,
): Promise<Scan<(computeId: string) => ConfigureSoftware[]>> {
  const told = run && files.has("/run/systemd/system") ? await ask(files, run) : undefined;
  const all = told ?? processes.flatMap(({ cgroups = "" }) => {
    const name = serviceOf(cgroups);
    return name === undefined ? [] : [{ name, configuration: { active_state: "active" } }];
  });
  const byName = new Map(
    all.flatMap((each) => {
      const name = asName(each.name);
      return name === undefined || isPassing(name) ? [] : [[name, each.configuration] as const];
    }),
  );
  const sorted = [...byName].sort(([a], [b]) => byCodeUnit(a, b));
  return {
    found: (compute) =>
      sorted.map(([name, configuration]) => ({
        compute,
        name,
        kind: "service",
        source: "systemd",
        configuration,
      })),
    complete: told ? ["software/service/systemd"] : [],
  };
}

async function ask(files: MachineFiles, run: RunProgram): Promise<Service[] | undefined> {
  try {
    const found = parseUnits(await run("systemctl", LIST.split(" ")));
    // A system that systemd has booted has services.
    if (found.length === 0) throw new ProgramFailed("systemctl told of no service");
    return found;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    files.gap("systemd services", error.message);
    return undefined;
  }
}

/**
 * The loaded and active services in what `systemctl list-units` prints: JSON, or from versions before 246 a table of
 * unit, load, active, sub and description.
 */
export function parseUnits(text: string): Service[] {
  const units = parsed(text);
  return Array.isArray(units)
    ? units.flatMap((unit) =>
      service(["unit", "load", "active", "sub", "description"].map((key) => textAt(unit, key)))
    )
    : text.split("\n").flatMap((line) => {
      const [, ...columns] = line.match(/^\W?\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(.*)$/) ?? [];
      return service(columns);
    });
}

function service(
  [unit = "", load, active, sub, description]: readonly (string | undefined)[],
): Service[] {
  if (load !== "loaded" || active !== "active" || !unit.endsWith(".service")) return [];
  const short = description && description.length <= LONGEST_DESCRIPTION ? description : undefined;
  const named = { active_state: active, sub_state: sub, description: short };
  return [{
    name: unit.slice(0, -".service".length),
    configuration: Object.fromEntries(
      Object.entries(named).flatMap(([key, value]) => {
        const text = asName(value);
        return text === undefined ? [] : [[key, text]];
      }),
    ),
  }];
}

/** Made for one command (systemd-run) or one connection (a socket unit's `Accept=yes`), and named after its number. */
function isPassing(name: string): boolean {
  return /^run-[rpu]?[0-9a-f]|@\d+-/.test(name);
}
