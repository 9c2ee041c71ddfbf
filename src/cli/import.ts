/** `cim import`: what others have written down, as commands. */
import type { Command } from "commander";
import { addImportFile } from "./import_file.ts";
import { addImportNetBox } from "./import_netbox.ts";
import { addImportPrometheus } from "./import_prometheus.ts";
import { addImportTopology } from "./import_topology.ts";

/** Adds the commands to the command line. */
export function addImport(program: Command): void {
  const command = program.command("import")
    .summary("what others have written down, as commands: topologies, tables, Prometheus, NetBox")
    .description("Makes commands of what other programs have written down, and submits them.");
  addImportTopology(command);
  addImportPrometheus(command);
  addImportFile(command);
  addImportNetBox(command);
}
