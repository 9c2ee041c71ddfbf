/** How large networks are, and how full. */
import type { Space } from "../space.ts";

/** The space `network`: its points are networks. */
export const NETWORK: Space = {
  name: "network",
  about: "networks",
  domains: [{
    name: "network",
    dimensions: [
      {
        name: "network.size",
        unit: "{address}",
        scale: "log",
        range: [1, 4_294_967_296],
        about: "how many addresses its prefix has",
        source: "its cidr",
      },
      {
        name: "network.occupancy",
        unit: "1",
        scale: "linear",
        range: [0, 1],
        about: "which share of its addresses is known to be used",
        source: "the different addresses in it of resources' interfaces; of a network that one " +
          "resource has for itself, of that one's",
      },
      {
        name: "network.resources",
        unit: "{resource}",
        scale: "log",
        range: [1, 1e4],
        about: "how many resources have an address in it",
        source: "the addresses of resources' interfaces",
      },
      {
        name: "network.depth",
        unit: "{network}",
        scale: "linear",
        range: [0, 4],
        about: "in how many larger networks it lies",
        source: "the cidr of networks of its vrf and scope",
      },
    ],
  }],
};
