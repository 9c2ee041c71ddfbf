/** The packages of Alpine Linux. */
import type { MachineFiles } from "./files.ts";
import type { Installed, Package } from "./package.ts";

/** Reads apk's database. */
export function apkPackages(files: MachineFiles): Installed {
  const packages = parseApk(files.text("/lib/apk/db/installed") ?? "");
  return { source: "apk", packages, whole: packages.length > 0 };
}

/** The packages in the text of /lib/apk/db/installed. */
export function parseApk(text: string): Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (letter: string) =>
      paragraph.match(new RegExp(`^${letter}:(.*)$`, "m"))?.[1]?.trim() ?? "";
    const name = field("P");
    return name === "" ? [] : [{ name, version: field("V"), architecture: field("A") }];
  });
}
