/** Where NATS servers are, out of the URLs that people write, with the credentials taken off them. */
import {
  type Authenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { NatsSettingsError } from "./nats_settings_error.ts";

/** Servers of one cluster, or the one server. */
export interface NatsServers {
  /** `127.0.0.1:4222` or `[::1]:4222` each: never with credentials. */
  servers: string[];
  /** True when at least one URL is `tls://`: then nothing is said to a server without TLS. */
  tls: boolean;
  /** What was before the `@`. */
  authenticator?: Authenticator;
}

const DEFAULT_PORT = "4222";

/**
 * Reads `nats://127.0.0.1:4222`, or several URLs with commas between: `nats://`, `tls://`, or only `host:port`. What
 * stands before an `@` is `user:password`, or a token, and the same in every URL that has it.
 *
 * @param variable where the text comes from, for the error
 * @throws {NatsSettingsError} for any other text; it is not repeated, since there may be a password in it
 */
export function natsServers(text: string, variable = "NATS_URL"): NatsServers {
  const found = text.split(",").map((part, at) =>
    serverOf(part.trim(), (reason) => {
      throw new NatsSettingsError(
        variable,
        `cannot be used: URL ${
          at + 1
        } in it ${reason}; write nats://host:port or tls://host:port, ` +
          `several with commas between`,
      );
    })
  );
  const logins = [...new Set(found.flatMap(({ login }) => login === "" ? [] : [login]))];
  if (logins.length > 1) {
    throw new NatsSettingsError(
      variable,
      "names several users: the servers of one cluster take the same one",
    );
  }
  const authenticator = logins[0] === undefined ? undefined : authenticatorOf(logins[0]);
  return {
    servers: found.map(({ server }) => server),
    tls: found.some(({ tls }) => tls),
    ...(authenticator ? { authenticator } : {}),
  };
}

function serverOf(text: string, refuse: (reason: string) => never) {
  const [, scheme = "nats", rest = ""] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(text) ?? [];
  const kind = scheme.toLowerCase();
  if (kind !== "nats" && kind !== "tls") refuse("is neither nats:// nor tls://");
  // By hand: what `URL` throws repeats the text, password and all.
  const at = rest.lastIndexOf("@");
  const login = at < 0 ? "" : rest.slice(0, at);
  const [, host, port = DEFAULT_PORT] =
    /^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?\/?$/.exec(rest.slice(at + 1)) ?? [];
  if (host === undefined) refuse("has no host and port, or more than that");
  if (Number(port) < 1 || Number(port) > 65_535) refuse("has a port that is none");
  if (!login.split(":").every(isEncoded)) refuse("has a % before its @ that is not %25");
  return { server: `${host}:${port}`, tls: kind === "tls", login };
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function authenticatorOf(login: string): Authenticator {
  const colon = login.indexOf(":");
  if (colon < 0) return tokenAuthenticator(decodeURIComponent(login));
  const [user, password] = [login.slice(0, colon), login.slice(colon + 1)].map(decodeURIComponent);
  return usernamePasswordAuthenticator(user!, password!);
}
