/** What ours is told by in NetBox: a tag and three custom fields. */
import { refusalOf } from "./answer.ts";
import type { NetBoxAnswer, NetBoxClient, NetBoxRow } from "./client.ts";
import { NetBoxMarksRefused, NetBoxUnavailable } from "./error.ts";
import { KIND_NAMES, kindOf } from "./kinds.ts";
import { MARKS, TAG } from "./objects.ts";

/** The marks that a NetBox has. */
export interface Marks {
  /** The tag's id. */
  tag?: number;
  /** The custom fields by their name. */
  fields: ReadonlyMap<string, NetBoxRow>;
  /** The types of objects that can have a `cim_id`: `dcim.device`. */
  types: ReadonlySet<string>;
}

const TYPES = KIND_NAMES.map((kind) => kindOf(kind).type);

/** What is sent to make each. People may see what an object is in the log, and cannot change it by hand. */
const FIELDS = [
  {
    name: MARKS.id,
    label: "CIM id",
    type: "text",
    unique: true,
    filter_logic: "exact",
    ui_visible: "if-set",
    ui_editable: "no",
    description: "What this is in the log of CIM Infrastructure",
  },
  {
    name: MARKS.sequence,
    label: "CIM sequence",
    type: "integer",
    filter_logic: "exact",
    ui_visible: "if-set",
    ui_editable: "no",
    description: "The event of the log that last changed it",
  },
  {
    name: MARKS.written,
    label: "CIM written",
    type: "json",
    filter_logic: "disabled",
    ui_visible: "hidden",
    ui_editable: "hidden",
    description: "What was written last: where a value is another one now, a person has changed it",
  },
] as const;

/** Looks for the marks; writes nothing. */
export async function findMarks(client: NetBoxClient): Promise<Marks> {
  const tags = await client.list("extras/tags", { slug: TAG.slug, fields: "id,slug" });
  const rows = await client.list("extras/custom-fields", {
    name: FIELDS.map(({ name }) => name),
    fields: "id,name,type,object_types,unique",
  });
  const tag = tags.find(({ slug }) => slug === TAG.slug)?.id;
  const fields = new Map(
    rows.filter(({ name }) => FIELDS.some((field) => field.name === name))
      .map((row) => [String(row.name), row]),
  );
  const types = new Set(typesOf(fields.get(MARKS.id)));
  return { ...(tag === undefined ? {} : { tag }), fields, types };
}

/**
 * Makes what is missing of the marks; the tag's id. A custom field that is there gets the kinds of ours beside its own.
 *
 * @param before called before each write
 * @throws {NetBoxMarksRefused} where NetBox refuses, or a custom field of one of our names is another's
 */
export async function makeMarks(client: NetBoxClient, before?: () => void): Promise<number> {
  // What was lost on the way may be there: it is looked for again.
  for (let rounds = 3;; rounds--) {
    const { tag, fields } = await findMarks(client);
    try {
      if (tag === undefined) {
        check(
          await client.ask("POST", "extras/tags", { body: TAG, before }),
          `the tag ${TAG.slug}`,
        );
      }
      for (const wanted of FIELDS) {
        const what = `the custom field ${wanted.name}`;
        const row = fields.get(wanted.name);
        if (!row) {
          const body = { ...wanted, group_name: "CIM", object_types: TYPES };
          check(await client.ask("POST", "extras/custom-fields", { body, before }), what);
          continue;
        }
        const { value } = row.type as { value: unknown };
        if (value !== wanted.type) {
          throw new NetBoxMarksRefused(
            what,
            `there is one of that name already, of the type ${value} and not ${wanted.type}: ` +
              `rename it in NetBox`,
          );
        }
        const types = typesOf(row);
        if (TYPES.every((type) => types.includes(type))) continue;
        const body = { object_types: [...new Set([...types, ...TYPES])] };
        const endpoint = `extras/custom-fields/${row.id}`;
        check(await client.ask("PATCH", endpoint, { body, before }), what);
      }
    } catch (error) {
      if (!(error instanceof NetBoxUnavailable) || rounds === 1) throw error;
      continue;
    }
    if (tag !== undefined) return tag;
    if (rounds === 1) throw new NetBoxMarksRefused(`the tag ${TAG.slug}`, "it is not there");
  }
}

/**
 * Takes the marks away, and with the custom fields what they say: to be called only when nothing of ours is left. A tag
 * that people have given to something else stays.
 *
 * @returns what could not be taken away, and why
 */
export async function removeMarks(client: NetBoxClient, before?: () => void): Promise<string[]> {
  const { tag, fields } = await findMarks(client);
  const refused: string[] = [];
  const remove = async (endpoint: string, id: number, what: string) => {
    const answer = await client.ask("DELETE", `${endpoint}/${id}`, { before });
    if (answer.status >= 400 && answer.status !== 404) {
      refused.push(`${what} stays: ${refusalOf(answer.body)}`);
    }
  };
  for (const [name, { id }] of fields) {
    await remove("extras/custom-fields", id, `the custom field ${name}`);
  }
  if (tag === undefined) return refused;
  const { body } = await client.ask("GET", `extras/tags/${tag}`);
  const { tagged_items: others = 0 } = (body ?? {}) as { tagged_items?: number };
  if (others === 0) await remove("extras/tags", tag, `the tag ${TAG.slug}`);
  else refused.push(`the tag ${TAG.slug} stays: people have given it to ${others} objects`);
  return refused;
}

function typesOf(row: NetBoxRow | undefined): string[] {
  return Array.isArray(row?.object_types) ? row.object_types.map(String) : [];
}

function check({ status, body }: NetBoxAnswer, what: string): void {
  if (status >= 400) throw new NetBoxMarksRefused(what, `NetBox says: ${refusalOf(body)}`);
}
