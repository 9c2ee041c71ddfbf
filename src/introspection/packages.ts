/** Installed packages: what each package manager has in its database. */
import type { ConfigureSoftware } from "../domain/software.ts";
import { byCodeUnit } from "../domain/values.ts";
import { apkPackages } from "./apk.ts";
import { dpkgPackages } from "./dpkg.ts";
import type { MachineFiles } from "./files.ts";
import { homebrewPackages } from "./homebrew.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import { npmPackages } from "./npm.ts";
import type { Installed, Package } from "./package.ts";
import { pipPackages } from "./pip.ts";
import { rpmPackages } from "./rpm.ts";
import type { Scan } from "./scan.ts";
import type { RunProgram } from "./system_programs.ts";

/**
 * The packages of every package manager found, as functions of who has them, sorted by manager and name.
 *
 * @param run asks rpm; absent where we are not on the machine
 */
export async function packages(
  files: MachineFiles,
  run?: RunProgram,
): Promise<Scan<(computeId: string) => ConfigureSoftware[]>> {
  const all = [
    apkPackages(files),
    ...homebrewPackages(files),
    dpkgPackages(files),
    npmPackages(files),
    pipPackages(files),
    await rpmPackages(files, run),
  ];
  return {
    found: (computeId) => all.flatMap((installed) => configured(installed, computeId)),
    complete: all.filter(({ whole }) => whole).map(({ source }) => `software/package/${source}`),
  };
}

/**
 * A name for each package: its own, or `name:architecture` for one that was built for another architecture than most
 * here, so that a name does not depend on what else is installed. Of several versions (kernels, which rpm installs side
 * by side) all are in `version`, sorted and joined with `, `.
 */
function configured({ source, packages }: Installed, computeId: string): ConfigureSoftware[] {
  const own = new Set(["", "all", "noarch", commonArchitecture(packages)]);
  const versions = new Map<string, Set<string>>();
  for (const { name, version = "", architecture = "" } of packages) {
    const unique = asName(own.has(architecture) ? name : `${name}:${architecture}`);
    if (unique !== undefined) {
      versions.set(unique, (versions.get(unique) ?? new Set()).add(version));
    }
  }
  return [...versions].sort(([a], [b]) => byCodeUnit(a, b)).map(([name, all]) => ({
    compute: computeId,
    name,
    kind: "package",
    source,
    ...known({ version: asName([...all].filter(Boolean).sort(byCodeUnit).join(", ")) }),
  }));
}

function commonArchitecture(packages: Package[]): string {
  const counts = new Map<string, number>();
  for (const { architecture = "" } of packages) {
    if (!["", "all", "noarch"].includes(architecture)) {
      counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || byCodeUnit(a, b));
  return sorted[0]?.[0] ?? "";
}
