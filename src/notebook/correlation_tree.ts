/** Trees of what came of what: a root, the commands that it caused, and their events. */
import { hierarchy, type HierarchyNode } from "d3-hierarchy";
import type { Model } from "../replay/model.ts";
import type { Table } from "../table/table.ts";
import { counted, visible } from "../table/text.ts";
import { foldedTree } from "./correlation_fold.ts";
import { correlationTreeSvg } from "./correlation_tree_svg.ts";
import { lineOf, momentWords } from "./picture.ts";
import type { MimeBundle } from "./show.ts";

/** An event, as the log has it. */
export interface CorrelatedEvent {
  readonly command: string;
  readonly event_type: string;
  readonly aggregate_type: string;
  /** What it is about, for people. */
  readonly name: string;
  readonly sequence: number;
  /** RFC 3339, in UTC. */
  readonly recorded_at: string;
  readonly actor: string;
}

/** Something in the tree: the root, a command with several events, an event, or several siblings that are folded. */
export interface CorrelationNode {
  readonly kind: "root" | "command" | "event" | "folded" | "left";
  /** Its type; of folded ones with their number. */
  readonly what: string;
  /** What it is about. */
  readonly name: string;
  /** What kind of aggregate; empty where it is about several. */
  readonly about: string;
  /** How many events it stands for, and the first and the last of them. */
  readonly events: number;
  readonly first: CorrelatedEvent;
  readonly last: CorrelatedEvent;
  readonly children: readonly CorrelationNode[];
}

/** A correlation as a tree. As the last expression of a notebook's cell it is a picture. */
export class CorrelationTree {
  /** What is drawn: of many siblings of one type a single node. */
  readonly root: HierarchyNode<CorrelationNode>;

  /**
   * @param id of the correlation
   * @param events one at least, in the order of the log
   * @param answer what the model said of them
   */
  constructor(
    readonly id: string,
    readonly events: readonly CorrelatedEvent[],
    private readonly answer: Table,
  ) {
    this.root = hierarchy(foldedTree(id, events), ({ children }) => children);
  }

  /** What is drawn, from top to bottom. */
  get nodes(): readonly HierarchyNode<CorrelationNode>[] {
    const nodes: HierarchyNode<CorrelationNode>[] = [];
    this.root.eachBefore((node) => nodes.push(node));
    return nodes;
  }

  /** What the picture is called. */
  get title(): string {
    return `What came of ${this.id}`;
  }

  /** What is to be seen, in a line. */
  get summary(): string {
    const { events, nodes } = this;
    const commands = new Set(events.map(({ command }) => command)).size;
    const isFolded = nodes.some(({ data: { kind } }) => kind === "folded");
    return lineOf(
      `${counted(events.length, "event")} of ${counted(commands, "command")}`,
      isFolded ? "siblings of one type are folded into one" : "",
    );
  }

  /** From when to when, and by whom. */
  get period(): string {
    const [first, last] = [this.events[0]!, this.events.at(-1)!];
    const [from, to] = [first, last].map(({ recorded_at }) => momentWords(Date.parse(recorded_at)));
    return lineOf(
      `${from}${
        to === from ? "" : ` to ${to!.slice(0, 10) === from!.slice(0, 10) ? to!.slice(11) : to}`
      } UTC`,
      first.actor,
    );
  }

  /** The picture, as an SVG file. */
  get svg(): string {
    return correlationTreeSvg(this);
  }

  /** All events, a row for each, with their commands. */
  table(): Table {
    return this.answer;
  }

  /** What is to be seen, in words. */
  toString(): string {
    const lines = this.nodes.slice(1).map(({ depth, data }) => {
      const { what, name, first, last } = data;
      const sequences = first === last
        ? `${first.sequence}`
        : `${first.sequence} to ${last.sequence}`;
      const line = visible(`${what}  ${name}`.trimEnd());
      return `${"  ".repeat(depth)}${
        line.length > 100 ? `${line.slice(0, 99)}…` : line
      }  (${sequences})`;
    });
    return [this.title, this.summary, this.period, ...lines].map(visible).join("\n");
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): MimeBundle {
    return { "image/svg+xml": this.svg, "text/plain": this.toString() };
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Draws what came of what: the tree of a correlation, in the order of the log. A command that led to a single event is
 * drawn as that event, since the log has no commands; and where there are too many to read, siblings of one type are
 * folded into one, which says how many they are.
 *
 * @param id a `correlation_id`, as in the table `correlations`
 * @throws {RangeError} when no event has it
 * @example
 * ```ts
 * import { Archive, correlationTree, replay } from "@cim/infrastructure";
 * import { match } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * const { rows: [largest] } = await model.sql`FROM correlations ORDER BY events DESC LIMIT 1`;
 * match(String(await correlationTree(model, String(largest?.correlation_id))), /14 events of 14 commands/);
 * ```
 */
export async function correlationTree(model: Model, id: string): Promise<CorrelationTree> {
  const found = UUID.test(id)
    ? await model.sql`
      WITH names AS (
        SELECT compute_id, arg_max(hostname, valid_from_sequence) AS hostname
        FROM resources_history GROUP BY compute_id
      ), tree AS (
        SELECT id AS event_id, parent_id AS command, label FROM correlation_tree(${id}) WHERE kind = 'event'
      )
      SELECT
        sequence, recorded_at, event_type, aggregate_type,
        concat_ws(
          ', ',
          CASE WHEN event_type = 'MeasurementsRecorded' THEN hostname END,
          nullif(substr(label, length(event_type) + 2), '')
        ) AS name,
        actor, command, event_id
      FROM tree JOIN events USING (event_id)
        LEFT JOIN names ON aggregate_type = 'compute' AND aggregate_id = compute_id
      ORDER BY sequence`
    : undefined;
  if (!found || found.values.length === 0) {
    throw new RangeError(
      `Cannot draw what came of ${JSON.stringify(id)}: no event has this correlation_id; ` +
        `those that there are, are in the table correlations`,
    );
  }
  return new CorrelationTree(id, found.rows as unknown as CorrelatedEvent[], found);
}
