/** A database of a real NetBox, as its administrator sees it. */

/** An object of NetBox, as its API says it. */
export type NetBoxObject = ReturnType<typeof JSON.parse>;

/** One that a test has for itself. */
export class NetBoxPlace implements AsyncDisposable {
  /**
   * @param name the database
   * @param url where NetBox is on it
   * @param token of a user who may do everything
   * @param drop removes the database
   */
  constructor(
    readonly name: string,
    readonly url: string,
    readonly token: string,
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
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
  }
}
