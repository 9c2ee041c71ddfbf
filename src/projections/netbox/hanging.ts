/** What hangs on objects of ours, and is not ours: it would be deleted or emptied with them. */
import type { NetBoxClient } from "./client.ts";
import { type Hanger, HANGERS } from "./hangers.ts";
import { type Kind, KIND_NAMES, kindOf } from "./kinds.ts";
import type { Hanging, Observed } from "./objects.ts";
import { inPairs } from "./pairs.ts";
import { inQuestions } from "./questions.ts";
import { markOf } from "./row.ts";

/**
 * Looks wherever something may be that hangs on one of these. A place that this NetBox does not have, or a filter that it
 * does not know, is passed over: what came with a newer version cannot be there.
 *
 * @throws {NetBoxUnavailable} when it cannot be reached
 * @throws {NetBoxPermissionMissing} when the token's user may not see what may hang on them
 */
export async function readHanging(
  client: NetBoxClient,
  gone: readonly Observed[],
): Promise<Hanging[]> {
  const search = new HangingSearch(client);
  const places = KIND_NAMES.flatMap((kind) => {
    const ids = gone.filter((one) => one.kind === kind).map(({ id }) => id);
    return ids.length === 0 ? [] : (HANGERS[kind] ?? []).map((hanger) => ({ kind, hanger, ids }));
  });
  const found: Hanging[][] = [];
  await inPairs(places, async ({ kind, hanger, ids }, at) => {
    found[at] = await search.find(kind, hanger, ids);
  });
  // What is found in two ways hangs there once.
  const once = new Map(
    found.flat().map((one) => [`${one.on.kind} ${one.on.id} ${one.endpoint} ${one.id}`, one]),
  );
  return [...once.values()];
}

/** Looks for what hangs on something, and knows what a NetBox has. */
export class HangingSearch {
  readonly #endpoints = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(private readonly client: NetBoxClient) {}

  /** Whether a NetBox has the place, and knows the filter: one that it does not know finds everything. */
  async isThere({ endpoint, filter, of }: Hanger): Promise<boolean> {
    if (!await this.#isPlace(endpoint)) return false;
    const nothing = { ...of, [filter]: 0, fields: "id", limit: 1 };
    const { status, body } = await this.client.ask("GET", endpoint, { query: nothing });
    const { count, [filter]: refused } = (body ?? {}) as Record<string, unknown>;
    if (status === 400 && refused !== undefined) return true;
    // Where there is nothing at all it does not matter what is overlooked.
    return status === 200 && count === 0;
  }

  /** What hangs on some objects of a kind at one place. */
  async find(kind: Kind, hanger: Hanger, ids: readonly number[]): Promise<Hanging[]> {
    if (!await this.#isPlace(hanger.endpoint)) return [];
    const found: Hanging[] = [];
    const questions = hanger.takesOne ? ids.map((id) => [id]) : inQuestions(hanger.filter, ids);
    for (const some of questions) {
      // At most places there is nothing, which is quickly asked.
      const query = { ...hanger.of, [hanger.filter]: some, fields: "id", limit: 1 };
      const { body } = await this.client.ask("GET", hanger.endpoint, { query });
      if ((body as { count?: unknown } | null)?.count === 0) continue;
      if (!await this.isThere(hanger)) return [];
      found.push(...await this.#on(kind, hanger, some));
    }
    return found;
  }

  /** NetBox does not say on which of them: where there is something the question is halved until it is about one. */
  async #on(kind: Kind, hanger: Hanger, ids: readonly number[]): Promise<Hanging[]> {
    const { endpoint, filter, of } = hanger;
    const rows = await this.client.list(endpoint, {
      ...of,
      [filter]: ids,
      fields: "id,display,tags,custom_fields",
    });
    const others = rows.filter((row) => !markOf(row).isOurs);
    if (others.length === 0) return [];
    if (ids.length > 1) {
      const half = Math.ceil(ids.length / 2);
      const first = await this.#on(kind, hanger, ids.slice(0, half));
      return [...first, ...await this.#on(kind, hanger, ids.slice(half))];
    }
    return others.filter(({ id }) => endpoint !== kindOf(kind).endpoint || id !== ids[0])
      .map(({ id, display }) => ({
        on: { kind, id: ids[0]! },
        endpoint,
        id,
        display: String(display),
      }));
  }

  async #isPlace(endpoint: string): Promise<boolean> {
    const [app = "", name = ""] = endpoint.split("/");
    let endpoints = this.#endpoints.get(app);
    if (!endpoints) this.#endpoints.set(app, endpoints = this.#endpointsOf(app));
    return (await endpoints).has(name);
  }

  async #endpointsOf(app: string): Promise<ReadonlySet<string>> {
    const { body } = await this.client.ask("GET", app);
    return new Set(Object.keys((body ?? {}) as Record<string, unknown>));
  }
}
