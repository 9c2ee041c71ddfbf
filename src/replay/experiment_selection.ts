/** Which events a selection of an experiment means. */
import type { RecordedEvent } from "../domain/event.ts";
import { quote } from "../domain/refusal.ts";
import { UUID } from "../domain/values.ts";
import { ExperimentError } from "./experiment_error.ts";
import type { ExperimentModel } from "./experiment_model.ts";
import type { ExperimentSpec, Parameters, Resources, Selection } from "./experiment_spec.ts";
import type { Asked } from "./experiment_sql.ts";
import { shownPath } from "./shown_path.ts";
import { momentOf } from "./until.ts";

/** Whether an event is one of those that are selected. */
export type Selected = (event: RecordedEvent) => boolean;

/** What names are looked up with: the log as it is, up to the end of the range. */
export interface LookUp {
  model: ExperimentModel;
  /** The folder of the archive that it is of, if it is one. */
  archive: string | undefined;
  parameters: Parameters;
  seed: number;
  signal: AbortSignal;
}

/** A part of a spec that names resources or events, and where it stands. */
interface Named {
  resources?: Resources | undefined;
  events?: { sql: string } | undefined;
  position: string;
}

/** The parts of a spec that name resources or events, each with its position. */
export function namedIn({ filter, transformations = [] }: ExperimentSpec): Named[] {
  return [
    ...(filter ? [{ ...filter, position: "/filter" }] : []),
    ...transformations.map((one, at): Named => {
      const position = `/transformations/${at}`;
      if ("drop" in one) return { ...one.drop, position: `${position}/drop` };
      if ("change" in one) return { ...one.change, position: `${position}/change` };
      return { position: `${position}`, ...(one.for_each ? { resources: one.for_each } : {}) };
    }).filter(({ resources, events }) => resources ?? events),
  ];
}

/** The SQL of those parts. */
export function sqlIn(spec: ExperimentSpec): Asked[] {
  return namedIn(spec).flatMap(({ resources, events, position }) => [
    ...(resources && "sql" in resources
      ? [{ sql: resources.sql, position: `${position}/${resourcesField(position)}/sql` }]
      : []),
    ...(events ? [{ sql: events.sql, position: `${position}/events/sql` }] : []),
  ]);
}

function resourcesField(position: string): string {
  return /\/(drop|change|filter)$/.test(position) ? "resources" : "for_each";
}

/**
 * The ids of the resources that are meant, sorted.
 *
 * @param position of the field in the spec
 * @throws {ExperimentError} `experiment_unknown` for one that is not there, `experiment_empty` for a SELECT without rows
 */
export async function resourceIds(
  resources: Resources,
  position: string,
  lookUp: LookUp,
): Promise<string[]> {
  if ("sql" in resources) {
    const ids = await firstColumn({ sql: resources.sql, position: `${position}/sql` }, lookUp);
    const strange = ids.find((id) => !UUID.test(id));
    if (strange === undefined) return [...new Set(ids)].sort();
    const reason = `its first column is to be compute ids, and has ${quote(strange)}`;
    throw new ExperimentError("experiment_query", `${position}/sql`, reason);
  }
  const { model, archive, seed, signal } = lookUp;
  const on = archive === undefined ? "" : `--archive ${shownPath(archive)} `;
  const found = new Set<string>();
  const asked = {
    sql: "SELECT DISTINCT compute_id::VARCHAR FROM resources_history " +
      "WHERE hostname = $name OR compute_id::VARCHAR = $name ORDER BY 1",
    position,
  };
  for (const [at, name] of resources.entries()) {
    const { rows } = await model.ask(asked, { name }, seed, signal);
    if (rows.length === 0) {
      const reason = `there is no resource ${quote(name)} in the range: ` +
        `deno task cim sql ${on}"SELECT hostname FROM resources" lists them`;
      throw new ExperimentError("experiment_unknown", `${position}/${at}`, reason);
    }
    for (const [id] of rows) found.add(String(id));
  }
  return [...found].sort();
}

/**
 * What a selection means.
 *
 * @throws {ExperimentError} as {@linkcode resourceIds}
 */
export async function selected(
  { event_types, resources, events, from, to }: Selection,
  position: string,
  lookUp: LookUp | undefined,
): Promise<Selected> {
  const tests: Selected[] = [];
  if (event_types) {
    const types = new Set<string>(event_types);
    tests.push(({ event_type }) => types.has(event_type));
  }
  if (from !== undefined) {
    const place = placeOf(from);
    tests.push((event) => behind(event, place) || isAt(event, place));
  }
  if (to !== undefined) {
    const place = placeOf(to);
    tests.push((event) => !behind(event, place));
  }
  if (resources && lookUp) {
    const ids = new Set(await resourceIds(resources, `${position}/resources`, lookUp));
    tests.push((event) => computesOf(event).some((id) => ids.has(id)));
  }
  if (events && lookUp) {
    const asked = { sql: events.sql, position: `${position}/events/sql` };
    const sequences = new Set((await firstColumn(asked, lookUp)).map(Number));
    tests.push(({ sequence }) => sequences.has(sequence));
  }
  return (event) => tests.every((test) => test(event));
}

/** A place in a log: a sequence, or a moment as the log writes it. */
export type Place = number | string;

/** A place as a spec says it. */
export function placeOf(given: number | string): Place {
  return typeof given === "number" ? given : momentOf(given);
}

/** Whether an event lies behind a sequence, or was recorded behind a moment. */
export function behind(
  { sequence, recorded_at }: Pick<RecordedEvent, "sequence" | "recorded_at">,
  place: Place,
): boolean {
  return typeof place === "number" ? sequence > place : recorded_at > place;
}

function isAt({ sequence, recorded_at }: RecordedEvent, place: Place): boolean {
  return typeof place === "number" ? sequence === place : recorded_at === place;
}

/** The ids of the resources that an event is about, or that what it is about belongs to. */
export function computesOf(event: RecordedEvent): string[] {
  if (event.aggregate_type === "compute") return [event.aggregate_id];
  const data = event.data as Record<string, unknown>;
  const ends = [data.from, data.to].map((end) =>
    (end as { compute?: unknown } | undefined)?.compute
  );
  return [data.compute, data.scope, ...ends].filter((one) => typeof one === "string");
}

async function firstColumn(
  asked: Asked,
  { model, parameters, seed, signal }: LookUp,
): Promise<string[]> {
  const { rows } = await model.ask(asked, parameters, seed, signal);
  if (rows.length > 0) return rows.map(([one]) => String(one));
  const reason = "it selects nothing: there would be nothing to try out";
  throw new ExperimentError("experiment_empty", asked.position, reason);
}
