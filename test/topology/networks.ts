/** Topologies of a few lines each, for tests. */
import { inOrder, type TopologyFacts, type TopologyLink } from "../../src/topology/facts.ts";
import { Topology } from "../../src/topology/topology.ts";

/** A resource in words: its name, and what is known of it besides. */
export type Said = string | ({ name: string } & Partial<TopologyFacts["resources"][number]>);

/** A topology of resources whose ids are their names, and links in words: `a b` is a cable. */
export function network(
  resources: readonly Said[],
  links: readonly (string | Partial<TopologyLink> & { from: string; to: string })[] = [],
  more: Partial<Pick<TopologyFacts, "addresses" | "routes">> = {},
): Topology {
  const nothing = { type: null, host: null, site: null, rack: null, position: null };
  const unsaid = { from_interface: null, to_interface: null, speed_bps: null };
  return new Topology(inOrder({
    resources: resources.map((one) => {
      const said = typeof one === "string" ? { name: one } : one;
      return { id: said.name, ...nothing, ...said };
    }),
    links: links.map((one, at) => {
      const [from, to] = typeof one === "string" ? one.split(" ") : [];
      const said = typeof one === "string" ? { from: from!, to: to! } : one;
      const id = `link-${String(at).padStart(6, "0")}`;
      return { id, kind: "cable", port: null, process: null, ...unsaid, ...said };
    }),
    addresses: more.addresses ?? [],
    routes: more.routes ?? [],
  }));
}

/** Addresses of resources, as they are written: `{ web: ["10.0.0.7/24"] }`. */
export function addresses(of: Record<string, string[]>): TopologyFacts["addresses"] {
  return Object.entries(of).flatMap(([resource, all]) =>
    all.map((said, at) => {
      const [address, length] = said.split("/");
      return { resource, interface: `eth${at}`, address: address!, prefix_length: Number(length) };
    })
  );
}

/** Routing tables: `{ web: ["0.0.0.0/0 10.0.0.1", "10.9.0.0/16 - 5"] }`, prefix, gateway and metric. */
export function routes(of: Record<string, string[]>): TopologyFacts["routes"] {
  return Object.entries(of).flatMap(([resource, all]) =>
    all.map((said) => {
      const [destination, gateway = "-", metric] = said.split(" ");
      return {
        resource,
        destination: destination!,
        gateway: gateway === "-" ? null : gateway,
        interface: null,
        metric: metric === undefined ? null : Number(metric),
      };
    })
  );
}
