/** Timelines of what the house knows: incidents, alerts, and the states of one resource. */
import type { FoundIncident } from "../perception/incident.ts";
import type { Happened } from "../perception/incident_judgement.ts";
import type { Model } from "../replay/model.ts";
import { Table } from "../table/table.ts";
import { Timeline, type TimelineColumns } from "./timeline.ts";

/** What happened, and to whom: as a sample's `ground_truth.json` tells it, and `truthOf` reads it. */
export interface HappenedTo extends Happened {
  readonly resources: readonly { readonly id: string; readonly hostname?: string }[];
}

/** What an incidents' timeline says besides them. */
export interface IncidentTimelineOptions {
  /** What is known to have happened: outlined, behind what was found. */
  readonly truth?: readonly HappenedTo[] | undefined;
  /** The moment, RFC 3339, that the incidents are told as of: up to it goes what is still on. */
  readonly until?: string | undefined;
}

const COLUMNS = {
  lane: "resource",
  from: "from",
  to: "to",
  kind: "kind",
  label: "label",
} as const satisfies TimelineColumns;

/**
 * Draws incidents over time: a lane for each resource that has a part in one, a bar for each of its anomalies in the
 * colour of its sign.
 *
 * @param incidents as `anomalies()` of a perceived space tells them
 * @example
 * ```ts
 * import { incidentTimeline, truthOf } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const { incidents } = truthOf(await Deno.readTextFile("data/samples/fleet/ground_truth.json"));
 * const nothingFound = incidentTimeline({ rows: [] }, { truth: incidents });
 * strictEqual(nothingFound.summary, "0 bars in 10 lanes · 10 known to have been, outlined");
 * ```
 */
export function incidentTimeline(
  incidents: { readonly rows: readonly FoundIncident[] },
  { truth, until }: IncidentTimelineOptions = {},
): Timeline {
  const parts = incidents.rows.flatMap((row) => row.parts);
  const involved = (truth ?? []).flatMap(({ resources }) => resources);
  const laneOf = laneNames([
    ...parts.map(({ id, name }) => [id, name] as const),
    ...involved.map(({ id, hostname }) => [id, hostname ?? id] as const),
  ]);
  const found = parts.flatMap(({ id, anomalies }) =>
    anomalies.map(({ from, to, sign, text }) => [
      ...[laneOf(id), moment(from), to === null ? null : moment(to), sign, text],
    ])
  );
  const known = truth?.flatMap(({ kind, from, to, resources }) =>
    resources.map(({ id }) => [laneOf(id), from, to, kind, kind.replaceAll("_", " ")])
  );
  return new Timeline(tableOf(found), COLUMNS, {
    title: truth ? "Incidents, and what is known to have happened" : "Incidents",
    until,
    known: known && tableOf(known),
  });
}

/**
 * Draws the states of one resource over time, as the log tells them: a lane for each of its properties that ever
 * changed, and one for its status.
 *
 * @param resource its id or host name
 * @throws {RangeError} when there is no such resource in the model, or several have the name
 * @example
 * ```ts
 * import { Archive, replay, stateTimeline } from "@cim/infrastructure";
 * import { match } from "node:assert";
 * await using model = await replay(await Archive.open("data/samples/fleet"));
 * match(String(await stateTimeline(model, "server-03")), /status\s+active/);
 * ```
 */
export async function stateTimeline(model: Model, resource: string): Promise<Timeline> {
  const { rows: found } = await model.sql`
    SELECT compute_id, arg_max(hostname, valid_from_sequence) AS hostname FROM resources_history
    WHERE compute_id::VARCHAR = ${resource} OR hostname = ${resource} GROUP BY compute_id`;
  const [one, another] = found;
  if (!one || another) {
    throw new RangeError(
      `Cannot draw the states of ${JSON.stringify(resource)}: ${
        one ? "several resources had that name, say an id" : "there is no such resource"
      }`,
    );
  }
  const states = await model.sql`
    FROM resources_history WHERE compute_id = ${one.compute_id} ORDER BY valid_from_sequence`;
  const properties = states.columns.map(({ name }) => name).filter((name) => !OTHERS.has(name));
  const rows = properties.flatMap((name) => {
    const lasting = stretches(states, name);
    return lasting.length > 1 || name === "status" ? lasting : [];
  });
  const { rows: [last] } = await model.sql`SELECT max(recorded_at) AS recorded_at FROM events`;
  return new Timeline(tableOf(rows), { ...COLUMNS, kind: "label" }, {
    title: `The states of ${one.hostname ?? resource}`,
    until: model.provenance.as_of ?? String(last!.recorded_at),
  });
}

/** What is no property of a resource, but of a row about it. */
const OTHERS = new Set([
  "compute_id",
  "first_seen_at",
  "changed_at",
  "first_sequence",
  "valid_from",
  "valid_to",
  "valid_from_sequence",
  "valid_to_sequence",
]);

/** From when to when a property had which value. */
function stretches(states: Table, name: string): unknown[][] {
  const rows: unknown[][] = [];
  for (const state of states.rows) {
    const value = state[name];
    const text = value === null
      ? ""
      : typeof value === "object"
      ? JSON.stringify(value)
      : `${value}`;
    const last = rows.at(-1);
    if (last && last[4] === text && last[2] === state.valid_from) last[2] = state.valid_to;
    else rows.push([name, state.valid_from, state.valid_to, name, text]);
  }
  return rows.filter(([, , , , text]) => text !== "");
}

/** A lane's name is its resource's; where two of one name have a part, with the id. */
function laneNames(
  named: readonly (readonly [id: string, name: string])[],
): (id: string) => string {
  const names = new Map(named);
  const ids = Map.groupBy(names.keys(), (id) => names.get(id)!);
  return (id) => {
    const name = names.get(id)!;
    return ids.get(name)!.length > 1 ? `${name} (${id})` : name;
  };
}

function tableOf(rows: unknown[][]): Table {
  const names = ["resource", "from", "to", "kind", "label"];
  return new Table(names.map((name) => ({ name, type: "VARCHAR", numeric: false })), rows);
}

function moment(millis: number): string {
  return new Date(millis).toISOString();
}
