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
}

const PF_KTHREAD = 0x0020_0000;

/** One executable that is many programs: the process's own name says which. */
const MULTI_CALL = new Set(["busybox", "toybox", "coreutils"]);

/**
 * The programs that run now, without kernel threads and zombies, in order of process id. One that ends during the scan
 * is left out. What other users' processes hide is one gap for all, not one for each.
 */
export function processes(files: MachineFiles): Process[] {
  const found: Process[] = [];
  let hidden = 0;
  const pids = files.list("/proc").filter((entry) => /^\d+$/.test(entry));
  for (const pid of pids.sort((a, b) => Number(a) - Number(b))) {
    const stat = parseStat(files.text(`/proc/${pid}/stat`) ?? "");
    if (stat === undefined || stat.kernelThread || stat.ended) continue;
    const name = executableName(stat.name, files.link(`/proc/${pid}/exe`, () => {}));
    const sockets = socketInodes(files, `/proc/${pid}/fd`);
    if (sockets === undefined) hidden++;
    if (name !== undefined) found.push({ name, ...known({ sockets }) });
  }
  if (hidden > 0) {
    files.gap(
      "/proc/[pid]/fd",
      `permission denied (processes: ${hidden}): their sockets have no owner here, long names may be cut`,
    );
  }
  return found;
}

/**
 * The fields we use of the text of /proc/[pid]/stat: the name stands between the first `(` and the last `)`, and may
 * hold anything, also parentheses, white space and line ends.
 */
export function parseStat(
  text: string,
): { name: string; kernelThread: boolean; ended: boolean } | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const [state = "", , , , , , flags = "0"] = text.slice(close + 2).split(" ");
  return {
    name: text.slice(open + 1, close),
    kernelThread: (Number(flags) & PF_KTHREAD) !== 0,
    ended: /[ZXx]/.test(state),
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
