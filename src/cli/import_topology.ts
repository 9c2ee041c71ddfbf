/** `cim import topology`: nodes and edges of files as resources and cables. */
import { hostname } from "node:os";
import { basename } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { hostname as hostNameOf } from "../domain/values.ts";
import { submitImported } from "../importers/submit_imported.ts";
import {
  type ImportedCommand,
  type ImportedTopology,
  topologyCommands,
} from "../importers/topology_commands.ts";
import {
  readTopology,
  TOPOLOGY_FORMATS,
  type TopologyFormat,
  topologyFormatOf,
} from "../importers/topology_format.ts";
import type { TopologyFile } from "../importers/topology_file.ts";
import { whole } from "../table/text.ts";
import { openWorkspace } from "../workspace.ts";
import { given, Unreadable } from "./given.ts";
import { TopologyTotal } from "./import_topology_total.ts";
import { warnOfSkipped } from "./skipped.ts";
import { EXIT, KEPT, run, type Terminal } from "./terminal.ts";

interface Options {
  format?: TopologyFormat;
  domain?: string;
  actor: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the command to the command line. */
export function addImportTopology(group: Command): void {
  group.command("topology")
    .summary("nodes and edges of GML, GraphML and containerlab files as resources and cables")
    .description(
      "Makes a resource of each node, a cable of each edge, and a network of what containerlab calls its management " +
        "network. A resource that is known already by its host name stays what it is, and gets the file's tags. All " +
        "files are read before anything is submitted; of one that cannot be read nothing is, nor of the others.",
    )
    .argument("<files...>", "the files: *.gml, *.graphml, *.clab.yml or *.clab.yaml")
    .addOption(
      new Option("--format <name>", "what the files are, where their names do not say it")
        .choices(TOPOLOGY_FORMATS),
    )
    .option(
      "--domain <name>",
      "put behind each host name, so that what two files call alike are two",
      domainName,
    )
    .option("--actor <name>", "who says so", `cim@${hostname()}`)
    .option("--dry-run", "print the commands, as cim submit takes them, and write nothing")
    .option("--json", "print one JSON object a line: what became of each command")
    .addHelpText(
      "after",
      `
Host names are made of the labels: "São Paulo" is sao-paulo. Labels that come to the same are told apart by the ids of
their nodes, and a second cable between two by the plug to-NAME-2. The tags keep label, id, coordinates and file. What a
node is, its type or kind says (router, switch, linux, nokia_srlinux …); where nothing does it is unknown. Its site is its
attribute site, city or country. Speeds are LinkSpeedRaw or bandwidth, in bits per second or like 10G.

Examples:
  deno task cim import topology lab.clab.yml
  deno task cim import topology Geant2011.gml --domain geant
  deno task cim import topology network.graphml --dry-run | grep EstablishConnection`,
    )
    .action((files: string[], options: Options) =>
      run(async (terminal) => {
        const read = await readAll(files, options, terminal);
        await using workspace = await openWorkspace(terminal);
        const handler = await workspace.handler();
        warnOfSkipped(terminal, handler);
        const total = new TopologyTotal(terminal, options.json === true, options.dryRun === true);
        const said: Said[] = [];
        // By its name alone: what else is known of it, the file has no say in.
        const isKnown = (name: string) => handler.inventory.idsWith(`hostname:${name}`).length > 0;
        for (const { file, topology } of read) {
          const how = { file: basename(file), domain: options.domain, isKnown };
          const imported = topologyCommands(topology, how);
          total.addFile(file, topology, imported);
          said.push(...onlyOnce(file, imported, said, total));
        }
        if (options.dryRun) {
          for (const { command, data } of said) terminal.print(JSON.stringify({ command, data }));
          return total.refused > 0 ? EXIT.refused : EXIT.done;
        }
        const { messages } = workspace;
        const { actor } = options;
        const { signal } = terminal;
        for await (const one of submitImported(handler, messages, said, { actor, signal })) {
          total.add((one.said as Said).file, one.said, one.answer, said.length);
        }
        signal.throwIfAborted();
        if (!options.json) { for (const line of total.describe()) terminal.print(line); }
        return total.refused > 0 ? EXIT.refused : EXIT.done;
      }, KEPT)
    );
}

type Said = ImportedCommand & { file: string };

async function readAll(
  files: readonly string[],
  { format }: Options,
  terminal: Terminal,
): Promise<{ file: string; topology: TopologyFile }[]> {
  const read = [];
  for (const [index, file] of files.entries()) {
    terminal.signal.throwIfAborted();
    terminal.progress(`Reading ${file} (${whole(index + 1)} of ${whole(files.length)}) …`);
    const source = { file, format: format ?? topologyFormatOf(file) };
    read.push({ file, topology: await readTopology(await open(file), source) });
  }
  return read;
}

async function open(file: string): Promise<ReadableStream<Uint8Array>> {
  try {
    const opened = await Deno.open(given(file));
    if ((await opened.stat()).isDirectory) throw new Error("it is a folder");
    return opened.readable;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unreadable(`Cannot read ${file}: ${why}`, { cause: error });
  }
}

/** Without the resources that an earlier file has told of: the first one that does says what it is. */
function onlyOnce(
  file: string,
  { commands }: ImportedTopology,
  before: readonly Said[],
  total: TopologyTotal,
): Said[] {
  const first = new Map(before.map((one) => [nameOf(one), one.file]));
  return commands.flatMap((one) => {
    const name = nameOf(one);
    const other = name === undefined ? undefined : first.get(name);
    if (other === undefined) return [{ ...one, file }];
    total.passOver(file, one.at, `${name} is in ${other} too, and one resource with that`);
    return [];
  });
}

function nameOf({ command, data }: ImportedCommand): string | undefined {
  if (command === "RegisterCompute") return data.hostname;
  return command === "UpdateCompute" ? data.compute : undefined;
}

function domainName(value: string): string {
  try {
    return hostNameOf(value, "domain");
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
