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
export { type GraphFacts, graphFacts } from "./graph_facts.ts";
export { Topology, topologyOf } from "./topology.ts";
