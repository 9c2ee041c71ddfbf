/** The spec of an experiment: its schema, and how what somebody wrote is checked against it. */
import Type from "typebox";
import { COMMANDS, type CommandType } from "../domain/command.ts";
import { EVENTS, type EventType } from "../domain/event_types.ts";
import { quote } from "../domain/refusal.ts";
import { ExperimentError } from "./experiment_error.ts";
import { Projection } from "./experiment_projection.ts";
import { GREATEST_SEED } from "./experiment_seed.ts";
import { checkShape, invalid, listOf } from "./experiment_shape.ts";
import { momentOf } from "./until.ts";

/** How long an experiment may take that does not say it. */
export const TIMEOUT_SECONDS = 600;

const closed = { additionalProperties: false };
const eventTypes = Type.Array(Type.Enum(Object.keys(EVENTS) as [EventType, ...EventType[]]), {
  minItems: 1,
  description: "Event types; any without it.",
});
const Sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Moment = Type.String({ description: "When it was recorded: 2026-11-01T00:00Z" });
const Sql = Type.Object({ sql: Type.String({ minLength: 1 }) }, closed);
/** Names and values; in SQL `$name` is the value. */
const Parameters = Type.Record(
  Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" }),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  closed,
);
const Resources = Type.Union([
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  Sql,
], {
  description:
    "Host names or ids; or a SELECT whose first column is compute ids, asked of the log as it is up to the range's end.",
});
const Selection = Type.Object({
  event_types: Type.Optional(eventTypes),
  resources: Type.Optional(Resources),
  events: Type.Optional(Sql),
  from: Type.Optional(Type.Union([Sequence, Moment])),
  to: Type.Optional(Type.Union([Sequence, Moment])),
}, { ...closed, minProperties: 1 });

const Drop = Type.Object({ drop: Selection }, closed);
const Merge = Type.Object({
  change: Selection,
  merge: Type.Record(Type.String(), Type.Any(), { minProperties: 1 }),
}, {
  ...closed,
  description: "A JSON Merge Patch (RFC 7396) of the data of the events; null removes.",
});
const Measure = Type.Object({
  change: Selection,
  measurements: Type.Object({
    names: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    attributes: Type.Optional(Type.Record(Type.String(), Type.String())),
    scale: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Number()),
    set: Type.Optional(Type.Number()),
  }, { ...closed, description: "value × scale + offset, or set; of points with these names." }),
}, closed);
const Add = Type.Object({
  add: Type.Array(
    Type.Object({
      command: Type.Enum(Object.keys(COMMANDS) as [CommandType, ...CommandType[]]),
      data: Type.Record(Type.String(), Type.Any()),
      source: Type.Optional(Type.Enum(["observed", "declared"])),
    }, closed),
    { minItems: 1 },
  ),
  at: Type.Optional(Type.Union([Sequence, Moment])),
  repeat: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  for_each: Type.Optional(Resources),
}, {
  ...closed,
  description:
    "Commands, decided behind the sequence or at the moment `at` (at the range's end without it); `repeat` times, with " +
    "{n} in texts as 1, 2, …; or for each resource, as their `compute`.",
});

/** What the table of a query or an analysis may be called. */
export const TableName = Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" });
/** An analysis by its name, with its parameters, which only that knows. */
const AnalysisCall = Type.Unsafe<{ analysis: string; [parameter: string]: unknown }>(
  Type.Object({ analysis: Type.String({ minLength: 1 }) }),
);

/** The JSON Schema of an experiment's spec, except for what each analysis may be given. */
export const ExperimentSpec = Type.Object({
  $schema: Type.Optional(Type.String()),
  name: Type.String({
    pattern: "^[a-z0-9]+([_-][a-z0-9]+)*$",
    maxLength: 64,
    description: "Small letters and digits, with _ or - between: rack-fails",
  }),
  description: Type.Optional(Type.String()),
  archive: Type.Optional(Type.String({
    minLength: 1,
    description: "The folder of an archive, from the spec's file; this machine's log without it.",
  })),
  range: Type.Optional(Type.Object({
    from_sequence: Type.Optional(Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        "The first event; a resource whose state nobody has said again since is not in the model.",
    })),
    sequence: Type.Optional(Sequence),
    as_of: Type.Optional(Moment),
  }, { ...closed, description: "The part of the log that is read; all of it without it." })),
  filter: Type.Optional(Selection),
  parameters: Type.Optional(Parameters),
  seed: Type.Optional(Type.Integer({
    minimum: 0,
    maximum: GREATEST_SEED,
    description:
      "What random() and the ids of added events are drawn from, and $seed in SQL; 0 without it.",
  })),
  transformations: Type.Optional(Type.Array(Type.Union([Drop, Merge, Measure, Add]))),
  projection: Type.Optional(Projection),
  queries: Type.Optional(Type.Record(
    TableName,
    Type.Object({
      sql: Type.String({ minLength: 1 }),
      key: Type.Optional(Type.Array(Type.String(), {
        minItems: 1,
        description: "The columns that tell rows apart: compared runs are held together by them.",
      })),
    }, closed),
    { ...closed, minProperties: 1 },
  )),
  analyses: Type.Optional(Type.Record(TableName, AnalysisCall, { ...closed, minProperties: 1 })),
  timeout_seconds: Type.Optional(Type.Number({
    exclusiveMinimum: 0,
    maximum: 86_400,
    description: `How long it may take before it is ended; ${TIMEOUT_SECONDS} without it.`,
  })),
}, { ...closed, title: "Experiment" });

