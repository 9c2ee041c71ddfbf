/**
 * GraphML (http://graphml.graphdrawing.org/specification.html). The document is read from front to back, and nothing
 * outside of it: saxes knows XML's five entities and no others, whatever a document type declares.
 */
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { type FilePlace, ImportError } from "./import_error.ts";
import {
  type FileEdge,
  type LeftOut,
  Nodes,
  type Source,
  type TopologyFile,
} from "./topology_file.ts";

/** How deep elements may be in each other: drawings in yEd's files are some ten deep. */
const DEEPEST = 64;

/** What a `data` element may be about, by `key`. */
interface Key {
  name: string;
  /** What it is about: `node`, `edge`, `graph` … or `all`. */
  about: string;
  fallback?: string;
}

/** A node or an edge that is being read. */
interface Open {
  kind: "node" | "edge";
  tag: SaxesTagPlain;
  said: Map<string, string>;
  at: FilePlace;
}

/**
 * Reads a topology; nodes of graphs in graphs are nodes as others are.
 *
 * @throws {ImportError} `syntax`, `too_deep`, or `no_topology`
 */
export function parseGraphml(text: string, { file }: Source): TopologyFile {
  const reader = new Reader(file);
  reader.read(text);
  return reader.topology();
}

class Reader {
  readonly #parser = new SaxesParser();
  readonly #refused: LeftOut[] = [];
  readonly #passedOver: LeftOut[] = [];
  readonly #nodes = new Nodes(this.#refused);
  readonly #edges: FileEdge[] = [];
  readonly #keys = new Map<string, Key>();
  /** The names of the elements that are open. */
  readonly #path: string[] = [];
  readonly #open: Open[] = [];
  /** Where the element that is being read begins. */
  #begin: FilePlace = { line: 1, column: 1 };
  #text = "";
  /** The key of the `data` that is open, or of the `key` whose default is read. */
  #key: Key | undefined;
  #isDirected: boolean | undefined;

  constructor(private readonly file: string) {}

  read(text: string): void {
    const parser = this.#parser;
    parser.on("error", (error) => {
      const why = error.message.replace(/^\d+:\d+: /, "");
      throw new ImportError("syntax", this.file, why, this.#here);
    });
    parser.on("opentagstart", ({ name }) => {
      // One character after the name has been read.
      const column = parser.column - name.length - 1;
      this.#begin = column > 0
        ? { line: parser.line, column }
        : { line: parser.line - 1, column: 1 };
    });
    parser.on("opentag", (tag) => this.#enter(tag));
    parser.on("closetag", ({ name }) => this.#leave(local(name)));
    parser.on("text", (some) => void (this.#text += some));
    parser.on("cdata", (some) => void (this.#text += some));
    parser.write(text).close();
  }

  topology(): TopologyFile {
    if (this.#isDirected === undefined) {
      throw new ImportError("no_topology", this.file, "there is no <graph> in it");
    }
    return {
      isDirected: this.#isDirected,
      nodes: this.#nodes.all,
      edges: this.#edges,
      networks: [],
      refused: this.#refused,
      passedOver: this.#passedOver,
    };
  }

  get #here(): FilePlace {
    return { line: this.#parser.line, column: this.#parser.column + 1 };
  }

  #enter(tag: SaxesTagPlain): void {
    const name = local(tag.name);
    if (this.#path.length === 0 && name !== "graphml") {
      throw new ImportError("no_topology", this.file, `it is no GraphML: it begins with <${name}>`);
    }
    if (this.#path.push(name) > DEEPEST) {
      const why = `elements are more than ${DEEPEST} deep in each other`;
      throw new ImportError("too_deep", this.file, why, this.#here);
    }
    const { attributes } = tag;
    this.#text = "";
    if (name === "graph") this.#isDirected ??= attributes["edgedefault"] === "directed";
    else if (name === "node" || name === "edge") {
      this.#open.push({ kind: name, tag, said: new Map(), at: this.#begin });
    } else if (name === "hyperedge") {
      this.#passedOver.push({ at: this.#begin, why: "a hyperedge is no cable" });
    } else if (name === "key") {
      const { id = "", for: about = "all" } = attributes;
      this.#key = { name: (attributes["attr.name"] ?? id).toLowerCase(), about };
      this.#keys.set(id, this.#key);
    } else if (name === "data") this.#key = this.#keys.get(attributes["key"] ?? "");
  }

  #leave(name: string): void {
    this.#path.pop();
    const open = this.#open.at(-1);
    if (name === "default" && this.#path.at(-1) === "key") this.#key!.fallback = this.#text;
    else if (name === "data") {
      if (this.#key && this.#text.trim() !== "") open?.said.set(this.#key.name, this.#text);
      this.#key = undefined;
    } else if (name === "NodeLabel" && open?.kind === "node" && !open.said.has("label")) {
      open.said.set("label", this.#text); // as yEd draws it
    } else if (name === open?.kind) this.#take(this.#open.pop()!);
    this.#text = "";
  }

  #take({ kind, tag, said, at }: Open): void {
    for (const { name, about, fallback } of this.#keys.values()) {
      if (fallback === undefined || said.has(name)) continue;
      if (about === kind || about === "all") said.set(name, fallback);
    }
    const { id, source, target, sourceport, targetport } = tag.attributes;
    if (kind === "node") this.#nodes.add(id, said, at);
    else if (source === undefined || target === undefined) {
      this.#refused.push({ at, why: "the edge has no source, or no target" });
    } else {
      if (sourceport !== undefined) said.set("sourceport", sourceport);
      if (targetport !== undefined) said.set("targetport", targetport);
      this.#edges.push({ source, target, attributes: said, at });
    }
  }
}

/** A name without its name space. */
function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
