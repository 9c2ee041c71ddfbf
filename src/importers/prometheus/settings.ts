/**
 * Which Prometheus to import from. How to log in, the environment says, so that it is in no history of commands:
 *
 * | variable | says |
 * | --- | --- |
 * | `PROMETHEUS_TOKEN` | a bearer token |
 * | `PROMETHEUS_USERNAME`, `PROMETHEUS_PASSWORD` | for HTTP basic authentication, instead of it |
 *
 * An empty variable is as if it were not there.
 */
import { quote } from "../../domain/refusal.ts";
import { PrometheusError } from "./error.ts";

/** Which Prometheus to ask. */
export interface PrometheusSettings {
  /** Where, without a slash at its end: `http://127.0.0.1:9090`, `https://metrics.example.org/select/0/prometheus`. */
  url: string;
  /** The value of the `Authorization` header, if any; a function, so that nothing prints it by accident. */
  authorization: () => string | undefined;
}

/**
 * What the environment says of the Prometheus at a URL.
 *
 * @param get reads one variable; the process's own unless it says otherwise
 * @throws {PrometheusError} `prometheus_settings`
 * @example
 * ```ts
 * import { prometheusSettings } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const variables: Record<string, string> = { PROMETHEUS_TOKEN: "secret" };
 * const settings = prometheusSettings("http://127.0.0.1:9090/", (name) => variables[name]);
 * strictEqual(settings.url, "http://127.0.0.1:9090");
 * strictEqual(settings.authorization(), "Bearer secret");
 * ```
 */
export function prometheusSettings(
  given: string,
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): PrometheusSettings {
  const read = (name: string) => get(name)?.trim() || undefined;
  const url = URL.parse(given);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (!url || !isHttp || url.search !== "" || url.hash !== "") {
    // Not with its text where it may have a password in it.
    const said = given.includes("@") ? "what was given" : quote(given);
    throw settingsError(`--url: ${said} is not a URL like http://127.0.0.1:9090`);
  }
  if (url.username !== "" || url.password !== "") {
    const where = "set PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD in the environment instead";
    throw settingsError(`--url: there is a user in it: ${where}`);
  }
  const [token, username, password] = [
    read("PROMETHEUS_TOKEN"),
    read("PROMETHEUS_USERNAME"),
    read("PROMETHEUS_PASSWORD"),
  ];
  if (token !== undefined && username !== undefined) {
    throw settingsError("PROMETHEUS_TOKEN and PROMETHEUS_USERNAME are both set: unset one of them");
  }
  if ((username === undefined) !== (password === undefined)) {
    const missing = username === undefined ? "PROMETHEUS_USERNAME" : "PROMETHEUS_PASSWORD";
    throw settingsError(`${missing} is missing: a user name and a password go together`);
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw settingsError("PROMETHEUS_TOKEN is no token: one has neither blanks nor line ends in it");
  }
  return {
    url: url.href.replace(/\/+$/, ""),
    authorization: () =>
      token !== undefined
        ? `Bearer ${token}`
        : username !== undefined
        ? `Basic ${new TextEncoder().encode(`${username}:${password}`).toBase64()}`
        : undefined,
  };
}

const MATCHER =
  /^\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*(?:,|$)/;

/**
 * The matchers of a selector, without its braces: `{job="node"}` → `job="node"`.
 *
 * @throws {PrometheusError} `prometheus_settings`
 */
export function matchersOf(selector: string): string {
  const [, inner] = /^\s*\{([^]*)\}\s*$/.exec(selector) ?? [];
  let rest = inner ?? "no selector";
  while (rest.trim() !== "") {
    const [found] = MATCHER.exec(rest) ?? [];
    if (found === undefined) {
      const like = `{job="node", instance=~"web-.*"}`;
      throw settingsError(`--match: ${quote(selector)} is not a selector like ${like}`);
    }
    rest = rest.slice(found.length);
  }
  return inner!.trim().replace(/,$/, "");
}

function settingsError(message: string): PrometheusError {
  return new PrometheusError("prometheus_settings", message);
}
