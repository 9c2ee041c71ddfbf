/** Making, changing and removing many objects of one kind. */
import type { NetBoxClient, NetBoxRow } from "./client.ts";
import { type Kind, kindOf } from "./kinds.ts";
import { Lists, type Outcome, type Writing } from "./lists.ts";
import { type Fields, MARKS } from "./objects.ts";
import { readByKey } from "./observed.ts";
import { inQuestions } from "./questions.ts";
import { markOf, payloadOf } from "./row.ts";

/** What is to be made. */
export interface Making {
  /** Its `cim_id`. */
  key: string;
  /** All that is sent, its tags and custom fields (the `cim_id` among them) included; with ids. */
  fields: Fields;
}

/** What is to be changed. */
export interface Changing {
  id: number;
  /** What is sent; a list of tags replaces the one that is there. */
  fields: Fields;
}

/** What is to be removed. */
export interface Removing {
  id: number;
  /** The `cim_id` that it has to have still. */
  key: string;
}

/**
 * Makes objects of one kind; how it went with each, by its key. A list for which no answer came is not sent again before
 * it is known which of it are there: none is made twice.
 *
 * @throws {NetBoxUnavailable} when NetBox is out of reach
 */
export async function createAll(
  client: NetBoxClient,
  kind: Kind,
  makings: readonly Making[],
  writing: Writing = {},
): Promise<Map<string, Outcome>> {
  const version = await client.version();
  const { endpoint, countedAt } = kindOf(kind);
  const keyIn = ({ custom_fields }: NetBoxRow) =>
    (custom_fields as Record<string, string> | undefined)?.[MARKS.id];
  const lists = new Lists<Making>(
    client,
    {
      method: "POST",
      endpoint,
      keyOf: ({ key }) => key,
      bodyOf: ({ fields }) => payloadOf(kind, fields, version),
      // In what order it lists them differs between versions.
      idsIn: (body) => new Map(rowsOf(body).map((row) => [keyIn(row) ?? "", row.id])),
      lookUp: async (items) => {
        const keys = items.map(({ key }) => key);
        const found = await readByKey(client, kind, keys);
        return new Map(found.flatMap(({ key, id }) => key === undefined ? [] : [[key, id]]));
      },
    },
    countedAt === undefined ? makings : inOneOrder(makings, countedAt),
    writing,
  );
  await lists.send();
  return lists.outcomes as Map<string, Outcome>;
}

/**
 * Changes objects of one kind; how it went with each, by its id.
 *
 * @throws {NetBoxUnavailable} when NetBox is out of reach
 */
export async function updateAll(
  client: NetBoxClient,
  kind: Kind,
  changings: readonly Changing[],
  writing: Writing = {},
): Promise<Map<number, Outcome>> {
  const version = await client.version();
  const lists = new Lists<Changing>(
    client,
    {
      method: "PATCH",
      endpoint: kindOf(kind).endpoint,
      keyOf: ({ id }) => id,
      bodyOf: ({ id, fields }) => ({ id, ...payloadOf(kind, fields, version) }),
      // Before 4.7 one that is not there is passed over in silence.
      idsIn: (body) => new Map(rowsOf(body).map(({ id }) => [id, id])),
      // A change is sent again until there is an answer, so what it says is how it is.
      lookUp: () => Promise.resolve(new Map()),
    },
    changings,
    writing,
  );
  await lists.send();
  return lists.outcomes as Map<number, Outcome>;
}

/**
 * Removes objects of one kind, each only if it is ours still; how it went with each, by its id. One that is not there any
 * more is removed. What was refused because of another one in the list is tried again without that.
 *
 * @throws {NetBoxUnavailable} when NetBox is out of reach
 */
export async function removeAll(
  client: NetBoxClient,
  kind: Kind,
  removings: readonly Removing[],
  writing: Writing = {},
): Promise<Map<number, Outcome>> {
  await client.version();
  const outcomes = new Map<number, Outcome>();
  let open = removings;
  while (open.length > 0) {
    const there = await rowsOfIds(client, kind, open.map(({ id }) => id));
    const ours: Removing[] = [];
    for (const one of open) {
      const row = there.get(one.id);
      const mark = row && markOf(row);
      if (!mark) outcomes.set(one.id, { id: one.id });
      else if (mark.isOurs && mark.key === one.key) ours.push(one);
      else {outcomes.set(one.id, {
          refused: "it is not ours any more: somebody has changed its tag or cim_id",
        });}
    }
    const lists = new Lists<Removing>(
      client,
      {
        method: "DELETE",
        endpoint: kindOf(kind).endpoint,
        keyOf: ({ id }) => id,
        bodyOf: ({ id }) => ({ id }),
        // It says nothing.
        idsIn: () => new Map(),
        lookUp: async (items) => {
          const left = await rowsOfIds(client, kind, items.map(({ id }) => id));
          const done = items.filter(({ id }) => !left.has(id));
          return new Map(done.map(({ id }) => [id, id]));
        },
      },
      ours,
      {
        ...writing,
        progress: (done) =>
          writing.progress?.(removings.length - ours.length + done, removings.length),
      },
    );
    await lists.send();
    for (const [id, outcome] of lists.outcomes) outcomes.set(Number(id), outcome);
    const refused = ours.filter(({ id }) => "refused" in outcomes.get(id)!);
    // A parent is only let go when its children are.
    open = refused.length < ours.length ? refused : [];
  }
  return outcomes;
}

/** By what one of their fields points to, and otherwise as they were. */
function inOneOrder(makings: readonly Making[], field: string): Making[] {
  return makings.toSorted((one, other) => Number(one.fields[field]) - Number(other.fields[field]));
}

async function rowsOfIds(
  client: NetBoxClient,
  kind: Kind,
  ids: readonly number[],
): Promise<Map<number, NetBoxRow>> {
  const asked = new Set(ids);
  const rows = new Map<number, NetBoxRow>();
  for (const some of inQuestions("id", ids)) {
    const query = { id: some, fields: "id,tags,custom_fields" };
    for (const row of await client.list(kindOf(kind).endpoint, query)) {
      if (asked.has(row.id)) rows.set(row.id, row);
    }
  }
  return rows;
}

function rowsOf(body: unknown): NetBoxRow[] {
  return Array.isArray(body) ? body : [];
}
