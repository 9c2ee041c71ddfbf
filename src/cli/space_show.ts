/** `cim space show`: which spaces there are, and where things are in them. */
import type { Command } from "commander";
import { EMPTY } from "../perception/error.ts";
import type { Perception } from "../perception/perception.ts";
import { placesOf } from "../perception/positions.ts";
import { quantity } from "../perception/quantity.ts";
import type { Thing } from "../perception/thing.ts";
import type { Model } from "../replay/model.ts";
import { SPACES } from "../spaces/catalogue/spaces.ts";
import { dimensionsOf, type Space } from "../spaces/space.ts";
import { columns, counted, visible } from "../table/text.ts";
import { conceptsText } from "./space_classify.ts";
import { jsonLine } from "./json_line.ts";
import { addSpaceSource, type SpaceOptions, spacesText, withSpace } from "./space_source.ts";
import { EXIT, run, type Terminal } from "./terminal.ts";
import { moment } from "./until.ts";

/** So many events are named to people; with --json all are. */
const EVENTS = 10;

interface Options extends SpaceOptions {
  all?: boolean;
  since?: string;
}

/** Adds the command to the command line. */
export function addSpaceShow(space: Command): void {
  addSpaceSource(
    space.command("show")
      .summary("which spaces there are, and where things are in them")
      .description(
        "Without a space it lists them; with one, where its things are; with a thing as well, where that is on each " +
          "dimension, from what that is known, and the events it rests on.",
      )
      .argument("[space]", "the space")
      .argument("[thing]", "one thing: its name, a resource's host name, or its id"),
  )
    .option("--since <moment>", "show beside a resource's position where it was then", moment)
    .option("--all", "show also what nothing is known of")
    .option("--json", "print JSON: an object for a thing, or one a line for all")
    .addHelpText(
      "after",
      `${spacesText()}

Examples:
  deno task cim space show
  deno task cim space show performance
  deno task cim space show compute web-01 --since 2026-11-01T00:00Z`,
    )
    .action(
      (name: string | undefined, thing: string | undefined, options: Options, command: Command) => {
        if (options.since !== undefined && thing === undefined) {
          command.error("error: --since is of one thing: say which", { exitCode: EXIT.usage });
        }
        return run((terminal) => {
          if (name === undefined) return Promise.resolve(listed(options, terminal));
          return withSpace(name, options, terminal, async (space, model) => {
            if (thing === undefined) showAll(space, options, terminal);
            else await showOne(space, space.thing(thing), model, options, terminal);
            return EXIT.done;
          });
        });
      },
    );
}

function listed({ json }: Options, terminal: Terminal): number {
  if (json) { for (const space of SPACES) terminal.print(jsonLine(space)); }
  else {
    for (const [at, space] of SPACES.entries()) {
      terminal.print(`${at === 0 ? "" : "\n"}${space.name}: ${space.about}`);
      // What is a domain of a larger space was told there.
      if (isTold(space, at)) terminal.print(`  the domain ${space.name} by itself`);
      else terminal.print(dimensionsText(space));
    }
  }
  return EXIT.done;
}

function isTold(space: Space, at: number): boolean {
  return SPACES.slice(0, at).some(({ domains }) =>
    domains.some((domain) => space.domains.includes(domain))
  );
}

function dimensionsText(space: Space): string {
  return columns(
    dimensionsOf(space).map(({ name, unit, scale, about }) => [name, unit, scale, about ?? ""]),
    "  ",
  ).join("\n");
}

function showAll(perceived: Perception, { all, json }: Options, terminal: Terminal): void {
  const { space, things } = perceived;
  if (json) {
    for (const thing of things) terminal.print(jsonLine(thing));
    return;
  }
  if (things.length === 0) return terminal.print(EMPTY);
  const dimensions = dimensionsOf(space);
  const known = things.filter(({ values }) => Object.values(values).some((one) => one != null));
  terminal.print(
    columns([
      ["name", "kind", ...dimensions.map(({ name }) => name.split(".").at(-1)!)],
      ...(all ? things : known).map(({ name, kind, values }) => [
        visible(name),
        kind ?? "",
        ...dimensions.map(({ name, unit }) => {
          const value = values[name];
          return value == null ? "" : quantity(value, unit);
        }),
      ]),
    ]).join("\n"),
  );
  terminal.print("");
  const silent = things.length - known.length;
  terminal.print(
    counted(things.length, "thing") + (silent > 0 ? `, of ${silent} nothing is known` : ""),
  );
  terminal.print(conceptsText(perceived));
}

async function showOne(
  { space }: Perception,
  thing: Thing,
  model: Model,
  { json, since }: Options,
  terminal: Terminal,
): Promise<void> {
  const before = since === undefined ? undefined : await earlier(model, thing, since);
  const events = await evidence(model, thing);
  const places = placesOf(space, thing);
  if (json) {
    return terminal.print(jsonLine({
      ...thing,
      places: places.map(({ dimension, value, place }) => ({
        dimension: dimension.name,
        unit: dimension.unit,
        value,
        place,
        ...(before ? { before: before.get(dimension.name) ?? null } : {}),
        source: dimension.source,
      })),
      events,
    }));
  }
  const { name, kind, observed_at } = thing;
  const measured = observed_at === null ? "never measured" : `measured until ${observed_at}`;
  terminal.print(`${visible(name)}${kind === null ? "" : ` (${kind})`}, ${measured}`);
  terminal.print("");
  terminal.print(
    columns([
      ["dimension", "value", ...(before ? ["then"] : []), "place", "from"],
      ...places.map(({ dimension: { name, unit, source = "" }, value, place }) => {
        const then = before?.get(name);
        return [
          name,
          value === null ? "not known" : quantity(value, unit),
          ...(before ? [then === undefined ? "" : quantity(then, unit)] : []),
          place === null ? "" : place.toFixed(2),
          source,
        ];
      }),
    ]).join("\n"),
  );
  if (events.length === 0) return;
  terminal.print("");
  terminal.print(`It rests on ${counted(events.length, "event")}, the newest:`);
  terminal.print(
    columns(
      events.slice(-EVENTS).map(({ sequence, event_type, event_id }) => [
        String(sequence),
        event_type,
        event_id,
      ]),
      "  ",
    ).join("\n"),
  );
}

interface Evidence {
  sequence: number;
  event_id: string;
  event_type: string;
}

/** The events that a position rests on: of what is no resource, the one that says what it is. */
async function evidence(model: Model, { id, sequence }: Thing): Promise<Evidence[]> {
  const { rows } = await model.query(
    `SELECT sequence, event_id::VARCHAR AS event_id, event_type FROM position_evidence($1)
     UNION SELECT sequence, event_id::VARCHAR, event_type FROM events WHERE sequence = $2
     ORDER BY sequence`,
    [id, sequence],
  );
  return rows as unknown as Evidence[];
}

/** Where a resource was, by dimension. */
async function earlier(model: Model, { id }: Thing, since: string): Promise<Map<string, number>> {
  const { values } = await model.query(
    "SELECT dimension, before FROM position_drift($1, $1) WHERE compute_id::VARCHAR = $2",
    [since, id],
  );
  return new Map(values.map(([dimension, value]) => [String(dimension), Number(value)]));
}
