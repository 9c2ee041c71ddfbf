/** Running programs and the sockets they hold. Their arguments and environments are not read: secrets are passed there. */
import type { Denied, MachineFiles } from "./files.ts";
import { known } from "./known.ts";
import { asName } from "./names.ts";

/** A running program. */
export interface Process {
  /** The name of its executable. */
  name: string;
  /** The inodes of its sockets; absent when we may not see them, as with other users' processes. */
  sockets?: string[];
  /** Seconds since it was started; absent when the machine's uptime cannot be read. */
  ageSeconds?: number;
  /** The text of its /proc/[pid]/cgroup, where it has one. */
  cgroups?: string;
  /** The name is the one it gives itself, for we may not see its executable: another user may know a better one. */
  surmised?: true;
}

const PF_KTHREAD = 0x0020_0000;
/** Ticks a second of the times in /proc/[pid]/stat: USER_HZ, 100 on every architecture that Deno runs on. */
const USER_HZ = 100;

/** One executable that is many programs: the process's own name says which. */
const MULTI_CALL = new Set(["busybox", "toybox", "coreutils"]);

/** What the list of processes gives. */
export interface Processes {
  /** In order of process id. */
  found: Process[];
  /** Whether all of them were seen, each under the name of its executable. */
  whole: boolean;
  /** Whether all their sockets were seen too. */
  socketsWhole: boolean;
}

/**
 * The programs that run now, without kernel threads and zombies. One that ends during the scan is left out. What other
 * users' processes hide is one gap for all, not one for each.
 */
export function processes(files: MachineFiles): Processes {
  const uptime = Number((files.line("/proc/uptime") ?? "x").split(" ")[0]);
  const pids = files.list("/proc").filter((entry) => /^\d+$/.test(entry))
    .sort((a, b) => Number(a) - Number(b));
  const { found, whole } = files.whole(() => pids.flatMap((pid) => read(files, pid, uptime) ?? []));
  const hidden = found.filter(({ sockets }) => sockets === undefined).length;
  if (hidden > 0) {
    files.gap(
      "/proc/[pid]/fd",
      `permission denied (processes: ${hidden}): their sockets have no owner here, long names may be cut`,
    );
  }
  const first = pids.includes("1");
  if (!first && /^\S+ \/proc proc \S*\bhidepid=/m.test(files.text("/proc/self/mounts") ?? "")) {
    files.gap("/proc", "other users' processes are hidden (hidepid)");
  }
  // What even the might to trace all processes does not show, nobody here has seen or will see otherwise.
  const might = mayTraceAll(files.text("/proc/self/status") ?? "");
  const all = whole && first;
  return {
    found,
    whole: all && (might || !found.some(({ surmised }) => surmised)),
    socketsWhole: all && (might || hidden === 0),
  };
}

/** Whether the text of /proc/self/status has the capability CAP_SYS_PTRACE in effect (bit 19). */
export function mayTraceAll(status: string): boolean {
  const effective = status.match(/^CapEff:\s*([0-9a-f]{1,16})$/m)?.[1] ?? "0";
  return (BigInt(`0x${effective}`) >> 19n & 1n) === 1n;
}

function read(files: MachineFiles, pid: string, uptime: number): Process | undefined {
  const stat = parseStat(files.text(`/proc/${pid}/stat`) ?? "");
  if (stat === undefined || stat.kernelThread || stat.ended) return undefined;
  let surmised: true | undefined;
  const executable = files.link(`/proc/${pid}/exe`, () => surmised = true);
  const name = executableName(stat.name, executable);
  if (name === undefined) return undefined;
  const age = uptime - stat.startedSeconds;
  return {
    name,
    ...known({
      sockets: socketInodes(files, `/proc/${pid}/fd`),
      // Where a container has an uptime of its own (LXC), processes seem to start in the future.
      ageSeconds: age >= 0 ? age : undefined,
      cgroups: files.text(`/proc/${pid}/cgroup`, () => {}),
      surmised,
    }),
  };
}

/**
 * The fields we use of the text of /proc/[pid]/stat: the name stands between the first `(` and the last `)`, and may
 * hold anything, also parentheses, white space and line ends.
 */
export function parseStat(
  text: string,
): { name: string; kernelThread: boolean; ended: boolean; startedSeconds: number } | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2).split(" ");
  const [state = "", , , , , , flags = "0"] = fields;
  return {
    name: text.slice(open + 1, close),
    kernelThread: (Number(flags) & PF_KTHREAD) !== 0,
    ended: /[ZXx]/.test(state),
    startedSeconds: Number(fields[19] ?? "x") / USER_HZ, // since boot; NaN in a text that was cut
  };
}

/**
 * OpenTelemetry's `process.executable.name`: the last part of where /proc/[pid]/exe points, which is whole, or else the
 * name that the process gives itself, which the kernel cuts at 15 bytes.
 */
export function executableName(own: string, executable: string | undefined): string | undefined {
  // A program in memory alone (memfd_create) is often named anew at random each time it is started.
  if (executable?.startsWith("/memfd:")) return own.startsWith("memfd:") ? "memfd" : asName(own);
  // A program that was replaced since it started (an update) reads "/usr/sbin/sshd (deleted)".
  const file = asName(executable?.replace(/ \(deleted\)$/, "").replace(/^.*\//s, ""));
  return file === undefined || MULTI_CALL.has(file) ? asName(own) ?? file : file;
}

function socketInodes(files: MachineFiles, folder: string): string[] | undefined {
  let denied = false;
  const deny: Denied = () => denied = true;
  const inodes = files.list(folder, deny).flatMap((descriptor) =>
    files.link(`${folder}/${descriptor}`, deny)?.match(/^socket:\[(\d+)\]$/)?.[1] ?? []
  );
  return denied ? undefined : inodes;
}
