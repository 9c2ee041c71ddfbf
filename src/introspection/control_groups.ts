/** What the control groups of a process tell: which container and which service it belongs to. */

/** A container, as its manager numbers it. */
export interface ContainerReference {
  /** 64 hexadecimal digits. */
  id: string;
  /** Whose it is, in the words of `virtualization.container`. */
  manager: "docker" | "podman" | "kubernetes";
}

/** How managers name the group of a container; a pod's own (`libpod_pod_…`) and monitors (`libpod-conmon-…`) are none. */
const CONTAINER =
  /\/(?:(docker)[-/]|(libpod)-|(?:cri-containerd|crio)-|(?:kubepods|pod)[^/]*\/)(?:[^/]*\.slice\/)?([0-9a-f]{64})(?=[./\n]|$)/g;

/**
 * The containers in the text of /proc/[pid]/cgroup, outermost first: a container in a container is below it. Without
 * namespaces of control groups a process sees those of its host, and so may find itself here.
 */
export function containersOf(cgroups: string): ContainerReference[] {
  for (const line of cgroups.split("\n")) {
    const found = [...line.matchAll(CONTAINER)].map(([, docker, libpod, id = ""]) => ({
      id,
      manager: docker ? "docker" as const : libpod ? "podman" as const : "kubernetes" as const,
    }));
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * The name, without `.service`, of the system's service in the text of /proc/[pid]/cgroup. Services of users, and those
 * in containers, are others' and left out.
 */
export function serviceOf(cgroups: string): string | undefined {
  return cgroups.match(
    /^(?:0:|\d+:name=systemd):\/system\.slice\/(?:[^/\n]+\.slice\/)*([^/\n]+)\.service(?:\/|$)/m,
  )?.[1];
}
