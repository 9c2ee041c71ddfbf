/**
 * GML, the Graph Modelling Language, by its grammar (Michael Himsolt, "GML: A portable Graph File Format", Universität
 * Passau 1997, figure 1):
 *
 *     GML   ::= List
 *     List  ::= (Key Value)*
 *     Value ::= Integer | Real | String | "[" List "]"
 *     Key   ::= [a-zA-Z] [a-zA-Z0-9]*
 *
 * Texts have character entities, as HTML has. A `#` begins a comment. What is written besides is read as well: `_` in
 * keys, and texts that are not ASCII.
 */
import { decodeHTMLStrict } from "entities";
import { ImportError } from "./import_error.ts";
import { Places } from "./places.ts";
import {
  type FileEdge,
  type LeftOut,
  Nodes,
  type Source,
  type TopologyFile,
} from "./topology_file.ts";

/** How deep lists may be in each other: a topology needs three. */
const DEEPEST = 32;
/** The longest key or number. */
const LONGEST_WORD = 254;

/** A key and its value, which for numbers is as it is written. */
interface Entry {
  key: string;
  value: string | Entry[];
  /** Where its key begins. */
  offset: number;
}

/**
 * Reads a topology.
 *
 * @throws {ImportError} `syntax`, `too_deep`, or `no_topology`
 */
export function parseGml(text: string, { file }: Source): TopologyFile {
  const places = new Places(text);
  const graphs = entriesOf(text, file, places).filter(({ key, value }) =>
    key === "graph" && typeof value !== "string"
  );
  const [graph, another] = graphs;
  if (graph === undefined) {
    throw new ImportError("no_topology", file, "there is no graph [ … ] in it");
  }
  if (another) {
    const why = "there is a second graph in it; give each a file of its own";
    throw new ImportError("no_topology", file, why, places.of(another.offset));
  }
  const entries = graph.value as Entry[];
  const refused: LeftOut[] = [];
  const nodes = new Nodes(refused);
  const edges: FileEdge[] = [];
  for (const { key, value, offset } of entries) {
    if (typeof value === "string" || (key !== "node" && key !== "edge")) continue;
    const attributes = attributesOf(value);
    const at = places.of(offset);
    if (key === "node") {
      nodes.add(attributes.get("id"), attributes, at);
      continue;
    }
    const [source, target] = [attributes.get("source"), attributes.get("target")];
    if (source !== undefined && target !== undefined) {
      edges.push({ source, target, attributes, at });
    } else refused.push({ at, why: "the edge has no source, or no target" });
  }
  const isDirected = entries.some(({ key, value }) => key === "directed" && value === "1");
  return { isDirected, nodes: nodes.all, edges, networks: [], refused, passedOver: [] };
}

/** Of several of one name the first counts. */
function attributesOf(entries: readonly Entry[]): Map<string, string> {
  const attributes = new Map<string, string>();
  const left: [prefix: string, entries: readonly Entry[]][] = [["", entries]];
  for (const [prefix, some] of left) {
    for (const { key, value } of some) {
      const name = prefix + key.toLowerCase();
      if (typeof value !== "string") left.push([`${name}.`, value]);
      else if (!attributes.has(name)) attributes.set(name, value);
    }
  }
  return attributes;
}

/** Pieces of text; what a bare word may be depends on where it stands. */
const TOKEN =
  /(?<blank>\s+|#[^\n]*)|(?<text>"[^"]*")|(?<word>[^\s[\]"#]+)|(?<open>\[)|(?<close>\])/y;
const KEY = /^[A-Za-z]\w*$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What C prints of numbers that are none. */
const NO_NUMBER = /^[+-]?(?:nan|inf(?:inity)?)$/i;

/** The entries of the outermost list; on a stack of our own, so that no depth is too much for the machine. */
function entriesOf(text: string, file: string, places: Places): Entry[] {
  const fail = (why: string, offset: number, code: "syntax" | "too_deep" = "syntax") =>
    new ImportError(code, file, why, places.of(offset));
  const stack: Entry[][] = [[]];
  let key: { name: string; offset: number } | undefined;
  TOKEN.lastIndex = 0;
  for (let offset = 0; offset < text.length; offset = TOKEN.lastIndex) {
    const found = TOKEN.exec(text)?.groups;
    if (!found) throw fail('the text that begins here has no " at its end', offset);
    const { blank, word, open, close } = found;
    if (blank !== undefined) continue;
    if (word !== undefined && word.length > LONGEST_WORD) {
      throw fail(`no key or number has more than ${LONGEST_WORD} characters`, offset);
    }
    if (close !== undefined) {
      if (key) throw fail(`the key ${key.name} has no value`, key.offset);
      if (stack.length === 1) throw fail("a ] without its [", offset);
      stack.pop();
    } else if (key === undefined) {
      if (word === undefined || !KEY.test(word)) {
        throw fail("a key is expected here: a letter, and then letters and digits", offset);
      }
      key = { name: word, offset };
    } else {
      const value = open === undefined ? valueOfToken(found) : [];
      if (value === undefined) {
        throw fail(`the value of ${key.name} is no number, "text" or [ list ]`, offset);
      }
      stack.at(-1)!.push({ key: key.name, value, offset: key.offset });
      key = undefined;
      if (typeof value === "string") continue;
      if (stack.push(value) > DEEPEST) {
        throw fail(`lists are more than ${DEEPEST} deep in each other`, offset, "too_deep");
      }
    }
  }
  if (key) throw fail(`the key ${key.name} has no value`, key.offset);
  if (stack.length > 1) throw fail("a ] is missing", text.length);
  return stack[0]!;
}

function valueOfToken({ text, word = "" }: Record<string, string | undefined>) {
  if (text !== undefined) return decodeHTMLStrict(text.slice(1, -1));
  if (/^[+-]?\d+$/.test(word)) return String(BigInt(word));
  return NUMBER.test(word) || NO_NUMBER.test(word) ? word : undefined;
}
