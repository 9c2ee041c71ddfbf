/** Programs of the system that know what no file tells: rpm, systemctl, ip. */

/** Where they are, also for users whose PATH leaves out those of the administrator. */
const FOLDERS = [
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/run/current-system/sw/bin",
];

const TIMEOUT_MILLISECONDS = 10_000;

/** A program could not be run, took too long, or failed. Its message is the reason of a gap. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
  /** Stable, for programs. */
  readonly code = "program_failed";
}

/**
 * Runs a program and gives what it prints.
 *
 * @throws {ProgramFailed} when nothing can be made of it
 */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

/**
 * Runs the programs of this machine, in English, without input, for at most 10 seconds each.
 *
 * @param signal stops them: the promise is rejected with its reason
 */
export function systemPrograms(signal?: AbortSignal): RunProgram {
  return async (program, args) => {
    const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    let output;
    try {
      output = await new Deno.Command(program, {
        args: [...args],
        env: { LC_ALL: "C", PATH: FOLDERS.join(":") },
        stdin: "null",
        stderr: "null",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      }).output();
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Deno.errors.NotFound ? "not found" : (error as Error).message;
      throw new ProgramFailed(`${program} cannot be run: ${reason}`, { cause: error });
    }
    signal?.throwIfAborted();
    if (timeout.aborted) throw new ProgramFailed(`${program} took over 10 s`);
    if (!output.success) throw new ProgramFailed(`${program} failed: ${output.code}`);
    return new TextDecoder().decode(output.stdout);
  };
}
