/** What a file says of a topology, whatever its format. */
import type { DefineNetwork } from "../domain/network.ts";
import type { FilePlace } from "./import_error.ts";

/** A node; the names of its attributes are in lower case, those of nested ones with dots. */
export interface FileNode {
  /** Unique in its file. */
  id: string;
  attributes: ReadonlyMap<string, string>;
  at: FilePlace;
}

/** An edge between nodes of these ids. */
export interface FileEdge {
  source: string;
  target: string;
  attributes: ReadonlyMap<string, string>;
  at: FilePlace;
}

/** Something in a file that is not imported, and why. */
export interface LeftOut {
  at: FilePlace;
  why: string;
}

/** A topology as its file has it. */
export interface TopologyFile {
  /** Whether an edge and its reverse are the two directions of one. */
  isDirected: boolean;
  nodes: readonly FileNode[];
  edges: readonly FileEdge[];
  networks: readonly { data: DefineNetwork; at: FilePlace }[];
  /** What is wrong in itself. */
  refused: readonly LeftOut[];
  /** What is right, and nothing for an inventory. */
  passedOver: readonly LeftOut[];
}

/** What readers are given besides the text. */
export interface Source {
  /** The file's name, for messages. */
  file: string;
}

/** The first value that is there under one of these names, without blanks around it. */
export function valueOf(
  attributes: ReadonlyMap<string, string>,
  ...names: readonly string[]
): string | undefined {
  for (const name of names) {
    const value = attributes.get(name)?.trim();
    if (value) return value;
  }
  return undefined;
}

/** Nodes of which each has an id of its own; the others are refused. */
export class Nodes {
  readonly #byId = new Map<string, FileNode>();

  constructor(private readonly refused: LeftOut[]) {}

  /** Takes a node in. */
  add(id: string | undefined, attributes: ReadonlyMap<string, string>, at: FilePlace): void {
    if (id === undefined || id === "") {
      this.refused.push({ at, why: "the node has no id" });
      return;
    }
    const other = this.#byId.get(id);
    if (other) {
      const why = `the id ${JSON.stringify(id.slice(0, 80))} is that of the node in line ` +
        `${other.at.line} too: give it one of its own`;
      this.refused.push({ at, why });
      return;
    }
    this.#byId.set(id, { id, attributes, at });
  }

  /** All of them, as they came. */
  get all(): FileNode[] {
    return [...this.#byId.values()];
  }
}
