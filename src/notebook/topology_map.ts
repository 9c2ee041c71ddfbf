/** Maps of a topology: what is joined to what. */
import { Table } from "../table/table.ts";
import { columns as inColumns, counted, visible, whole } from "../table/text.ts";
import type { Topology, TopologyAnswer } from "../topology/mod.ts";
import { lineOf } from "./picture.ts";
import type { MimeBundle } from "./show.ts";
import { drawnOf, type DrawnTopology, type MapGrouping } from "./topology_map_fold.ts";
import { topologyMapSvg } from "./topology_map_svg.ts";

/** What a map shows besides what there is. */
export interface TopologyMapOptions {
  /** What a question gave: what it is about stands out, and all else is pale. */
  readonly highlight?: TopologyAnswer | undefined;
  /** By what resources are drawn together: by their rack or else site, where these are known, if it is not said. */
  readonly group?: MapGrouping | undefined;
}

/** So many lines are printed. */
const PRINTED = 30;

/** A map of a topology. As the last expression of a notebook's cell it is a picture. */
export class TopologyMap {
  /** What is drawn. */
  readonly drawn: DrawnTopology;
  /** What the question gave. */
  readonly answer: TopologyAnswer | undefined;

  constructor(readonly topology: Topology, { highlight, group }: TopologyMapOptions = {}) {
    this.answer = highlight;
    this.drawn = drawnOf(topology, highlight?.highlight, group);
  }

  /** What the picture is called. */
  get title(): string {
    return "What is joined to what";
  }

  /** What is to be seen, in a line. */
  get summary(): string {
    const { facts: { resources }, graph } = this.topology;
    if (resources.length === 0) return "no resource is known";
    const links = graph.filterEdges((_, { kind }) => kind !== "hosted").length;
    const guests = resources.filter(({ host }) => host !== null).length;
    return lineOf(
      counted(resources.length, "resource"),
      guests > 0 ? `${whole(guests)} of them on a host` : "",
      counted(links, "link"),
    );
  }

  /** What is not drawn one by one; empty where that is nothing. */
  get leftOut(): string {
    const { guests, others } = this.drawn.left;
    return lineOf(
      guests > 0 ? `${counted(guests, "guest")} as a number at their host` : "",
      others > 0 ? `${whole(others)} that fewer links join are left out` : "",
    );
  }

  /** The picture, as an SVG file. */
  get svg(): string {
    return topologyMapSvg(this);
  }

  /** All resources, those first that are joined to most others. */
  table(): Table {
    const { facts: { resources }, graph } = this.topology;
    const told = new Set(this.answer?.highlight.resources);
    const text = (name: string) => ({ name, type: "VARCHAR", numeric: false });
    const number = (name: string) => ({ name, type: "BIGINT", numeric: true });
    const rows = resources.map((one) => ({
      one,
      neighbours: new Set(graph.neighbors(one.id)).size,
      links: graph.degree(one.id),
    })).sort((a, b) => b.neighbours - a.neighbours || b.links - a.links);
    return new Table(
      [
        ...["resource", "type", "host", "site", "rack"].map(text),
        ...["neighbours", "links"].map(number),
        { name: "stands_out", type: "BOOLEAN", numeric: false },
      ],
      rows.map(({ one: { id, name, type, host, site, rack }, neighbours, links }) => [
        ...[name, type, host === null ? null : this.topology.nameOf(host), site, rack],
        ...[neighbours, links, told.has(id)],
      ]),
    );
  }

  /** What is to be seen, in words. */
  toString(): string {
    const rows = this.table().rows;
    const lines = inColumns(
      rows.slice(0, PRINTED).map(({ resource, type, neighbours, stands_out }) => [
        cut(String(resource)),
        cut(String(type ?? "unknown").replaceAll("_", " ")),
        `joined to ${whole(Number(neighbours))}`,
        stands_out ? "stands out" : "",
      ]),
      "  ",
    ).map((line) => line.trimEnd());
    const more = rows.length - PRINTED;
    return [
      this.title,
      ...this.below,
      ...lines,
      ...(more > 0 ? [`  …and ${whole(more)} more`] : []),
    ].map(visible).join("\n");
  }

  /** The lines below its title. */
  get below(): string[] {
    return [this.summary, this.answer?.said ?? "", this.leftOut].filter((line) => line !== "");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.toString() };
  }
}

function cut(text: string): string {
  const line = visible(text);
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/**
 * Draws what is joined to what: machines by their links, near those that they are joined to, with what runs on them around
 * them, and those in one rack or site on one ground. Parallel links are one line with their number; names are written where
 * there is room. It is the same picture each time.
 *
 * @example
 * ```ts
 * import { openHistory, topologyMap, topologyOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * await using history = await openHistory({ archive: "data/samples/fleet" });
 * await using model = await history.replay();
 * const topology = await topologyOf(model);
 * const map = topologyMap(topology, { highlight: topology.path("shop-web-01", "router-01") });
 * strictEqual(map.summary, "58 resources · 34 of them on a host · 39 links");
 * ```
 */
export function topologyMap(topology: Topology, options: TopologyMapOptions = {}): TopologyMap {
  return new TopologyMap(topology, options);
}
