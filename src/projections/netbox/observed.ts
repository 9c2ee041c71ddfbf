/** What NetBox has of what is desired, and of what is ours: read in bulk, and each object checked again on our side. */
import type { NetBoxClient, NetBoxQuery, NetBoxRow } from "./client.ts";
import { readHanging } from "./hanging.ts";
import { type Kind, KIND_NAMES, kindOf } from "./kinds.ts";
import { findMarks } from "./marks.ts";
import { naturalKeys } from "./match.ts";
import {
  type Desired,
  type Fields,
  MARKS,
  type Observed,
  type ObservedState,
  TAG,
} from "./objects.ts";
import { inPairs } from "./pairs.ts";
import { inQuestions } from "./questions.ts";
import { fieldsOf, observedOf } from "./row.ts";
import { known } from "./values.ts";

/** So many objects are read in the time of one question with a hundred values (measured: 0.1 to 0.2 s). */
const OBJECTS_A_QUESTION = 150;

/** What is to be read. */
export interface Reading {
  /** Whether what is ours and no longer desired is to be removed: then what hangs on it is read as well. */
  remove?: boolean;
  /** Told as it goes on: how many of the kinds are read. */
  progress?: (done: number, of: number) => void;
}

/**
 * Reads all that is ours, what is there already of what is desired, and where something is to be removed what stands in the
 * way of that.
 *
 * @throws {NetBoxUnavailable} when it cannot be reached
 * @throws {NetBoxSettingsError} when it is no NetBox, or does not let us in
 * @throws {NetBoxPermissionMissing} when the token's user may not see some kind of object
 */
export async function readState(
  client: NetBoxClient,
  desired: readonly Desired[],
  { remove = false, progress }: Reading = {},
): Promise<ObservedState> {
  await client.version();
  const marks = await findMarks(client);
  const wanted = new Map(KIND_NAMES.map((kind) => [kind, [] as Desired[]]));
  for (const one of desired) wanted.get(one.kind)!.push(one);
  const ownOf = new Map<Kind, Observed[]>();
  let done = 0;
  await inPairs(KIND_NAMES, async (kind) => {
    if (marks.tag !== undefined) ownOf.set(kind, await readOwn(client, kind));
    progress?.(++done, 2 * KIND_NAMES.length);
  });
  const own = KIND_NAMES.flatMap((kind) => ownOf.get(kind) ?? []);
  const reader = new Reader(client, own);
  for (const kind of KIND_NAMES) {
    const isMarked = marks.types.has(kindOf(kind).type);
    await reader.find(kind, wanted.get(kind)!, isMarked);
    progress?.(++done, 2 * KIND_NAMES.length);
  }
  const objects = [...own, ...reader.others.values()];
  if (!remove) return { objects, hanging: [] };
  const gone = goneOf(own, desired).filter(({ written }) => written?.adopted !== true);
  return { objects, hanging: await readHanging(client, gone) };
}

/** What is ours and no longer desired; of two with one key (a resource that is of another kind now) the one that is not. */
function goneOf(own: readonly Observed[], desired: readonly Desired[]): Observed[] {
  const live = new Set(
    desired.filter(({ ending }) => !ending).map(({ kind, key }) => `${kind} ${key}`),
  );
  return own.filter(({ kind, key }) => !live.has(`${kind} ${key}`));
}

/** All objects of a kind that are ours. */
export async function readOwn(client: NetBoxClient, kind: Kind): Promise<Observed[]> {
  const found = await read(client, kind, { tag: TAG.slug });
  return found.filter(({ key }) => key !== undefined);
}

/** Objects of a kind, by their `cim_id`, whether they have our tag or not. */
export async function readByKey(
  client: NetBoxClient,
  kind: Kind,
  keys: readonly string[],
): Promise<Observed[]> {
  const asked = new Set(keys);
  const found = await readByValues(client, kind, `cf_${MARKS.id}`, keys);
  return found.filter(({ key, releasedKey }) => asked.has(key ?? releasedKey ?? ""));
}

/** Finds what is not ours, kind by kind: what is found of one tells what to ask for of the next. */
class Reader {
  readonly others = new Map<string, Observed>();
  readonly #ids = new Map<string, number>();
  readonly #own: ReadonlyMap<string, number>;

  constructor(private readonly client: NetBoxClient, own: readonly Observed[]) {
    this.#own = new Map(own.map(({ kind, key, id }) => [`${kind} ${key}`, id]));
  }

