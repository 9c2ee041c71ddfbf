/** The topologies of containerlab (https://containerlab.dev/manual/topo-def-file/). */
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { DefineNetwork } from "../domain/network.ts";
import { type FilePlace, ImportError } from "./import_error.ts";
import { Places } from "./places.ts";
import {
  type FileEdge,
  type LeftOut,
  Nodes,
  type Source,
  type TopologyFile,
} from "./topology_file.ts";

/** How often anchors may be repeated, counted as the library does. */
const MOST_ALIASES = 1_000;
/** How deep lists and maps may be in each other. */
const DEEPEST = 64;
/** As many entries begun in one line, each in the one before it. */
const STAIRS = new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`);

/** What ends of links are called that are no nodes. */
const NO_NODES = new Set(["host", "mgmt-net", "macvlan", "dummy", "vxlan", "vxlan-stitch"]);
/** Fields of nodes that are kept; the others are how to start it. */
const KEPT = ["kind", "type", "image"] as const;

type Fields = Record<string, unknown>;
type Path = readonly (string | number)[];

/**
 * Reads a topology.
 *
 * @throws {ImportError} `syntax`, `too_deep`, or `no_topology`
 */
export function parseContainerlab(text: string, { file }: Source): TopologyFile {
  const { value, placeOf } = read(text, file);
  const { topology, mgmt } = fields(value);
  const { nodes: said, links, defaults, kinds, groups } = fields(topology);
  if (Object.keys(fields(said)).length === 0) {
    throw new ImportError("no_topology", file, "there are no topology.nodes in it");
  }
  const refused: LeftOut[] = [];
  const passedOver: LeftOut[] = [];
  const nodes = new Nodes(refused);
  for (const [name, given] of Object.entries(fields(said))) {
    const at = placeOf(["topology", "nodes", name]);
    if (given !== null && !isFields(given)) {
      refused.push({ at, why: `the node ${quoted(name)} is no map of fields` });
      continue;
    }
    // The nearest says it: the node, its group, its kind, the defaults.
    const own = fields(given);
    const group = fields(fields(groups)[text_(own["group"]) ?? ""]);
    const kind = text_(own["kind"]) ?? text_(group["kind"]) ?? text_(fields(defaults)["kind"]);
    const layers = [own, group, fields(fields(kinds)[kind ?? ""]), fields(defaults)];
    const attributes = new Map([["label", name]]);
    for (const field of KEPT) {
      const found = layers.map((layer) => text_(layer[field])).find((one) => one !== undefined);
      if (found !== undefined) attributes.set(field, found);
    }
    nodes.add(name, attributes, at);
  }
  const edges: FileEdge[] = [];
  for (const [index, link] of (Array.isArray(links) ? links : []).entries()) {
    const at = placeOf(["topology", "links", index]);
    const found = edgeOf(fields(link));
    if (found === undefined) {
      refused.push({ at, why: "the link has no two ends, each NODE:INTERFACE" });
    } else if (typeof found === "string") {
      passedOver.push({ at, why: `the link goes to ${found}, which is no node` });
    } else edges.push({ ...found, at });
  }
  const networks = networksOf(fields(mgmt)).map(({ field, data }) => ({
    data,
    at: placeOf(["mgmt", field]),
  }));
  return { isDirected: false, nodes: nodes.all, edges, networks, refused, passedOver };
}

function read(text: string, file: string): { value: unknown; placeOf: (path: Path) => FilePlace } {
  const lines = new LineCounter();
  const place = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    requireFlat(text, file);
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
    const [error] = document.errors;
    if (error) throw new ImportError("syntax", file, error.message, place(error.pos[0]));
    const placeOf = (path: Path): FilePlace => {
      const [above, last] = [path.slice(0, -1), path.at(-1)];
      const inside = document.getIn(above, true);
      const found = isMap(inside)
        ? inside.items.find(({ key }) => isScalar(key) && String(key.value) === last)?.key
        : isSeq(inside)
        ? inside.items[last as number]
        : undefined;
      if (isNode(found) && found.range) return place(found.range[0]);
      return above.length > 0 ? placeOf(above) : { line: 1, column: 1 };
    };
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), placeOf };
  } catch (error) {
    if (error instanceof ImportError) throw error;
    // Too many aliases, one that is not defined, or deeper than the stack is high.
    const why = error instanceof Error ? error.message : String(error);
    throw new ImportError(error instanceof RangeError ? "too_deep" : "syntax", file, why);
  }
}

/**
 * The library takes the square of the depth in time: hours for half a megabyte of brackets. Those in texts count as well,
 * which are closed again where anybody means them.
 */
function requireFlat(text: string, file: string): void {
  const stairs = text.search(STAIRS);
  let depth = 0;
  let at = stairs;
  for (let offset = 0; offset < text.length && at < 0; offset++) {
    const one = text[offset];
    if (one === "[" || one === "{") depth++;
    else if (one === "]" || one === "}") depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) at = offset;
  }
  if (at < 0) return;
  const why = `lists or maps are more than ${DEEPEST} deep in each other`;
  throw new ImportError("too_deep", file, why, new Places(text).of(at));
}

/** What is known of a link; the name of its end that is no node; or undefined where it makes no sense. */
function edgeOf(link: Fields): Omit<FileEdge, "at"> | string | undefined {
  const type = text_(link["type"]);
  if (type !== undefined && type !== "veth") return type;
  const { endpoints } = link;
  if (!Array.isArray(endpoints) || endpoints.length !== 2) return undefined;
  const ends = endpoints.map(endOf);
  const [source, target] = ends;
  if (!source || !target) return undefined;
  const other = ends.find((end) => NO_NODES.has(end!.node));
  if (other) return other.node;
  const attributes = new Map<string, string>();
  if (source.interface) attributes.set("sourceport", source.interface);
  if (target.interface) attributes.set("targetport", target.interface);
  return { source: source.node, target: target.node, attributes };
}

/** `node:interface`, or a map of the two. */
function endOf(end: unknown): { node: string; interface: string } | undefined {
  if (typeof end !== "string") {
    const node = text_(fields(end)["node"]);
    return node ? { node, interface: text_(fields(end)["interface"]) ?? "" } : undefined;
  }
  const colon = end.indexOf(":");
  return colon > 0 ? { node: end.slice(0, colon), interface: end.slice(colon + 1) } : undefined;
}

function networksOf(mgmt: Fields): { field: string; data: DefineNetwork }[] {
  const name = text_(mgmt["network"]) ?? "clab"; // containerlab's own name for it
  return (["ipv4", "ipv6"] as const).flatMap((version) => {
    const field = `${version}-subnet`;
    const cidr = text_(mgmt[field]);
    if (cidr === undefined || cidr === "auto") return [];
    const gateway = text_(mgmt[`${version}-gw`]);
    return [{ field, data: { name, cidr, ...gateway === undefined ? {} : { gateway } } }];
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of a map; none of what is no map. */
function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function text_(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
