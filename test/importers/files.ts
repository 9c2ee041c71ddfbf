/** The files of these tests, and what comes of them. */
import { fileURLToPath } from "node:url";
import { parseTopology, topologyFormatOf } from "../../src/importers/topology_format.ts";
import type { TopologyFile } from "../../src/importers/topology_file.ts";
import type { EstablishConnection } from "../../src/domain/connection.ts";
import { topologyCommands } from "../../src/importers/topology_commands.ts";

/** The path of one of them. */
export function pathOf(file: string): string {
  return fileURLToPath(new URL(`files/${file}`, import.meta.url));
}

/** One of them, read. */
export function parsedFile(file: string): TopologyFile {
  return parseTopology(Deno.readTextFileSync(pathOf(file)), {
    file,
    format: topologyFormatOf(file),
  });
}

/** What one comes down to: hosts with their kinds, cables in words, and what is left out, by its line. */
export function summary(file: string, options: { domain?: string } = {}) {
  const { commands, refused, passedOver } = topologyCommands(parsedFile(file), {
    file,
    ...options,
  });
  const end = (one: EstablishConnection["from" | "to"]) =>
    "compute" in one ? [one.compute, one.interface].filter(Boolean).join(":") : one.address;
  return {
    hosts: commands.flatMap(({ command, data }) =>
      command === "RegisterCompute" ? [`${data.hostname} ${data.resource_type}`] : []
    ),
    cables: commands.flatMap(({ command, data }) =>
      command === "EstablishConnection"
        ? [[end(data.from), end(data.to), data.speed_bps ?? ""].join(" ").trim()]
        : []
    ),
    networks: commands.flatMap(({ command, data }) => command === "DefineNetwork" ? [data] : []),
    refused: refused.map(({ at, why }) => `${at.line}:${at.column} ${why}`),
    passedOver: passedOver.map(({ at, why }) => `${at.line}:${at.column} ${why}`),
  };
}
