/** A correlation as a tree that can be read: where there are too many siblings, those of one type are one. */
import { whole } from "../table/text.ts";
import { shortened } from "./svg.ts";
import type { CorrelatedEvent, CorrelationNode } from "./correlation_tree.ts";

/** So many nodes below one are drawn before any of them are folded, and at most. */
const FEW = 24;
const MOST = 40;
/** Fewer of one type are not folded. */
const FEWEST = 3;
/** Names of what is folded are told, each of so many characters at most, while they are no longer together. */
const NAME = 28;
const NAMES = 56;

/** The tree of a correlation's events, which are in the order of the log. */
export function foldedTree(id: string, events: readonly CorrelatedEvent[]): CorrelationNode {
  const commands = [...Map.groupBy(events, ({ command }) => command)].map(([command, own]) =>
    own.length === 1 ? eventNode(own[0]!) : nodeOf(
      "command",
      command === id ? "the root command" : "a command",
      "",
      own,
      own.map(eventNode),
    )
  );
  return nodeOf("root", events[0]!.actor, "", events, commands);
}

function eventNode(event: CorrelatedEvent): CorrelationNode {
  const { event_type: what, name, aggregate_type: about } = event;
  return { kind: "event", what, name, about, events: 1, first: event, last: event, children: [] };
}

function nodeOf(
  kind: CorrelationNode["kind"],
  what: string,
  name: string,
  events: readonly CorrelatedEvent[],
  children: readonly CorrelationNode[],
): CorrelationNode {
  const abouts = new Set(events.map(({ aggregate_type }) => aggregate_type));
  return {
    kind,
    what,
    name,
    about: abouts.size === 1 ? [...abouts][0]! : "",
    events: events.length,
    first: events[0]!,
    last: events.at(-1)!,
    children: folded(children),
  };
}

/** Siblings, the largest groups of one type folded until they are few; each is where its first one is. */
function folded(siblings: readonly CorrelationNode[]): CorrelationNode[] {
  const groups = [...Map.groupBy(siblings, signature).values()];
  const folding = new Set<CorrelationNode[]>();
  let count = siblings.length;
  for (const group of groups.toSorted((a, b) => b.length - a.length)) {
    if (count <= FEW || group.length < FEWEST) break;
    folding.add(group);
    count -= group.length - 1;
  }
  const nodes = groups.flatMap((group) => folding.has(group) ? [foldOf(group)] : group)
    .sort((a, b) => a.first.sequence - b.first.sequence);
  return nodes.length <= MOST
    ? nodes
    : [...nodes.slice(0, MOST - 1), leftOf(nodes.slice(MOST - 1))];
}

/** What siblings have in common that are folded: an event its type, a command those of its events. */
function signature({ kind, what, children }: CorrelationNode): string {
  return kind === "event" ? what : `${kind}: ${[...new Set(children.map(plainWhat))].sort()}`;
}

/** A type without a number of how many are folded. */
function plainWhat({ what, first, kind }: CorrelationNode): string {
  return kind === "folded" ? first.event_type : what;
}

function foldOf(group: readonly CorrelationNode[]): CorrelationNode {
  const [one] = group as [CorrelationNode];
  const what = one.kind === "event"
    ? one.what
    : `a command with ${[...new Set(one.children.map(plainWhat))].sort().join(", ")}`;
  return summed("folded", `${whole(group.length)} × ${what}`, namesOf(group), group);
}

function leftOf(nodes: readonly CorrelationNode[]): CorrelationNode {
  const events = nodes.reduce((sum, node) => sum + node.events, 0);
  return summed("left", `…and ${whole(nodes.length)} more`, `${whole(events)} events`, nodes);
}

function namesOf(group: readonly CorrelationNode[]): string {
  const named = group.filter(({ name }) => name !== "");
  let told = "";
  for (const [at, { name }] of named.entries()) {
    const more = `${told}${at > 0 ? ", " : ""}${shortened(name, NAME)}`;
    if (at > 0 && more.length > NAMES) return `${told} and ${whole(named.length - at)} more`;
    told = more;
  }
  return told;
}

function summed(
  kind: CorrelationNode["kind"],
  what: string,
  name: string,
  nodes: readonly CorrelationNode[],
): CorrelationNode {
  const abouts = new Set(nodes.map(({ about }) => about));
  return {
    kind,
    what,
    name,
    about: abouts.size === 1 ? [...abouts][0]! : "",
    events: nodes.reduce((sum, { events }) => sum + events, 0),
    first: nodes[0]!.first,
    last: nodes.reduce(
      (last, node) => node.last.sequence > last.sequence ? node.last : last,
      nodes[0]!.last,
    ),
    children: [],
  };
}
