/** A machine that does something: some 300 processes of 80 programs, half of which work a little all the time. */
import { join } from "node:path";

/** How many programs of each sort there are. */
const PROGRAMS = 40;
/** How many processes each idle program has, and each busy one. */
const IDLE_PROCESSES = 4;
const BUSY_PROCESSES = 2;

/**
 * What a busy program does, with pauses of its own: it reads random bytes, keeps some in memory, writes some to disk,
 * and speaks to itself over the network.
 */
const WORK = `
keep=
while :; do
  text=$(head -c $((RANDOM * 4)) /dev/urandom | base64 -w 0)
  keep+=$text
  ((\${#keep} > RANDOM * 100)) && keep=
  ((RANDOM % 4)) || printf %s "$text" > "$1"
  ((RANDOM % 8)) || { exec 3<>/dev/udp/127.0.0.1/9 && printf %s "\${text:0:900}" >&3; exec 3>&-; } 2>/dev/null
  read -rt "$((RANDOM % 2)).$((RANDOM % 900 + 100))" <> <(:)
done`;

/**
 * Starts the processes. They end with the returned value.
 *
 * @param folder for copies of programs, under the names that are to be seen, and for what they write
 */
export async function busyLaptop(folder: string): Promise<AsyncDisposable> {
  const children: Deno.ChildProcess[] = [];
  const start = async (program: string, name: string, count: number, args: string[]) => {
    const copy = join(folder, name);
    await Deno.copyFile(program, copy);
    for (let each = 0; each < count; each++) {
      const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
      children.push(new Deno.Command(copy, { args, ...quiet }).spawn());
    }
  };
  for (let at = 0; at < PROGRAMS; at++) {
    await start("/bin/sleep", `idle-program-${at}`, IDLE_PROCESSES, ["3600"]);
    const file = join(folder, `written-${at}`);
    await start("/bin/bash", `busy-program-${at}`, BUSY_PROCESSES, ["-c", WORK, "work", file]);
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map(({ status }) => status));
    },
  };
}
