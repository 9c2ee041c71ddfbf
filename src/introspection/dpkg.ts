/** The packages of Debian and its kin. */
import type { MachineFiles } from "./files.ts";
import type { Installed, Package } from "./package.ts";

/** Reads dpkg's database. */
export function dpkgPackages(files: MachineFiles): Installed {
  const text = files.text("/var/lib/dpkg/status") ?? "";
  const packages = parseDpkg(text);
  // While dpkg works, packages are neither here nor gone, and what it has done last is in a journal beside.
  const atWork = /^Status: \S+ \S+ (half-|unpacked|triggers-)/m.test(text) ||
    files.list("/var/lib/dpkg/updates").some((name) => /^\d+$/.test(name));
  return { source: "dpkg", packages, whole: packages.length > 0 && !atWork };
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
