/** The packages of Homebrew: a folder for each, with a folder for each version in it. */
import type { MachineFiles } from "./files.ts";
import type { Installed, Package } from "./package.ts";

const PREFIXES = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"];

/** Formulae (`brew`), and applications (`brew-cask`), which may have the name of a formula and be another thing. */
export function homebrewPackages(files: MachineFiles): Installed[] {
  return [
    cellars(files, "brew", "Cellar"),
    cellars(files, "brew-cask", "Caskroom"),
  ];
}

function cellars(files: MachineFiles, source: string, folder: string): Installed {
  const { found, whole } = files.whole(() =>
    PREFIXES.flatMap((prefix) =>
      visible(files, `${prefix}/${folder}`).flatMap((name): Package[] =>
        visible(files, `${prefix}/${folder}/${name}`).map((version) => ({ name, version }))
      )
    )
  );
  return { source, packages: found, whole: whole && found.length > 0 };
}

/** Names that begin with a dot are Homebrew's own: `.metadata`, `.keepme`. */
function visible(files: MachineFiles, folder: string): string[] {
  return files.list(folder).filter((name) => !name.startsWith("."));
}
