/** The door of the importers: files that others wrote → commands. */
export { FileMapping, MappingInvalid, parseMapping } from "./file_mapping.ts";
export { type FilePlace, ImportError, type ImportErrorCode } from "./import_error.ts";
export {
  type ImportedCommand,
  type ImportedTopology,
  topologyCommands,
  type TopologyCommandsOptions,
} from "./topology_commands.ts";
export { type ImportAnswer, submitImported } from "./submit_imported.ts";
export type { FileEdge, FileNode, LeftOut, TopologyFile } from "./topology_file.ts";
export {
  parseTopology,
  readTopology,
  TOPOLOGY_FORMATS,
  type TopologyFormat,
  topologyFormatOf,
} from "./topology_format.ts";
export { PrometheusError, type PrometheusErrorCode } from "./prometheus/error.ts";
export { type PrometheusSettings, prometheusSettings } from "./prometheus/settings.ts";
