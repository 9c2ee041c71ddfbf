/** The packages that npm installed for all users. */
import type { MachineFiles } from "./files.ts";
import { parsed, textAt } from "./json.ts";
import type { Installed, Package } from "./package.ts";

const FOLDERS = ["/usr", "/usr/local", "/opt/homebrew"].map((prefix) =>
  `${prefix}/lib/node_modules`
);

/** The packages named by their folders, `@scope/name` too; one whose package.json is none has no version. */
export function npmPackages(files: MachineFiles): Installed {
  const { found, whole } = files.whole(() =>
    FOLDERS.flatMap((folder) => inFolder(files, folder).map((name) => read(files, folder, name)))
  );
  return { source: "npm", packages: found, whole: whole && found.length > 0 };
}

function inFolder(files: MachineFiles, folder: string): string[] {
  // npm renames a package to `.name-abcdefgh` while it replaces it.
  const visible = (path: string) => files.list(path).filter((name) => !name.startsWith("."));
  return visible(folder).flatMap((name) =>
    name.startsWith("@") ? visible(`${folder}/${name}`).map((inner) => `${name}/${inner}`) : [name]
  );
}

function read(files: MachineFiles, folder: string, name: string): Package {
  const path = `${folder}/${name}/package.json`;
  const text = files.text(path);
  const manifest = parsed(text ?? "");
  if (manifest === undefined && text !== undefined) files.gap(path, "not JSON");
  return { name, version: textAt(manifest, "version") };
}
