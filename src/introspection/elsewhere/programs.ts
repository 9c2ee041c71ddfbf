/**
 * The programs that run. systeminformation would read their command lines, where secrets are, to find their names: so the
 * system is asked itself, for all but these.
 */
import type { ProcessCounters } from "../program_points.ts";
import { known } from "../known.ts";
import { asName } from "../names.ts";
import type { Asker } from "./answers.ts";

/** A process with its number, by which its sockets are found. */
export interface RunningProcess extends ProcessCounters {
  pid: number;
}

/** The processes that run now, without the kernel's own, or undefined when nobody tells. */
export async function runningProcesses(asker: Asker): Promise<RunningProcess[] | undefined> {
  const { answers } = asker;
  if (answers.platform === "win32") return await windowsProcesses(asker);
  const own = await asker.ask(
    "processes",
    () => answers.run("ps", ["-A", "-o", "pid=,ppid=,stat=,rss=,time=,etime=,ucomm="]),
  );
  const paths = await asker.ask("processes", () => answers.run("ps", ["-A", "-o", "pid=,comm="]));
  return own === undefined ? undefined : parsePs(own, paths ?? "");
}

/**
 * The processes in what `ps` prints, without those that have ended or are the kernel's own.
 *
 * systeminformation finds out where a command line's arguments begin by guessing, and its name of
 * `python3 deploy.py token` is all of that. `ucomm` is the kernel's own name of a process, which it made of the
 * executable's and cut at 15 bytes (16 on macOS). `comm` may be what the process calls itself, and that may hold
 * anything: it is believed only as the rest of a name that was cut.
 *
 * @param own lines of `pid=,ppid=,stat=,rss=,time=,etime=,ucomm=`
 * @param paths lines of `pid=,comm=`
 */
export function parsePs(own: string, paths: string): RunningProcess[] {
  const commands = new Map(
    [...paths.matchAll(/^\s*(\d+)\s+(.+?)\s*$/gm)].map(([, pid, path = ""]) => [Number(pid), path]),
  );
  return own.split("\n").flatMap((line) => {
    const [, id, parent, state = "", kibibytes, time = "", elapsed = "", ownName = ""] =
      line.match(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.+?)\s*$/) ?? [];
    const [pid, memory] = [Number(id), Number(kibibytes) * 1024];
    const name = asName(fullName(ownName, commands.get(pid)));
    const cpuSeconds = parseDuration(time);
    if (name === undefined || cpuSeconds === undefined) return [];
    if (pid === 0 || memory === 0 || /^[ZX]/.test(state) || isOurs(parent)) return [];
    // When it began cannot be told exactly; a number that is used again within a look would need 32,000 starts.
    return [{
      pid,
      id: id!,
      name,
      cpuSeconds,
      memory,
      ...known({ ageSeconds: parseDuration(elapsed) }),
    }];
  });
}

/** Seconds in `[[days-]hours:]minutes:seconds`, as POSIX has it; macOS has hundredths, and minutes over 59. */
export function parseDuration(text: string): number | undefined {
  const [, days = "0", clock = ""] = text.match(/^(?:(\d+)-)?([\d:.]+)$/) ?? [];
  const parts = clock.split(":").map(Number);
  if (parts.length < 2 || parts.length > 3) return undefined;
  const seconds = parts.reduce((sum, part) => sum * 60 + part, 0) + Number(days) * 86_400;
  return Number.isFinite(seconds) ? seconds : undefined;
}

function fullName(own: string, path: string | undefined): string {
  const file = path?.replace(/^.*\//s, "") ?? "";
  return new TextEncoder().encode(own).length >= 15 && file.startsWith(own) ? file : own;
}

/** What Windows knows of a process, without its command line. `Started` is in 100 ns since 1601 (FILETIME). */
interface Win32Process {
  ProcessId: number;
  ParentProcessId: number | null;
  Name: string | null;
  /** Times are in units of 100 ns. */
  KernelModeTime: number | null;
  UserModeTime: number | null;
  WorkingSetSize: number | null;
  ThreadCount: number | null;
  Started: number | null;
}

const PROPERTIES =
  "ProcessId,ParentProcessId,Name,KernelModeTime,UserModeTime,WorkingSetSize,ThreadCount";
/** Prints JSON in UTF-8, whatever the code page. */
const WINDOWS_SCRIPT = `[Console]::OutputEncoding=[Text.Encoding]::UTF8;` +
  `Get-CimInstance Win32_Process -Property ${PROPERTIES},CreationDate|` +
  `Select-Object ${PROPERTIES},@{n='Started';e={$_.CreationDate.ToFileTimeUtc()}}|` +
  `ConvertTo-Json -Compress`;
/** Seconds from 1601, where FILETIME begins, to 1970. */
const EPOCH_SECONDS = 11_644_473_600;

/** The processes in the JSON that Windows prints, without `System Idle Process`. */
export function parseWindows(text: string, now: Date): RunningProcess[] {
  const all = JSON.parse(text.replace(/^\uFEFF/, "")) as Win32Process | Win32Process[];
  return [all].flat().flatMap((told) => {
    const name = asName(told.Name ?? undefined);
    if (name === undefined || told.ProcessId === 0 || isOurs(told.ParentProcessId)) return [];
    const started = told.Started === null ? undefined : told.Started / 1e7 - EPOCH_SECONDS;
    const age = now.getTime() / 1000 - (started ?? NaN);
    return [{
      pid: told.ProcessId,
      id: `${told.ProcessId} ${told.Started ?? ""}`,
      name,
      cpuSeconds: ((told.KernelModeTime ?? 0) + (told.UserModeTime ?? 0)) / 1e7,
      ...known({
        ageSeconds: age >= 0 ? age : undefined,
        memory: told.WorkingSetSize ?? undefined,
        threads: told.ThreadCount ?? undefined,
      }),
    }];
  });
}

async function windowsProcesses(asker: Asker): Promise<RunningProcess[] | undefined> {
  const shell = `${
    Deno.env.get("SystemRoot") ?? "C:\\Windows"
  }\\System32\\WindowsPowerShell\\v1.0\\`;
  return await asker.ask("processes", async () => {
    const args = ["-NoProfile", "-NonInteractive", "-Command", WINDOWS_SCRIPT];
    const text = await asker.answers.run(`${shell}powershell.exe`, args);
    return parseWindows(text, new Date());
  });
}

/** What we have started to ask is no program of the machine. */
function isOurs(parent: string | number | null | undefined): boolean {
  return Number(parent) === Deno.pid;
}
