/** Who we are to a NATS server, out of the environment. Nothing here lets a secret into a message. */
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { NatsSettingsError } from "./nats_settings_error.ts";

/** Reads one environment variable. */
export type Environment = (name: string) => string | undefined;

/**
 * The one way to log in that the environment names, if it names one.
 *
 * @param fromUrl what stood before the `@` of `NATS_URL`
 * @throws {NatsSettingsError} when there are several, or half of one, or a file that is not what it should be
 */
export function natsAuthenticator(
  read: Environment,
  fromUrl?: Authenticator,
): Authenticator | undefined {
  const [creds, nkey, token] = [read("NATS_CREDS"), read("NATS_NKEY"), read("NATS_TOKEN")];
  const [user, password] = [read("NATS_USER"), read("NATS_PASSWORD")];
  const ways = {
    "NATS_URL": fromUrl,
    "NATS_CREDS": creds,
    "NATS_NKEY": nkey,
    "NATS_TOKEN": token,
    "NATS_USER": user ?? password,
  };
  const named = Object.entries(ways).filter(([, value]) => value !== undefined).map(([name]) =>
    name
  );
  if (named.length > 1) {
    throw new NatsSettingsError(
      named.join(" and "),
      "each say who we are to the server: unset all but one",
    );
  }
  if (fromUrl) return fromUrl;
  if (creds !== undefined) return credentials("NATS_CREDS", creds);
  if (nkey !== undefined) return seed("NATS_NKEY", nkey);
  if (token !== undefined) return tokenAuthenticator(token);
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined) throw new NatsSettingsError("NATS_PASSWORD", "needs NATS_USER with it");
  if (password === undefined) {
    throw new NatsSettingsError("NATS_USER", "needs NATS_PASSWORD with it; a token is NATS_TOKEN");
  }
  return usernamePasswordAuthenticator(user, password);
}

/**
 * The text of a file that a variable names.
 *
 * @throws {NatsSettingsError} when it cannot be read
 */
export function readable(variable: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "is not there" : "cannot be read";
    throw new NatsSettingsError(variable, `names a file that ${why}: ${path}`);
  }
}

function credentials(variable: string, path: string): Authenticator {
  let latest = readable(variable, path);
  const login = credsAuthenticator(() => new TextEncoder().encode(latest));
  sound(login, variable, path, "is no .creds file, with a JWT and a seed in it");
  return (nonce) => {
    try {
      // Read again at every connection: credentials that run out are renewed in the same file.
      latest = Deno.readTextFileSync(path);
    } catch { /* The ones we have may still do. */ }
    return login(nonce);
  };
}

function seed(variable: string, path: string): Authenticator {
  const line = readable(variable, path).split("\n").map((line) => line.trim())
    .find((line) => /^S[A-Z2-7]{50,}$/.test(line));
  const login = nkeyAuthenticator(new TextEncoder().encode(line ?? ""));
  sound(login, variable, path, "has no nkey's seed in it: a line that begins with SU");
  return login;
}

/** Logs in to nobody, to see now and not at the server what cannot be decoded. What is thrown there may quote it. */
function sound(login: Authenticator, variable: string, path: string, otherwise: string): void {
  let said: unknown;
  try {
    said = login("nonce");
  } catch { /* said below */ }
  if (!(said as { nkey?: string } | undefined)?.nkey) {
    throw new NatsSettingsError(variable, `names a file that ${otherwise}: ${path}`);
  }
}
