/** The system knows itself: this program, the log's server and the read models are software of their machine. */
import project from "../../deno.json" with { type: "json" };
import type { ConfigureSoftware } from "../domain/software.ts";

/** What runs here and is known without looking. */
export interface OwnParts {
  /** The log's server, if it is on this machine. */
  server?: { version: string; url: string; durability: string };
  /** The log's stream; absent where only commands are sent to another machine. */
  stream?: string;
}

/** The scope of what the system knows of itself. */
export const OWN_SCOPE = "software/service/cim";

/** The parts of this system on a machine. */
export function ownSoftware(computeId: string, { server, stream }: OwnParts): ConfigureSoftware[] {
  const part = (name: string, version: string, configuration: Record<string, string>) => ({
    compute: computeId,
    kind: "service" as const,
    source: "cim",
    name,
    version,
    configuration,
  });
  const found: ConfigureSoftware[] = [
    part("cim", project.version, { runtime: `deno ${Deno.version.deno}` }),
  ];
  if (stream !== undefined) {
    const duckdb = project.imports["@duckdb/node-api"].replace(/^.*@/, "");
    found.push(part("duckdb", duckdb, { projection: "sql", reads: stream }));
  }
  if (server) {
    const { hostname, port } = new URL(server.url);
    found.push({
      ...part("nats-server", server.version, {
        stream: stream ?? "",
        durability: server.durability,
      }),
      listening: [{ transport: "tcp", address: hostname, port: Number(port) }],
    });
  }
  return found;
}
