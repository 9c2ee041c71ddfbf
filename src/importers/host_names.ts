/** Host names for what is called otherwise. */
import anyAscii from "any-ascii";
import { Refusal } from "../domain/refusal.ts";
import { hostname } from "../domain/values.ts";
import { type FileNode, valueOf } from "./topology_file.ts";

/** The longest label of a host name (RFC 1123, section 2.1). */
const LONGEST = 63;
/** How much of an id tells nodes of one label apart. */
const LONGEST_ID = 24;

/**
 * A host name (RFC 1123) for each node: its label, where that is none in small letters and digits, with hyphens for
 * whatever is between them; other scripts in Latin letters. Nodes whose labels come to the same are told apart by their
 * ids, all of them, so that it does not matter in which order they are.
 *
 * @param domain is put behind each
 * @returns by the ids of the nodes
 */
export function hostNames(
  nodes: readonly FileNode[],
  domain: string | undefined,
): Map<string, string> {
  const wanted = nodes.map(({ id, attributes }) => ({
    id,
    name: hostNameOf(valueOf(attributes, "label", "name") ?? "", id),
  }));
  const counts = new Map<string, number>();
  for (const { name } of wanted) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set([...counts].filter(([, count]) => count === 1).map(([name]) => name));
  const names = new Map<string, string>();
  for (const { id, name } of wanted) {
    let own = name;
    if (counts.get(name)! > 1) {
      const short = plain(id, LONGEST_ID) || "x";
      own = joinedName(name, short);
      for (let count = 2; taken.has(own); count++) own = joinedName(name, `${short}-${count}`);
      taken.add(own);
    }
    names.set(id, domain === undefined ? own : `${own}.${domain}`);
  }
  return names;
}

/**
 * A host name for one thing.
 *
 * @param id what it is called where the label has no letter and no digit
 */
export function hostNameOf(label: string, id: string): string {
  try {
    if (label.includes(".")) return hostname(label, "label"); // a name with its domain
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  const name = plain(label, LONGEST) || plain(id, LONGEST);
  return /^\d*$/.test(name) ? `node-${name || "x"}` : name;
}

/** A name with something behind its first label, which is cut where it would be too long. */
export function joinedName(name: string, end: string): string {
  const [first, ...rest] = name.split(".");
  const short = first!.slice(0, LONGEST - end.length - 1).replace(/-+$/, "");
  return [`${short}-${end}`, ...rest].join(".");
}

function plain(text: string, most: number): string {
  // No name is that long, and what is left out of it changes nothing.
  const ascii = anyAscii(text.slice(0, 1_024)).toLowerCase();
  return ascii.replaceAll(/[^a-z0-9]+/g, "-").replace(/^-/, "").slice(0, most).replace(/-$/, "");
}
