/** A database of a real NetBox, as its administrator sees it. */
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";

/** An object of NetBox, as its API says it. */
export type NetBoxObject = ReturnType<typeof JSON.parse>;

/** The token of an answer that provisions one; before 4.5 its key is all of it. */
export function tokenOf({ key, token }: NetBoxObject): string {
  return token ? `nbt_${key}.${token}` : key;
}

/** One that a test has for itself. */
export class NetBoxPlace implements AsyncDisposable {
  #users = 0;

  /**
   * @param name the database
   * @param url where NetBox is on it
   * @param token of a user who may do everything
   * @param query runs SQL in the database; what came, a row a line
   * @param drop removes the database
   */
  constructor(
    readonly name: string,
    readonly url: string,
    readonly token: string,
    readonly query: (sql: string) => Promise<string>,
    readonly drop: () => Promise<void>,
  ) {}

  /** How a program finds it. */
  get env(): { NETBOX_URL: string; NETBOX_TOKEN: string } {
    return { NETBOX_URL: this.url, NETBOX_TOKEN: this.token };
  }

  /** Asks it something: `await place.call("POST", "dcim/sites/", { name, slug })`. */
  async call(method: string, path: string, body?: unknown): Promise<NetBoxObject> {
    const answer = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: {
        authorization: netBoxSettings(this).authorization(),
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 1_000)}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** All objects of a kind: `await place.all("dcim/sites")`. */
  async all(path: string): Promise<NetBoxObject[]> {
    const objects: NetBoxObject[] = [];
    for (let offset = 0;;) {
      const { count, results } = await this.call("GET", `${path}/?limit=1000&offset=${offset}`);
      objects.push(...results);
      offset += results.length;
      if (offset >= count) return objects;
    }
  }

  /**
   * The token of a new user who may do these things, each with some types of objects:
   * `await place.user({ view: ["dcim.site"] })`.
   *
   * @param isReader whether the token is one that may not write, whatever its user may
   */
  async user(may: Record<string, readonly string[]>, isReader = false): Promise<string> {
    const [username, password] = [`user${++this.#users}`, "Secret-of-4-tests"];
    const user = await this.call("POST", "users/users/", { username, password });
    for (const [action, object_types] of Object.entries(may)) {
      const rest = { enabled: true, users: [user.id], actions: [action], object_types };
      await this.call("POST", "users/permissions/", { name: `${username} ${action}`, ...rest });
    }
    const made = await this.call("POST", "users/tokens/provision/", {
      username,
      password,
      write_enabled: !isReader,
    });
    return tokenOf(made);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
  }
}
