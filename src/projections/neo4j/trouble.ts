/** Trouble with the server, told from trouble with the events. */
import { ProjectionUnavailable } from "../projection.ts";
import { oneLine } from "../projector_error.ts";
import { Neo4jSettingsError } from "./settings.ts";

/** The driver's own codes, for what has none of the server. */
const OF_THE_CONNECTION = new Set(["ServiceUnavailable", "SessionExpired", "ProtocolError", "N/A"]);

/** What the server says that does not let us in, or has no such database. */
export function refusal(error: unknown): Neo4jSettingsError | undefined {
  const code = codeOf(error);
  const refused = (variable: string, reason: string) =>
    new Neo4jSettingsError(variable, reason, { cause: error });
  if (code?.endsWith(".Security.CredentialsExpired")) {
    return refused("NEO4J_PASSWORD", "has expired on the server: it has to be changed there first");
  }
  if (code?.endsWith(".Security.AuthenticationRateLimit")) {
    return refused(
      "NEO4J_PASSWORD",
      "was wrong so often that the server takes none for some seconds: set it right, and wait",
    );
  }
  if (code?.endsWith(".Security.Unauthorized")) {
    return refused(
      "NEO4J_PASSWORD",
      "is not the one of NEO4J_USERNAME: the server does not let us in, set both right",
    );
  }
  if (code?.endsWith(".Database.DatabaseNotFound")) {
    return refused("NEO4J_DATABASE", "names a database that the server does not have");
  }
}

/**
 * What an error of the driver is to a projector: trouble that may pass is {@linkcode ProjectionUnavailable}, and anything
 * else is as it was, and has to do with what was written.
 */
export function trouble(error: unknown, projection: string): unknown {
  const refused = refusal(error);
  if (refused) return new ProjectionUnavailable(projection, refused.message, { cause: error });
  const code = codeOf(error);
  if (code === undefined) return error;
  const isTrouble = OF_THE_CONNECTION.has(code) ||
    /^Neo\.(TransientError|DatabaseError)\./.test(code) ||
    /^Neo\.ClientError\.(Security|Cluster|Database|General)\./.test(code);
  return isTrouble
    ? new ProjectionUnavailable(projection, oneLine(error), { cause: error })
    : error;
}

function codeOf(error: unknown): string | undefined {
  const isDrivers = error instanceof Error && error.name === "Neo4jError" && "code" in error;
  return isDrivers ? String(error.code) : undefined;
}
