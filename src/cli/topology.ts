/** `cim topology`: what is joined to what, and what follows from that. */
import { type Command, Option } from "commander";
import { TopologyAnswer } from "../topology/answer.ts";
import { TopologyError } from "../topology/error.ts";
import type { Topology } from "../topology/topology.ts";
import { Table } from "../table/table.ts";
import { visible, whole } from "../table/text.ts";
import { jsonLine } from "./json_line.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { type TopologyOptions, topologySource } from "./topology_source.ts";
import { addUntil } from "./until.ts";
import { wholeNumber } from "./whole_number.ts";

interface Options extends TopologyOptions {
  without?: string[];
  steps?: number;
  json?: boolean;
}

/** A question, and how it is asked on the command line. */
interface Question {
  name: string;
  summary: string;
  description: string;
  /** As `commander` writes them. */
  arguments?: Record<string, string>;
  ask(topology: Topology, said: readonly string[], options: Options): TopologyAnswer;
  /** Whether a what-if is told beside what is. */
  isCompared?: boolean;
  example: string;
}

const RESOURCE = "a resource: its host name or id";

const QUESTIONS: readonly Question[] = [
  {
    name: "path",
    summary: "how two resources are joined: the shortest paths",
    description:
      "The shortest paths between two resources over what carries traffic: cables, wireless and virtual links, and what " +
      "joins a guest to its host. All are counted, and 16 of them shown.",
    arguments: { "<from>": RESOURCE, "<to>": RESOURCE },
    ask: (topology, [from, to]) => topology.path(from!, to!),
    isCompared: true,
    example: "path shop-web-01 router-01 --without switch-01",
  },
  {
    name: "route",
    summary: "how a packet gets there, and where it stops",
    description:
      "The way of a packet by the routing tables of those who have it in their hands: the longest prefix that fits, then " +
      "the lowest metric. It stops where a table has no line for it, or hands it to an address that nobody known has.",
    arguments: { "<from>": RESOURCE, "<to>": "a resource, or an address" },
    ask: (topology, [from, to]) => topology.route(from!, to!),
    isCompared: true,
    example: "route shop-web-01 10.1.48.11",
  },
  {
    name: "neighbours",
    summary: "what is joined to a resource, flows as well",
    description: "What is joined to a resource in any way, flows and hosts too, some steps away.",
    arguments: { "<resource>": RESOURCE },
    ask: (topology, [of], { steps }) => topology.neighbours(of!, steps),
    example: "neighbours shop-web-01 --steps 2",
  },
  {
    name: "blast-radius",
    summary: "what the failure of some resources would hit",
    description:
      "What runs on resources that fail, and what is then parted from the largest part that is left of what it was joined " +
      "to; and how many flows of theirs end.",
    arguments: { "<resources...>": "resources: host names or ids" },
    ask: (topology, failed) => topology.blastRadius(...failed),
    example: "blast-radius switch-01 switch-02",
  },
  {
    name: "shared-fate",
    summary: "what fails with a rack or a site, the worst first",
    description: "Each rack and each site as one failure: what is in it, and what else it hits.",
    ask: (topology) => topology.sharedFate(),
    example: "shared-fate",
  },
  {
    name: "cut-points",
    summary: "single points of failure: resources and links",
    description:
      "Resources and links without which others are parted from the largest part that is left (articulation points and " +
      "bridges), and how many those are.",
    ask: (topology) => topology.cutPoints(),
    example: "cut-points --archive data/samples/fleet",
  },
  {
    name: "islands",
    summary: "the parts that nothing joins",
    description: "The parts of the topology that nothing that carries traffic joins.",
    ask: (topology) => topology.islands(),
    isCompared: true,
    example: "islands --without router-01 router-02",
  },
  {
    name: "redundancy",
    summary: "how well each resource is joined, the worst first",
    description:
      "For each resource by how many links, to how many others, and how many single failures of others would cut it off.",
    ask: (topology) => topology.redundancy(),
    example: "redundancy --as-of 2026-11-01T00:00Z",
  },
  {
    name: "centrality",
    summary: "who is in the middle: betweenness",
    description:
      "For each resource how much it lies on the shortest paths between others. The time that takes grows with resources " +
      "times links: seconds for thousands, and far too long for a hundred thousand.",
    ask: (topology) => topology.centrality(),
    example: "centrality --from neo4j",
  },
];

