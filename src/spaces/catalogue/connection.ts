/** What is known of connections. */
import type { Space } from "../space.ts";

/** The space `connection`: its points are cables, flows and neighbours. */
export const CONNECTION: Space = {
  name: "connection",
  about: "cables, flows and neighbours",
  domains: [{
    name: "connection",
    dimensions: [
      {
        name: "connection.speed",
        unit: "bit/s",
        scale: "log",
        range: [1e6, 1e12],
        about: "how much it carries at most",
        source: "its speed_bps, or else the slower one of the interfaces at its ends",
      },
      {
        name: "connection.port",
        unit: "1",
        scale: "log",
        range: [1, 65_535],
        about: "the port that is called",
        source: "its port",
      },
      {
        name: "connection.parallel",
        unit: "{connection}",
        scale: "log",
        range: [1, 100],
        about: "how many there are between the two ends",
        source: "connections of the same two resources, or of a resource and an address",
      },
    ],
  }],
};
