/** The door of the topology: what is joined to what. */
export { TopologyAnswer } from "./answer.ts";
export { TopologyError, type TopologyErrorCode } from "./error.ts";
export type {
  TopologyAddress,
  TopologyFacts,
  TopologyLink,
  TopologyResource,
  TopologyRoute,
} from "./facts.ts";
export { Topology, topologyOf } from "./topology.ts";
