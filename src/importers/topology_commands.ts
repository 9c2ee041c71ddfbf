/** A topology in a file → commands. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import type { CommandData, CommandType } from "../domain/command.ts";
import { cablesOf } from "./cables.ts";
import { hostNames } from "./host_names.ts";
import type { FilePlace } from "./import_error.ts";
import { resourceTypeOf } from "./resource_type.ts";
import { type FileNode, type LeftOut, type TopologyFile, valueOf } from "./topology_file.ts";

/** A command, and the place in the file that it comes from. */
export type ImportedCommand = {
  [T in CommandType]: { command: T; data: CommandData[T]; at: FilePlace };
}[CommandType];

/** What a file comes down to. */
export interface ImportedTopology {
  /** In the order in which they are to be submitted. */
  commands: ImportedCommand[];
  /** What is wrong in the file, by place. */
  refused: LeftOut[];
  /** What is nothing for an inventory, by place. */
  passedOver: LeftOut[];
}

/** What is needed besides the topology. */
export interface TopologyCommandsOptions {
  /** The file's name, which every resource keeps as a tag. */
  file: string;
  /** Put behind every host name, so that the `london` of two files are two. */
  domain?: string | undefined;
  /** Whether a resource of this name is known: then it only gets tags, and stays what it is and where. */
  isKnown?: (hostname: string) => boolean;
}

/** Attributes that are kept as tags, under these names. */
const TAGS: Record<string, readonly string[]> = {
  label: ["label", "name"],
  latitude: ["latitude", "lat"],
  longitude: ["longitude", "lon", "lng"],
  country: ["country"],
  type: ["type"],
  kind: ["kind"],
  image: ["image"],
  hyperedge: ["hyperedge"],
};
const SITE = ["site", "city", "country"];

/**
 * A resource for each node, a cable for each edge, and the networks that it states.
 *
 * @example
 * ```ts
 * import { parseTopology, topologyCommands } from "@cim/infrastructure";
 * import { deepStrictEqual } from "node:assert";
 * const text = 'graph [ node [ id 1 label "São Paulo" ] node [ id 2 ] edge [ source 1 target 2 ] ]';
 * const lab = parseTopology(text, { file: "lab.gml", format: "gml" });
 * const { commands } = topologyCommands(lab, { file: "lab.gml" });
 * deepStrictEqual(commands.map(({ command }) => command), [
 *   "RegisterCompute",
 *   "RegisterCompute",
 *   "EstablishConnection",
 * ]);
 * deepStrictEqual(commands[2]?.data, {
 *   kind: "cable",
 *   from: { compute: "sao-paulo" },
 *   to: { compute: "node-2" },
 * });
 * ```
 */
export function topologyCommands(
  topology: TopologyFile,
  { file, domain, isKnown = () => false }: TopologyCommandsOptions,
): ImportedTopology {
  const names = hostNames(topology.nodes, domain);
  const { cables, ...leftOut } = cablesOf(topology, (id) => names.get(id));
  const byPlace = (a: LeftOut, b: LeftOut) => a.at.line - b.at.line || a.at.column - b.at.column;
  return {
    commands: [
      ...topology.networks.map((one) => ({ command: "DefineNetwork" as const, ...one })),
      ...topology.nodes.map((node) => computeCommand(node, names.get(node.id)!, file, isKnown)),
      ...cables.map((one) => ({ command: "EstablishConnection" as const, ...one })),
    ],
    refused: [...topology.refused, ...leftOut.refused].sort(byPlace),
    passedOver: [...topology.passedOver, ...leftOut.passedOver].sort(byPlace),
  };
}

function computeCommand(
  { id, attributes, at }: FileNode,
  hostname: string,
  file: string,
  isKnown: (hostname: string) => boolean,
): ImportedCommand {
  const tags: Record<string, string> = {};
  for (const [tag, names] of Object.entries(TAGS)) {
    const value = valueOf(attributes, ...names);
    if (value !== undefined) tags[tag] = value;
  }
  tags["topology_file"] = file;
  tags["topology_id"] = id;
  if (isKnown(hostname)) {
    return { command: "UpdateCompute", data: { compute: hostname, tags }, at };
  }
  const site = valueOf(attributes, ...SITE);
  const data: RegisterCompute = {
    hostname,
    resource_type: resourceTypeOf(attributes) ?? "unknown",
    ...site === undefined ? {} : { location: { site } },
    tags,
    interfaces: [], // which others it has, the file does not say
  };
  return { command: "RegisterCompute", data, at };
}
