/** A plan for NetBox, in lines for people and in JSON. */
import { FIELDS } from "../projections/netbox/fields.ts";
import { type Kind, KIND_NAMES, kindOf } from "../projections/netbox/kinds.ts";
import { type Fields, isRef, type Value } from "../projections/netbox/objects.ts";
import { byCodeUnit } from "../domain/values.ts";
import type { Change, Held, Plan } from "../projections/netbox/plan.ts";
import { idsIn } from "../projections/netbox/values.ts";
import { counted, whole } from "../table/text.ts";

/** What is done with one object, whatever it takes. */
interface Deed {
  sign: "+" | "~" | "=" | "-";
  kind: Kind;
  key: string;
  title: string;
  id?: number;
  action: "create" | "update" | "mark" | "adopt" | "release" | "remove" | "replace";
  before: Record<string, Value>;
  fields: Record<string, Value>;
}

/** What a change of each kind is to people; several to one object are one. */
const DEEDS: Readonly<Record<Change["action"], [Deed["action"], Deed["sign"]]>> = {
  clear: ["update", "~"],
  update: ["update", "~"],
  mark: ["mark", "~"],
  link: ["update", "~"],
  create: ["create", "+"],
  adopt: ["adopt", "="],
  uncable: ["remove", "-"],
  release: ["release", "-"],
  remove: ["remove", "-"],
};

/** A plan, in lines: what is done to each object by kind and name, what is not and why, how much that is, and what to do next. */
export function planLines(plan: Plan): string[] {
  const deeds = deedsOf(plan).sort((one, other) => byCodeUnit(one.title, other.title));
  const show = shower(plan);
  const lines: string[] = [];
  for (const kind of KIND_NAMES) {
    const done = deeds.filter((one) => one.kind === kind);
    const others = [
      ...plan.conflicts.filter((one) => one.kind === kind).map((one) => {
        const [theirs, ours] = [
          show(kind, one.field, one.observed),
          show(kind, one.field, one.desired),
        ];
        return `! ${one.title}  ${one.field}: ${theirs} in NetBox stays, the log has ${ours}`;
      }),
      ...held("=", plan.existing, kind),
      ...held("-", plan.gone, kind).map((line) => `${line}; it is kept`),
      ...held("?", [...plan.blocked, ...plan.waiting, ...plan.findings], kind),
    ];
    const count = done.length + others.length;
    if (count === 0) continue;
    const some = [
      ...done.flatMap((one) => deedLines(one, show)),
      ...markLines(done.filter(({ action }) => action === "mark"), kind),
      ...others,
    ];
    lines.push(upper(kindOf(kind).names[count === 1 ? 0 : 1]));
    lines.push(...some.map((line) => `  ${line}`), "");
  }
  return [...lines, `${summary(plan)}.`, ...nextSteps(plan)];
}

/** A plan for programs. */
export function planJson(plan: Plan): object {
  const { through, conflicts, existing, gone, blocked, waiting, findings, unchanged } = plan;
  return {
    through,
    counts: countsOf(plan),
    changes: deedsOf(plan).map(({ action, kind, key, title, id, before, fields }) => ({
      action,
      kind,
      key,
      title,
      ...(id === undefined ? {} : { id }),
      fields: Object.entries(fields).map(([field, to]) => ({
        field,
        ...(action === "create" ? {} : { from: before[field] ?? null }),
        to,
      })),
    })),
    conflicts: conflicts.map(({ written = null, ...one }) => ({ ...one, written })),
    existing,
    gone,
    blocked,
    waiting,
    findings,
    unchanged,
  };
}

/** How many of what. */
export function countsOf(plan: Plan): Record<string, number> {
  const deeds = Map.groupBy(deedsOf(plan), ({ action }) => action);
  const many = (action: Deed["action"]) => deeds.get(action)?.length ?? 0;
  return {
    create: many("create"),
    update: many("update"),
    mark: many("mark"),
    replace: many("replace"),
    adopt: many("adopt"),
    release: many("release"),
    remove: many("remove"),
    conflicts: plan.conflicts.length,
    existing: plan.existing.length,
    gone: plan.gone.length,
    blocked: plan.blocked.length,
    waiting: plan.waiting.length,
    findings: plan.findings.length,
    unchanged: plan.unchanged,
  };
}