/** {@linkcode ExperimentSpec} as a type. */
export type ExperimentSpec = Type.Static<typeof ExperimentSpec>;
/** An analysis that is asked for: its name, and its parameters. */
export type AnalysisCall = Type.Static<typeof AnalysisCall>;
/** Which events: those that everything in it is true of. */
export type Selection = Type.Static<typeof Selection>;
/** Which resources. */
export type Resources = Type.Static<typeof Resources>;
/** Something that is done to the events. */
export type Transformation = NonNullable<ExperimentSpec["transformations"]>[number];
/** Events that are changed, and how. */
export type Change = Type.Static<typeof Merge> | Type.Static<typeof Measure>;
/** Commands that are added. */
export type Addition = Type.Static<typeof Add>;
/** Values for `$name` in SQL. */
export type Parameters = Type.Static<typeof Parameters>;

const BY_KIND = { drop: Drop, merge: Merge, measurements: Measure, add: Add };

/**
 * Reads a spec, as it was written or as an object; of an object it gives a copy in JSON's terms.
 *
 * @throws {ExperimentError} `experiment_invalid`, with the first position that is wrong
 */
export function readSpec(given: unknown): ExperimentSpec {
  const value = typeof given === "string" ? parsed(given) : copied(given);
  // A part that is one of several shapes is checked first, against the one that it was meant to be.
  for (const [at, one] of listOf(value?.transformations).entries()) {
    const position = `/transformations/${at}`;
    const kind = (["drop", "measurements", "merge", "add"] as const).find((key) =>
      typeof one === "object" && one !== null && key in one
    );
    if (kind === undefined) {
      const what = "it is none: there are drop, change with merge or measurements, and add";
      throw new ExperimentError("experiment_invalid", position, what);
    }
    checkShape(BY_KIND[kind], one, position);
  }
  for (const field of ["queries", "analyses", "parameters"]) checkNames(value?.[field], field);
  checkShape(ExperimentSpec, value, "");
  checkParts(value);
  return value;
}

/** Of a name that is none a schema only says that there is no such field. */
function checkNames(given: unknown, field: string): void {
  for (const name of Object.keys(given ?? {})) {
    if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) continue;
    const pointer = name.replaceAll("~", "~0").replaceAll("/", "~1");
    const reason = "a name here has small letters, digits and _, at most 63, like cpu_load";
    invalid(`/${field}/${pointer}`, `${reason}, not ${quote(name)}`);
  }
}

/** What a value would not be any more when it is read. */
function checkParameters({ parameters = {} }: ExperimentSpec): void {
  if ("seed" in parameters) {
    invalid("/parameters/seed", "$seed is the spec's own: say it as /seed, or choose another name");
  }
  for (const [name, value] of Object.entries(parameters)) {
    const position = `/parameters/${name}`;
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      invalid(
        position,
        `${value} is beyond what JSON's readers keep: say it as a text, and cast it`,
      );
    }
    if (typeof value === "string" && !value.isWellFormed()) {
      invalid(position, "it has half a surrogate pair in it");
    }
  }
}

/** What a schema does not say. */
function checkParts(spec: ExperimentSpec): void {
  moment(spec.range?.as_of, "/range/as_of");
  selection(spec.filter, "/filter");
  checkParameters(spec);
  if (!spec.queries && !spec.analyses) invalid("/queries", "say queries or analyses, or both");
  for (const [name, { key = [] }] of Object.entries(spec.queries ?? {})) {
    // No schema says so: a validator that looks for equal items goes down into whatever is given for one.
    const twice = key.findIndex((column, at) => key.indexOf(column) < at);
    if (twice >= 0) {
      invalid(`/queries/${name}/key/${twice}`, `${quote(key[twice])} is there twice`);
    }
  }
  for (const name of Object.keys(spec.analyses ?? {})) {
    if (!spec.queries || !Object.hasOwn(spec.queries, name)) continue;
    invalid(`/analyses/${name}`, "a query has that name: a table of the run is called by it");
  }
  for (const [at, one] of (spec.transformations ?? []).entries()) {
    const position = `/transformations/${at}`;
    if ("drop" in one) selection(one.drop, `${position}/drop`);
    else if ("add" in one) {
      moment(one.at, `${position}/at`);
      if (one.repeat !== undefined && one.for_each !== undefined) {
        invalid(`${position}/repeat`, "it cannot be together with for_each: choose one");
      }
    } else {
      selection(one.change, `${position}/change`);
      if ("merge" in one) {
        if ("compute" in one.merge) {
          invalid(
            `${position}/merge/compute`,
            "what an event is about cannot be changed: add another",
          );
        }
        continue;
      }
      const { scale, offset, set } = one.measurements;
      if ((set === undefined) === (scale === undefined && offset === undefined)) {
        invalid(`${position}/measurements`, "say either set, or scale and offset, or one of these");
      }
    }
  }
}

function selection(given: Selection | undefined, position: string): void {
  moment(given?.from, `${position}/from`);
  moment(given?.to, `${position}/to`);
}

function moment(given: string | number | undefined, position: string): void {
  if (typeof given !== "string") return;
  try {
    momentOf(given);
  } catch {
    invalid(position, `say date, time and zone, like 2026-11-01T00:00Z, not ${quote(given)}`);
  }
}

function copied(given: unknown) {
  try {
    return JSON.parse(JSON.stringify(given ?? null));
  } catch (error) {
    invalid("", `it has no form in JSON: ${(error as Error).message.split("\n")[0]}`);
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExperimentError(
      "experiment_invalid",
      "",
      `it is not JSON: ${(error as Error).message}`,
    );
  }
}
