/** Whether we are in a container, and whose: systemd's order of hints (systemd, src/basic/virt.c, detect_container). */
import type { MachineFiles } from "./files.ts";
import { asName } from "./names.ts";

// PROC_PID_INIT_INO and PROC_CGROUP_INIT_INO of Linux's include/linux/proc_ns.h: the host's own namespaces.
const HOST_PID_NAMESPACE = "pid:[4026531836]";
const HOST_CGROUP_NAMESPACE = "cgroup:[4026531835]";

/**
 * The container's kind (docker, podman, lxc, systemd-nspawn, kubernetes, openvz, wsl … or `container-other`), or
 * undefined when we are in none.
 *
 * The last hints, /run/.containerenv, /.dockerenv and cgroup paths, are weak: a machine whose disk was made from a
 * container image keeps the files. So they count only if we are not in the host's own PID and cgroup namespaces, or
 * if our own cgroup is a container's.
 */
export function containerLayer(files: MachineFiles): string | undefined {
  if (files.has("/proc/vz") && !files.has("/proc/bc")) return "openvz";
  if (/microsoft|wsl/i.test(files.text("/proc/sys/kernel/osrelease") ?? "")) return "wsl";
  const declared = files.line("/run/host/container-manager") ??
    files.line("/run/systemd/container");
  if (declared) return asName(declared);

  const ownCgroup = cgroupHint(files.text("/proc/self/cgroup") ?? "");
  const host = inHostNamespaces(files);
  if (host && !ownCgroup) return undefined;
  // The environment of a host's PID 1 is nobody's business; it is read only where PID 1 may be a container's.
  const variable = host ? undefined : containerVariable(files);
  if (variable && variable !== "oci") return asName(variable);
  return ownCgroup ?? cgroupHint(files.text("/proc/1/cgroup") ?? "") ??
    (files.has("/var/run/secrets/kubernetes.io") || files.has("/run/secrets/kubernetes.io")
      ? "kubernetes"
      : files.has("/run/.containerenv")
      ? "podman"
      : files.has("/.dockerenv")
      ? "docker"
      : variable === "oci" || inForeignNamespaces(files)
      ? "container-other"
      : undefined);
}

/** The container manager that a cgroup path names, from the text of /proc/…/cgroup. */
export function cgroupHint(cgroups: string): string | undefined {
  const hints: [RegExp, string][] = [
    [/kubepods/, "kubernetes"],
    [/libpod/, "podman"],
    [/\/docker[-/]|\/moby\//, "docker"],
    [/\/lxc\/|\/lxc\.payload/, "lxc"],
    [/\/machine\.slice\/machine-/, "systemd-nspawn"],
  ];
  return hints.find(([pattern]) => pattern.test(cgroups))?.[1];
}

function containerVariable(files: MachineFiles): string | undefined {
  const found = files.text("/proc/1/environ")?.match(/(?:^|\0)container=([^\0]+)/);
  return found?.[1];
}

function inHostNamespaces(files: MachineFiles): boolean {
  const pid = files.link("/proc/self/ns/pid");
  const cgroup = files.link("/proc/self/ns/cgroup");
  // Kernel threads live in the host's PID namespace only. Seeing the first one tells where namespaces do not.
  const hostPid = pid === undefined
    ? /^2 \(kthreadd\) \S+ 0 /.test(files.text("/proc/2/stat") ?? "")
    : pid === HOST_PID_NAMESPACE;
  return hostPid && (cgroup === undefined || cgroup === HOST_CGROUP_NAMESPACE);
}

function inForeignNamespaces(files: MachineFiles): boolean {
  const pid = files.link("/proc/self/ns/pid");
  const cgroup = files.link("/proc/self/ns/cgroup");
  return pid !== undefined && pid !== HOST_PID_NAMESPACE &&
    cgroup !== undefined && cgroup !== HOST_CGROUP_NAMESPACE;
}