/** Adds the commands to the command line. */
export function addTopology(program: Command): void {
  const topology = program.command("topology")
    .summary("what is joined to what: paths, routes, single points of failure, what a failure hits")
    .description(
      "Asks the topology of a model, as of now or of any moment; with --from neo4j the graph that cim project neo4j keeps, " +
        "with the same answers.",
    );
  for (const question of QUESTIONS) addQuestion(topology, question);
}

function addQuestion(topology: Command, question: Question): void {
  const { name, summary, description, isCompared, example } = question;
  const command = addUntil(topology.command(name).summary(summary).description(description));
  for (const [argument, about] of Object.entries(question.arguments ?? {})) {
    command.argument(argument, about);
  }
  if (name === "neighbours") {
    command.option("--steps <number>", "how far", wholeNumber, 1);
  }
  command.option("--archive <folder>", "ask what this archive has, which needs no server")
    .option(
      "--without <names...>",
      "what if these resources were not there, nor what runs on them" +
        (isCompared ? ": told beside what is" : ""),
    )
    .addOption(
      new Option("--from <where>", "ask the graph of a Neo4j, as far as it has come in its log")
        .choices(["neo4j"]).conflicts(["archive", "asOf", "sequence"]),
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `${arrivals(name)}
Example:
  deno task cim topology ${example}`,
    )
    .action((...given: unknown[]) =>
      run(async (terminal) => {
        const said = given.slice(0, -2).flat() as string[];
        return await answer(question, said, given.at(-2) as Options, terminal);
      })
    );
}

function arrivals(name: string): string {
  if (name !== "path" && name !== "route") return "";
  return `
Exits with ${EXIT.done} where one is reached from the other, and with ${EXIT.refused} where not; with --without, where that is so then.
`;
}

async function answer(
  question: Question,
  said: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<number> {
  const { without, json } = options;
  const { topology, sequence } = await topologySource(options, terminal);
  const now = () => question.ask(topology, said, options);
  const before = without && question.isCompared ? now() : undefined;
  const found = without ? whatIf(question, topology.without(...without), said, options) : now();
  if (json) {
    const of = said.length === 0 ? {} : { of: said };
    const beside = { ...without ? { without } : {}, ...before ? { before: plain(before) } : {} };
    terminal.print(
      jsonLine({ question: question.name, ...of, sequence, ...beside, ...plain(found) }),
    );
  } else {
    if (before) terminal.print(visible(`Before: ${before.said}`));
    const names = without?.join(", ");
    terminal.print(visible(names === undefined ? found.said : `Without ${names}: ${found.said}`));
    if (found.table().values.length > 0) terminal.print(`\n${found.table()}`);
    terminal.print(`\nAs of event ${whole(sequence)}`);
  }
  return found.arrives === false ? EXIT.refused : EXIT.done;
}

/** What would be; where an end is among what is lost, nothing arrives there. */
function whatIf(
  { ask, isCompared }: Question,
  left: Topology,
  said: readonly string[],
  options: Options,
): TopologyAnswer {
  try {
    return ask(left, said, options);
  } catch (error) {
    const isLost = error instanceof TopologyError && error.code === "lost_resource";
    if (!isCompared || !isLost) throw error;
    return new TopologyAnswer(error.message, new Table([], []), undefined, false);
  }
}

function plain(answer: TopologyAnswer) {
  const { said, arrives, highlight } = answer;
  return {
    said,
    ...arrives === undefined ? {} : { arrives },
    rows: answer.table().rows,
    highlight,
  };
}