  /** @param isMarked whether objects of the kind can have a `cim_id` */
  async find(kind: Kind, desired: readonly Desired[], isMarked: boolean): Promise<void> {
    const missing: Desired[] = [];
    for (const one of desired) {
      const id = this.#own.get(`${kind} ${one.key}`);
      if (id !== undefined) this.#ids.set(one.key, id);
      else if (!one.ending) missing.push(one);
    }
    if (missing.length === 0) return;
    if (isMarked) await this.#findReleased(kind, missing);
    if (kind === "cable") return await this.#findCables(desired);
    const keys = new Map<string, string>();
    const values = new Map<string, Set<string | number>>();
    for (const { key, fields } of missing) {
      const mine = this.#known(fields);
      for (const natural of naturalKeys(kind, mine)) keys.set(natural, key);
      for (const { filter, fields: [first] } of kindOf(kind).natural) {
        const value = mine[first!];
        if (typeof value !== "string" && typeof value !== "number") continue;
        values.set(filter, (values.get(filter) ?? new Set()).add(value));
      }
    }
    for (const [filter, of] of values) {
      for (const one of await readByValues(this.client, kind, filter, [...of])) {
        if (one.key !== undefined) continue;
        const natural = naturalKeys(kind, one.fields).find((key) => keys.has(key));
        if (natural === undefined) continue;
        this.#keep(one);
        this.#ids.set(keys.get(natural)!, one.id);
      }
    }
  }

  /** Those with a `cim_id` and without our tag, of which there are few. */
  async #findReleased(kind: Kind, missing: readonly Desired[]): Promise<void> {
    const keys = new Set(missing.map(({ key }) => key));
    const [, minor] = await this.client.version();
    // Before 4.3.7 it is no filter of custom fields whether one is empty: nothing is found.
    if (minor < 4) {
      for (const one of await readByKey(this.client, kind, [...keys])) {
        if (one.releasedKey !== undefined) this.#keep(one);
      }
      return;
    }
    const query = { [`cf_${MARKS.id}__empty`]: "false", tag__n: TAG.slug };
    for (const one of await read(this.client, kind, query)) {
      if (one.releasedKey !== undefined && keys.has(one.releasedKey)) this.#keep(one);
    }
  }

  /** The cables at the ends of the desired ones. */
  async #findCables(desired: readonly Desired[]): Promise<void> {
    const ends = new Set<number>();
    for (const { fields } of desired) {
      const { a_terminations = [], b_terminations = [] } = this.#known(fields);
      for (const { object_id } of [a_terminations, b_terminations].flat() as Fields[]) {
        if (typeof object_id === "number") ends.add(object_id);
      }
    }
    for (const one of await readByValues(this.client, "cable", "interface_id", [...ends])) {
      const { a_terminations, b_terminations } = one.fields;
      const isThere = ([a_terminations, b_terminations].flat() as Fields[]).some((end) =>
        end.object_type === kindOf("interface").type && ends.has(end.object_id as number)
      );
      if (isThere && one.key === undefined) this.#keep(one);
    }
  }

  #known(fields: Fields): Fields {
    const idOf = (key: string) => this.#ids.get(key);
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, known(value, idOf)]),
    );
  }

  #keep(one: Observed): void {
    this.others.set(`${one.kind} ${one.id}`, one);
  }
}

/**
 * Objects of a kind by many values of a filter. NetBox overlooks a filter that it does not know, and then has all objects
 * for an answer: whoever asks has to see for himself what came.
 */
async function readByValues(
  client: NetBoxClient,
  kind: Kind,
  filter: string,
  values: readonly (string | number)[],
): Promise<Observed[]> {
  const questions = inQuestions(filter, values);
  if (questions.length > 1) {
    const { body } = await client.ask("GET", kindOf(kind).endpoint, {
      query: { fields: "id", limit: 1 },
    });
    const { count } = (body ?? {}) as { count?: unknown };
    const isQuicker = typeof count === "number" && count <= questions.length * OBJECTS_A_QUESTION;
    if (isQuicker) return await read(client, kind, {});
  }
  const found = new Map<number, Observed>();
  await inPairs(questions, async (some) => {
    for (const one of await read(client, kind, { [filter]: some })) found.set(one.id, one);
  });
  return [...found.values()].sort((a, b) => a.id - b.id);
}

async function read(client: NetBoxClient, kind: Kind, query: NetBoxQuery): Promise<Observed[]> {
  const rows: NetBoxRow[] = await client.list(kindOf(kind).endpoint, {
    ...query,
    fields: fieldsOf(kind),
    // Before 4.7 it is worked out for each device, even where it is not among the fields; after that this is overlooked.
    exclude: "config_context",
  });
  return rows.map((row) => observedOf(kind, row));
}
