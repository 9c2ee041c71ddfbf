/** `cim space classify`: what things are perceived to be, and why. */
import type { Command } from "commander";
import { becauseOf, type Classifications, type Classified } from "../perception/classified.ts";
import { quantity } from "../perception/quantity.ts";
import { EMPTY } from "../perception/error.ts";
import type { Perception } from "../perception/perception.ts";
import { columns, counted, visible } from "../table/text.ts";
import { jsonLine } from "./json_line.ts";
import {
  addContext,
  addSpaceSource,
  type SeenOptions,
  spacesText,
  withSpace,
} from "./space_source.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";

/** Adds the command to the command line. */
export function addSpaceClassify(space: Command): void {
  addContext(addSpaceSource(
    space.command("classify")
      .summary("what things are by the concepts of a space, and why")
      .description(
        "Tells of each thing of a space, or of one, which concept is nearest, how typical of it the thing is, and which " +
          "dimensions decided. The concepts are those of the log (DefineConcept); where it has none, those that come " +
          "with the project.",
      )
      .argument("<space>", "the space")
      .argument("[thing]", "one thing: its name, a resource's host name, or its id"),
  ))
    .option("--findings", "show only what is perceived, clearly, as something else than declared")
    .option("--all", "show also what nothing is known of")
    .option("--json", "print a JSON object a thing")
    .addHelpText(
      "after",
      `${spacesText()}

member      of the concept
borderline  nearest to it, but not clearly: fewer than half of the tessellations agree, or it is too unlike it
unknown     unlike every concept, or nothing that matters is known

Examples:
  deno task cim space classify performance
  deno task cim space classify compute web-01 --as-of 2026-11-01T00:00Z
  deno task cim space classify compute --archive data/samples/fleet --findings`,
    )
    .action((name: string, thing: string | undefined, options: Options) =>
      run((terminal) =>
        withSpace(name, options, terminal, (space) => {
          if (thing === undefined) classifyAll(space, options, terminal);
          else classifyOne(space.classify(thing), space, options, terminal);
          return Promise.resolve(EXIT.done);
        })
      )
    );
}

interface Options extends SeenOptions {
  findings?: boolean;
  all?: boolean;
}

function classifyAll(
  space: Perception,
  { findings, all: withUnknown, json }: Options,
  terminal: Terminal,
): void {
  const all = space.classifications();
  const names = new Map(all.names.map((name, at) => [all.rows[at]!.thing, name]));
  const rows = findings
    ? all.findings
    : all.rows.filter(({ concept }) => withUnknown || json || concept !== null);
  if (json) {
    for (const one of rows) terminal.print(jsonLine(one));
    return;
  }
  if (all.rows.length === 0) return terminal.print(EMPTY);
  if (rows.length > 0) {
    terminal.print(
      columns([
        ["name", "declared", "concept", "status", "membership", "margin", "because"],
        ...rows.map((row) => [
          visible(names.get(row.thing)!),
          visible(row.declared ?? ""),
          visible(row.concept ?? ""),
          row.status,
          row.membership.toFixed(2),
          row.margin.toFixed(2),
          becauseOf(row),
        ]),
      ]).join("\n"),
    );
    terminal.print("");
  }
  for (const line of summary(all, space)) terminal.print(line);
}

function summary(all: Classifications, space: Perception): string[] {
  const { member, borderline, unknown } = all.counts;
  const { total, accuracy } = all.confusion;
  const silent = all.rows.filter(({ concept }) => concept === null).length;
  return [
    `${counted(member, "member")}, ${borderline} borderline, ${unknown} unknown` +
    (silent > 0 ? ` (of ${silent} nothing that matters is known)` : ""),
    ...(total > 0
      ? [
        `${Math.round(100 * accuracy)} % of ${total} are perceived as declared, ` +
        counted(all.findings.length, "finding"),
      ]
      : []),
    conceptsText(space),
  ];
}

function classifyOne(
  one: Classified,
  space: Perception,
  { json }: Options,
  terminal: Terminal,
): void {
  if (json) return terminal.print(jsonLine(one));
  const { status, membership, degree, margin, known } = one;
  const shown = (name: string | null) => name === null ? null : visible(name);
  const [concept, runnerUp] = [shown(one.concept), shown(one.runnerUp)];
  const said = concept === null
    ? "nothing that matters is known of it"
    : status === "unknown"
    ? `unlike every concept; the nearest is ${concept}`
    : status === "borderline"
    ? `on the border of ${concept}`
    : concept;
  terminal.print(`${visible(one.thing.name)}: ${said}`);
  if (one.isMisperceived) {
    terminal.print(`It is declared as ${visible(one.declared!)}: that is a finding`);
  }
  if (concept === null) return;
  terminal.print("");
  terminal.print(
    columns([
      ["membership", membership.toFixed(3), "how typical of the concept it is, 0 to 1"],
      ["degree", degree.toFixed(3), "the share of the tessellations in which it is of the concept"],
      [
        "margin",
        margin.toFixed(3),
        runnerUp === null ? "there is no other concept" : `before ${runnerUp}`,
      ],
      ["known", known.toFixed(3), "the share of what matters that is known"],
    ]).join("\n"),
  );
  terminal.print("");
  terminal.print(
    columns([
      ["dimension", "value", concept, ...(runnerUp === null ? [] : [runnerUp]), "speaks for it"],
      ...one.deciding.map(({ dimension, unit, value, winner, runnerUp: other, speaks }) => [
        dimension,
        quantity(value, unit),
        winner === null ? "" : quantity(winner, unit),
        ...(runnerUp === null ? [] : [other === null ? "" : quantity(other, unit)]),
        speaks.toFixed(3),
      ]),
    ]).join("\n"),
  );
  terminal.print("");
  terminal.print(conceptsText(space));
}

/** Whose concepts these are. */
export function conceptsText({ known: { concepts, origin, sequence } }: Perception): string {
  const names = concepts.map(({ name }) => visible(name)).join(", ") ||
    "none that makes sense here";
  return origin === "log"
    ? `Concepts of the log, the newest by event ${sequence}: ${names}`
    : `Concepts that come with the project, since the log has none here: ${names}`;
}
