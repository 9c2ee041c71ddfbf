/** What package managers tell of what they installed. */

/** An installed package. */
export interface Package {
  name: string;
  /** Absent where it cannot be read. */
  version?: string | undefined;
  /** As the package manager names it; decides the name when two architectures of a package are installed. */
  architecture?: string | undefined;
}

/** The packages of one package manager. */
export interface Installed {
  /** The manager: `dpkg`, `rpm`, `npm` … */
  source: string;
  packages: Package[];
  /**
   * Whether these are all. An absent or empty database never is: it may be moved, not mounted or just being written,
   * and nothing tells that from a machine that has none.
   */
  whole: boolean;
}
