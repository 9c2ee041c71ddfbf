/** Installed packages: what dpkg, apk and rpm have in their databases. */
import type { ConfigureSoftware } from "../domain/software.ts";
import { byCodeUnit } from "../domain/values.ts";
import type { MachineFiles } from "./files.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";
import { rpmPackages } from "./rpm.ts";

/** An installed package. */
export interface Package {
  name: string;
  version: string;
  /** As the package manager names it; decides the name when two architectures of a package are installed. */
  architecture: string;
}

/**
 * The packages of every package manager found, as functions of who has them, sorted by manager and name.
 *
 * @param signal stops the rpm query
 */
export async function packages(
  files: MachineFiles,
  signal?: AbortSignal,
): Promise<(computeId: string) => ConfigureSoftware[]> {
  const apk = parseApk(files.text("/lib/apk/db/installed") ?? "");
  const dpkg = parseDpkg(files.text("/var/lib/dpkg/status") ?? "");
  const rpm = await rpmPackages(files, signal);
  return (computeId) => [
    ...configured("apk", apk, computeId),
    ...configured("dpkg", dpkg, computeId),
    ...configured("rpm", rpm, computeId),
  ];
}

/** The installed packages in the text of /var/lib/dpkg/status; removed ones that left files behind are not. */
export function parseDpkg(text: string): Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string) =>
      paragraph.match(new RegExp(`^${name}: *(.*)$`, "m"))?.[1]?.trim() ?? "";
    if (!/^\S+ ok installed$/.test(field("Status"))) return [];
    return [{
      name: field("Package"),
      version: field("Version"),
      architecture: field("Architecture"),
    }];
  });
}

/** The packages in the text of /lib/apk/db/installed. */
export function parseApk(text: string): Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (letter: string) =>
      paragraph.match(new RegExp(`^${letter}:(.*)$`, "m"))?.[1]?.trim() ?? "";
    return [{ name: field("P"), version: field("V"), architecture: field("A") }];
  });
}

/**
 * A name for each package: its own, or `name:architecture` for one that was built for another architecture than most
 * here, so that a name does not depend on what else is installed. Of several versions (kernels, which rpm installs side
 * by side) all are in `version`, sorted and joined with `, `.
 */
function configured(source: string, packages: Package[], computeId: string): ConfigureSoftware[] {
  const own = new Set(["", "all", "noarch", commonArchitecture(packages)]);
  const versions = new Map<string, Set<string>>();
  for (const { name, version, architecture } of packages) {
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
    ...known({ version: asName([...all].sort(byCodeUnit).join(", ")) }),
  }));
}

function commonArchitecture(packages: Package[]): string {
  const counts = new Map<string, number>();
  for (const { architecture } of packages) {
    if (!["", "all", "noarch"].includes(architecture)) {
      counts.set(architecture, (counts.get(architecture) ?? 0) + 1);
    }
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || byCodeUnit(a, b));
  return sorted[0]?.[0] ?? "";
}
