/**
 * The Neo4j that the environment names:
 *
 * | variable | says |
 * | --- | --- |
 * | `NEO4J_URI` | where: `bolt://host:7687`, `neo4j://…` of a cluster; `…+s` with TLS, `…+ssc` with a certificate of one's own |
 * | `NEO4J_USERNAME`, `NEO4J_PASSWORD` | who we are; the user is `neo4j` unless it says otherwise |
 * | `NEO4J_DATABASE` | which database; the server's own unless it says otherwise |
 *
 * An empty variable is as if it were not there.
 */
import type { AuthToken } from "neo4j-driver";

/** Which Neo4j to use. */
export interface Neo4jSettings {
  uri: string;
  /** How to log in; a function, so that nothing prints a password by accident. */
  auth: () => AuthToken;
  database?: string;
}

/** A setting of the Neo4j to use makes no sense, or the server does not take it. Never says what a password is. */
export class Neo4jSettingsError extends Error {
  override readonly name = "Neo4jSettingsError";
  /** Stable, for programs. */
  readonly code = "neo4j_settings";
  /**
   * @param variable the environment variable: `NEO4J_URI`
   * @param reason what is wrong with it and what to do
   */
  constructor(readonly variable: string, reason: string, options?: ErrorOptions) {
    super(`${variable} ${reason}`, options);
  }
}

/**
 * What the environment says; undefined without `NEO4J_URI`.
 *
 * @param get reads one variable; the process's own unless it says otherwise
 * @throws {Neo4jSettingsError} for a value that makes no sense
 * @example
 * ```ts
 * import { neo4jEnvironment } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const variables: Record<string, string> = { NEO4J_URI: "bolt://db:7687", NEO4J_PASSWORD: "secret" };
 * strictEqual(neo4jEnvironment((name) => variables[name])?.uri, "bolt://db:7687");
 * ```
 */
export function neo4jEnvironment(
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Neo4jSettings | undefined {
  const read = (name: string) => get(name)?.trim() ? get(name) : undefined;
  const uri = read("NEO4J_URI")?.trim();
  if (uri === undefined) return undefined;
  // Not by what `URL` throws, and not with its text: it may have a password in it.
  if (!/^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s@?#]+\/?$/i.test(uri)) {
    throw new Neo4jSettingsError(
      "NEO4J_URI",
      "is not a URI like bolt://127.0.0.1:7687, without a user in it: those have variables of their own",
    );
  }
  const password = read("NEO4J_PASSWORD");
  if (password === undefined) {
    throw new Neo4jSettingsError(
      "NEO4J_PASSWORD",
      "is missing: set it to the password for NEO4J_URI",
    );
  }
  const database = read("NEO4J_DATABASE")?.trim();
  return neo4jSettings({
    uri,
    username: read("NEO4J_USERNAME")?.trim() ?? "neo4j",
    password,
    database,
  });
}

/** Settings of a server that is known otherwise. */
export function neo4jSettings(
  { uri, username, password, database }: {
    uri: string;
    username: string;
    password: string;
    database?: string | undefined;
  },
): Neo4jSettings {
  return {
    uri,
    auth: () => ({ scheme: "basic", principal: username, credentials: password }),
    ...(database === undefined ? {} : { database }),
  };
}
