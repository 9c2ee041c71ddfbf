/** Programs of other people's making that end with us, however we end. */

/** A program on a tether. */
export interface Tethered {
  /** What it ended with, however it came to that. */
  ended: Promise<number>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** What to run, and how. */
export interface TetherOptions {
  /** The file that gets what it says. */
  log: string;
  /** A folder of its own, which is removed when it has ended. */
  folder?: string;
  /** The signal that ends it at once. */
  end?: "QUIT" | "TERM";
  env?: Record<string, string>;
  /** Whose process it is, where we are root and it must not be. */
  uid?: number | undefined;
}

// Its standard input closes when we close it, and also when we are killed. Ctrl-C at our terminal goes to all of us.
const TETHER = `
trap "" INT
exec 3<&0
"$@" >"$TETHER_LOG" 2>&1 3<&- &
program=$!
(read -r _ <&3; kill -s "$TETHER_END" "$program") &
wait "$program"
code=$?
kill "$!"
[ -z "$TETHER_FOLDER" ] || rm -rf "$TETHER_FOLDER"
exit "$code"
`;

/** Starts a program. */
export function tether(
  program: string,
  args: readonly string[],
  { log, folder = "", end = "TERM", env, uid }: TetherOptions,
): Tethered {
  const child = new Deno.Command("sh", {
    args: ["-c", TETHER, "sh", program, ...args],
    env: { ...env, TETHER_LOG: log, TETHER_FOLDER: folder, TETHER_END: end },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    ...(uid === undefined ? {} : { uid }),
  }).spawn();
  const ended = child.status.then(({ code }) => code);
  return {
    ended,
    async stop() {
      await child.stdin.close().catch(() => {}); // it has ended by itself
      await ended;
    },
  };
}
