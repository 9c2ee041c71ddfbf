/** The number of the container that we are in, which its host knows it by too. */
import { containersOf } from "./control_groups.ts";
import type { MachineFiles } from "./files.ts";

/** Container managers make these files for each container and mount them into it, in this order of trust. */
const MOUNTED = ["/run/.containerenv", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

/**
 * The 64 hexadecimal digits of our own container: from the control group, where it can be seen, or else from where the
 * files that its manager made lie on the host. Of containers in containers it is the innermost.
 *
 * A Docker container that uses another's network (`--network container:…`) has that one's files: where control groups
 * have a namespace of their own, as they have by default with cgroup v2, nothing inside tells the two apart.
 *
 * @param manager in the words of `virtualization.container`
 */
export function ownContainerId(files: MachineFiles, manager: string): string | undefined {
  const id = containersOf(files.text("/proc/self/cgroup") ?? "").at(-1)?.id;
  // The files of a container of Kubernetes are its pod's.
  if (id !== undefined || manager === "kubernetes") return id;
  return mountedContainerId(files.text("/proc/self/mountinfo") ?? "");
}

/** The container whose files are mounted, from the text of /proc/self/mountinfo. */
export function mountedContainerId(mountinfo: string): string | undefined {
  const ids = new Map<string, string>();
  for (const line of mountinfo.split("\n")) {
    // The place within the mounted filesystem, and where it is mounted (proc_pid_mountinfo(5)).
    const [, , , within = "", mountpoint = ""] = line.split(" ");
    const id = within.match(/containers\/([0-9a-f]{64})\//)?.[1];
    if (id) ids.set(mountpoint, id);
  }
  return MOUNTED.flatMap((path) => ids.get(path) ?? [])[0];
}
