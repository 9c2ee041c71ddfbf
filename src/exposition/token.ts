/** The token that a scrape is to bring along. */
import { dirname } from "node:path";

/** The environment variable that the token is in, where it is not in a file. */
export const TOKEN_VARIABLE = "CIM_METRICS_TOKEN";

/** The token cannot be used. Never says what it is. */
export class MetricsTokenError extends Error {
  override readonly name = "MetricsTokenError";
  /** Stable, for programs. */
  readonly code = "metrics_token";
  /**
   * @param place the variable, or the file
   * @param reason what is wrong with it and what to do
   */
  constructor(readonly place: string, reason: string, options?: ErrorOptions) {
    super(`${place} ${reason}`, options);
  }
}

/**
 * The token that the environment gives, or else the one in a file that only its owner can read, which is made the first
 * time.
 *
 * @param path of the file
 * @param given what the environment says; empty is as if it were not there
 * @returns the token, and the file that it is in, if it is in one
 * @throws {MetricsTokenError} when it cannot be kept, can be read by others, or cannot be sent in a header
 */
export async function metricsToken(
  path: string,
  given: string | undefined = Deno.env.get(TOKEN_VARIABLE),
): Promise<{ token: string; path?: string }> {
  if (given?.trim()) return { token: usable(given.trim(), TOKEN_VARIABLE) };
  try {
    return { token: await made(path), path };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw kept(path, error);
  }
  const [token, { mode }] = await Promise.all([Deno.readTextFile(path), Deno.stat(path)])
    .catch((error) => {
      throw kept(path, error);
    });
  if (Deno.build.os !== "windows" && ((mode ?? 0) & 0o077) !== 0) {
    throw new MetricsTokenError(
      path,
      "can be read by others than its owner: remove it, and a new one is made",
    );
  }
  return { token: usable(token.trim(), path), path };
}

/** Whole at once: two that begin together have the same one. */
async function made(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
  const beside = await Deno.makeTempFile({ dir: dirname(path), prefix: ".token-" }); // of mode 0600
  try {
    await Deno.writeTextFile(beside, `${token}\n`);
    await Deno.link(beside, path);
  } finally {
    await Deno.remove(beside);
  }
  return token;
}

function kept(path: string, error: unknown): MetricsTokenError {
  return new MetricsTokenError(
    path,
    `cannot be used: ${error instanceof Error ? error.message : error}; ` +
      `set ${TOKEN_VARIABLE} instead`,
    { cause: error },
  );
}

function usable(token: string, place: string): string {
  if (/^[\x21-\x7e]{16,1024}$/.test(token)) return token;
  throw new MetricsTokenError(
    place,
    "has no token that can be sent in a header: it is 16 to 1024 characters of ASCII, without blanks",
  );
}
