/** The Python packages that are installed for all users. */
import type { MachineFiles } from "./files.ts";
import type { Installed, Package } from "./package.ts";

const LIBRARIES = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"];
const SITES = ["dist-packages", "site-packages"];

/** The packages of every `python3*` in the system's libraries, by their normalized names. */
export function pipPackages(files: MachineFiles): Installed {
  const { found, whole } = files.whole(() =>
    LIBRARIES.flatMap((library) =>
      files.list(library).filter((name) => /^python3[\d.]*$/.test(name)).flatMap((python) =>
        SITES.flatMap((site) => inSite(files, `${library}/${python}/${site}`))
      )
    )
  );
  return { source: "pip", packages: found, whole: whole && found.length > 0 };
}

/**
 * A package's name and version from the name of its metadata: `NAME-VERSION.dist-info` (wheels), or
 * `NAME-VERSION-py3.11.egg-info`, which may lack the version. The name is normalized (the Python packaging
 * specification's "Name normalization"), for the two forms write it differently.
 */
export function parseMetadataName(file: string): Package | undefined {
  const [, stem = "", kind] = file.match(/^([^-~.].*)\.(dist|egg)-info$/s) ?? [];
  const [, name = stem, version] = stem.replace(/-py\d+(\.\d+)*(-[^-]*)?$/, "")
    .match(/^(.+)-(\d[^-]*)$/s) ?? [];
  if (kind === undefined || (kind === "dist" && version === undefined)) return undefined;
  return { name: name.toLowerCase().replace(/[-_.]+/g, "-"), version };
}

function inSite(files: MachineFiles, site: string): Package[] {
  return files.list(site).flatMap((file) => {
    const found = parseMetadataName(file);
    if (found === undefined) return [];
    return [found.version ? found : { ...found, version: declared(files, `${site}/${file}`) }];
  });
}

/** The version in a package's own metadata, which is read only where the folder's name has none. */
function declared(files: MachineFiles, folder: string): string | undefined {
  return files.text(`${folder}/PKG-INFO`)?.match(/^Version: *(.+)$/m)?.[1];
}