const COUNTED: readonly [string, string][] = [
  ["create", "to create"],
  ["update", "to change"],
  ["mark", "to mark with a later event"],
  ["replace", "to make anew"],
  ["adopt", "to adopt"],
  ["release", "to release"],
  ["remove", "to remove"],
  ["conflicts", "in conflict"],
  ["existing", "there already"],
  ["gone", "gone and kept"],
  ["blocked", "that cannot be removed"],
  ["waiting", "waiting"],
  ["findings", "that NetBox cannot have"],
];

function summary(plan: Plan): string {
  const counts = countsOf(plan);
  const said = COUNTED.filter(([name]) => counts[name]! > 0)
    .map(([name, words]) => `${whole(counts[name]!)} ${words}`);
  const rest = `${counted(plan.unchanged, "object")} as they should be`;
  return upper([...said, rest].join(", "));
}

function nextSteps(plan: Plan): string[] {
  const lines = ["Nothing was written."];
  if (plan.changes.length > 0) lines[0] += " The same without --plan does it.";
  if (plan.existing.length > 0) {
    lines.push("What is there already, and is not ours, is taken over with --adopt.");
  }
  if (plan.gone.length > 0) lines.push("What is gone is removed with --delete.");
  if (plan.conflicts.length > 0) {
    lines.push("A conflict ends when NetBox, or the log, has what the other one has.");
  }
  return lines;
}

/** What is done, one for each object. */
function deedsOf({ changes }: Plan): Deed[] {
  const deeds = new Map<string, Deed>();
  for (const { action, kind, key, title, id, fields, before } of changes) {
    const name = `${kind} ${key}`;
    const deed = deeds.get(name);
    const [done, sign] = DEEDS[action];
    if (!deed) {
      const begun = { sign, kind, key, title, action: done, ...(id === undefined ? {} : { id }) };
      deeds.set(name, { ...begun, before: { ...before }, fields: { ...fields } });
      continue;
    }
    if (deed.action === "mark") [deed.action, deed.sign] = DEEDS[action];
    if (deed.action === "remove" && action === "create") {
      [deed.action, deed.sign] = ["replace", "~"];
    }
    if (action === "remove") [deed.action, deed.sign] = ["remove", "-"];
    deed.before = { ...before, ...deed.before };
    Object.assign(deed.fields, fields);
  }
  return [...deeds.values()];
}

type Show = (kind: Kind, field: string, value: Value, all?: Fields) => string;

function deedLines({ sign, kind, title, action, before, fields }: Deed, show: Show): string[] {
  switch (action) {
    case "mark":
      return [];
    case "create":
    case "remove":
      return [`${sign} ${title}`];
    case "replace":
      return [`${sign} ${title}  is taken away and made anew: its ends are others`];
    default: {
      const words = action === "adopt"
        ? "  is taken over"
        : action === "release"
        ? "  was there before us, and is released"
        : Object.keys(fields).length === 0
        ? "  takes the place of one that the log no longer has"
        : "";
      const changed = Object.entries(fields).map(([field, to]) => {
        const shown = show(kind, field, to, fields);
        const from = show(kind, field, before[field] ?? null, before);
        return `    ${field}: ${from} → ${shown === from ? `another ${shown}` : shown}`;
      });
      return [`${sign} ${title}${words}`, ...changed];
    }
  }
}

/** What the log has changed, and NetBox shows nothing of: of each only the number of the event is written. */
function markLines(marks: readonly Deed[], kind: Kind): string[] {
  if (marks.length === 0) return [];
  const [one, many] = kindOf(kind).names;
  const what = marks.length === 1 ? one : many;
  return [
    `~ ${whole(marks.length)} ${what}  nothing but cim_sequence, the number of the last event`,
  ];
}

function held(sign: string, all: readonly Omit<Held, "id">[], kind: Kind): string[] {
  return all.filter((one) => one.kind === kind)
    .map(({ title, reason }) => `${sign} ${title}  ${reason}`);
}

/** How values are shown: other objects by what people call them. */
function shower({ changes, displays }: Plan): Show {
  const titles = new Map(changes.map(({ key, title }) => [key, title]));
  const plain = (value: Value): string => {
    if (value === null || value === "") return "nothing";
    if (typeof value !== "object") return String(value);
    if (isRef(value)) return titles.get(value.ref) ?? value.ref;
    return Array.isArray(value)
      ? value.map(plain).join(", ")
      : Object.values(value).map(plain).join(" ");
  };
  return (kind, field, value, all = {}) => {
    const ids = field in FIELDS[kind] ? idsIn(kind, field, value, all) : [];
    if (ids.length === 0) return plain(value);
    return ids.map((one) => displays[`${one.kind} ${one.id}`] ?? `#${one.id}`).join(", ");
  };
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
