/**
 * The NetBox that the environment names:
 *
 * | variable | says |
 * | --- | --- |
 * | `NETBOX_URL` | where: `https://netbox.example`, with a path where it has one: `https://example.org/netbox` |
 * | `NETBOX_TOKEN` | who we are: an API token of NetBox, `nbt_KEY.TOKEN` or the 40 characters of an older one |
 *
 * An empty variable is as if it were not there. Certificates of an authority of one's own: `DENO_CERT=ca.pem`, or
 * `DENO_TLS_CA_STORE=system` for those that the system trusts.
 */

/** Which NetBox to use. */
export interface NetBoxSettings {
  /** Without a slash at its end, and without `/api`. */
  url: string;
  /** The header that says who we are; a function, so that nothing prints a token by accident. */
  authorization: () => string;
  /** What people should know about these settings, in one line: that the token is sent in the clear. */
  warning?: string;
}

/** A setting of the NetBox to use makes no sense, or the server does not take it. Never says what a token is. */
export class NetBoxSettingsError extends Error {
  override readonly name = "NetBoxSettingsError";
  /** Stable, for programs. */
  readonly code = "netbox_settings";
  /**
   * @param variable the environment variable: `NETBOX_URL`
   * @param reason what is wrong with it and what to do
   */
  constructor(readonly variable: string, reason: string, options?: ErrorOptions) {
    super(`${variable} ${reason}`, options);
  }
}

/**
 * What the environment says; undefined without `NETBOX_URL`.
 *
 * @param get reads one variable; the process's own unless it says otherwise
 * @throws {NetBoxSettingsError} for a value that makes no sense
 * @example
 * ```ts
 * import { netBoxEnvironment } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const variables: Record<string, string> = {
 *   NETBOX_URL: "https://example.org/netbox/",
 *   NETBOX_TOKEN: "0123456789abcdef0123456789abcdef01234567",
 * };
 * strictEqual(netBoxEnvironment((name) => variables[name])?.url, "https://example.org/netbox");
 * ```
 */
export function netBoxEnvironment(
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): NetBoxSettings | undefined {
  const url = get("NETBOX_URL")?.trim();
  if (!url) return undefined;
  const token = get("NETBOX_TOKEN")?.trim();
  if (!token) {
    throw new NetBoxSettingsError(
      "NETBOX_TOKEN",
      "is missing: make an API token in NetBox (your user, API tokens) and set it to that",
    );
  }
  return netBoxSettings({ url, token });
}

/**
 * Settings of a NetBox that is known otherwise.
 *
 * @throws {NetBoxSettingsError} for an URL or a token that makes no sense
 */
export function netBoxSettings(
  { url, token }: { url: string; token: string },
): NetBoxSettings {
  // What it is goes into no message: there may be a password in it.
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new NetBoxSettingsError("NETBOX_URL", "is not a URL like https://netbox.example");
  }
  if (parsed.username || parsed.password) {
    throw new NetBoxSettingsError(
      "NETBOX_URL",
      "has a user in it: leave that away, who we are is said by NETBOX_TOKEN alone",
    );
  }
  if (parsed.search || parsed.hash) {
    throw new NetBoxSettingsError(
      "NETBOX_URL",
      "has a ? or a # in it: only the address of NetBox is needed, like https://netbox.example",
    );
  }
  // It goes into a header, in which anything else could not be sent, or would be read as another header.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new NetBoxSettingsError(
      "NETBOX_TOKEN",
      "has characters in it that no token has: copy the whole token, and nothing else",
    );
  }
  if (token.startsWith("nbt_") && !/^nbt_[^.]+\.[^.]+$/.test(token)) {
    throw new NetBoxSettingsError(
      "NETBOX_TOKEN",
      "is only a token's key: it has to be nbt_KEY.TOKEN, as NetBox shows it once when it is made",
    );
  }
  const isClear = parsed.protocol === "http:" && !isLoopback(parsed.hostname);
  return {
    url: parsed.origin + parsed.pathname.replace(/(\/api)?\/*$/, ""),
    authorization: () => `${token.startsWith("nbt_") ? "Bearer" : "Token"} ${token}`,
    ...(isClear
      ? {
        warning: `NETBOX_URL is http: the token goes to ${parsed.host} in the clear, for anybody ` +
          `between to read; use https where you can`,
      }
      : {}),
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
