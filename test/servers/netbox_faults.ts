/** Writing to a real NetBox through a proxy that goes wrong. */
import { beforeAll, expect, test } from "vitest";
import { NetBoxClient } from "../../src/projections/netbox/client.ts";
import { makeMarks } from "../../src/projections/netbox/marks.ts";
import { MARKS } from "../../src/projections/netbox/objects.ts";
import { readState } from "../../src/projections/netbox/observed.ts";
import { netBoxSettings } from "../../src/projections/netbox/settings.ts";
import { createAll, removeAll, updateAll } from "../../src/projections/netbox/write.ts";
import { type Fault, startFaultProxy } from "./fault_proxy.ts";
import type { NetBoxPlace } from "./netbox_place.ts";
import type { TestNetBox } from "./netbox_server.ts";

const FAULTS: Record<string, Fault> = {
  "the connection breaks before it is asked": "cut before",
  "its answer is lost": "cut after",
  "its answer breaks off in the middle": "cut half",
  "it asks for a pause": { status: 429, headers: { "retry-after": "1" } },
  "a proxy before it does not reach it": { status: 502, body: "<h1>Bad Gateway</h1>" },
  "it is being started again": { status: 503 },
  "a proxy before it gives up": { status: 504 },
};
const KEYS = ["a", "b", "c", "d"];

/** Whatever goes wrong once, is done once. */
export function faults(netbox: () => TestNetBox): void {
  let marked: NetBoxPlace;
  let tag: number;
  beforeAll(async () => {
    marked = await netbox().place();
    tag = await makeMarks(clientOf(marked));
  });

  test.each(Object.entries(FAULTS))("all is done, and once, where %s", async (_, fault) => {
    await using place = await netbox().place(marked);
    await using proxy = await startFaultProxy(place.url);
    const client = clientOf({ ...place, url: proxy.url });
    await client.version();
    const failOnce = (which: string) => {
      let left = 1;
      proxy.asked.length = 0;
      proxy.fault = ({ method }) => method === which && left-- > 0 ? fault : undefined;
    };
    const names = async () => (await place.all("dcim/sites")).map(({ name }) => name).sort();

    failOnce("POST");
    const made = await createAll(client, "site", KEYS.map((key) => makingOf(key, tag)));
    const ids = KEYS.map((key) => (made.get(key) as { id: number }).id);
    expect(new Set(ids).size).toBe(KEYS.length);
    expect(await names()).toEqual(KEYS);

    failOnce("PATCH");
    const fields = (key: string) => ({ name: `${key}${key}` });
    const changed = await updateAll(
      client,
      "site",
      KEYS.map((key, at) => ({ id: ids[at]!, fields: fields(key) })),
    );
    expect([...changed.values()]).toEqual(ids.map((id) => ({ id })));
    expect(await names()).toEqual(KEYS.map((key) => `${key}${key}`));

    failOnce("DELETE");
    const removed = await removeAll(
      client,
      "site",
      KEYS.map((key, at) => ({ id: ids[at]!, key })),
    );
    expect([...removed.values()]).toEqual(ids.map((id) => ({ id })));
    expect(await names()).toEqual([]);

    failOnce("GET");
    const { objects } = await readState(client, []);
    expect(objects).toEqual([]);
  });

  test("what NetBox begins with only when we have given up is done, and once", async () => {
    await using place = await netbox().place(marked);
    await using proxy = await startFaultProxy(place.url);
    const began = performance.now();
    await createAll(clientOf(place), "site", [makingOf("first", tag)]);
    // It is as slow as this machine is at the moment.
    const timeoutMs = Math.max(1_000, 6 * (performance.now() - began));
    const client = clientOf({ ...place, url: proxy.url }, timeoutMs);
    proxy.fault = ({ method, number }) =>
      method === "POST" && number === proxy.asked.findIndex((one) => one.method === "POST") + 1
        ? { delayMs: 1.5 * timeoutMs }
        : undefined;
    const made = await createAll(client, "site", KEYS.map((key) => makingOf(key, tag)));
    expect([...made.values()].every((outcome) => "id" in outcome)).toBe(true);
    const names = (await place.all("dcim/sites")).map(({ name }) => name).sort();
    expect(names).toEqual([...KEYS, "first"]);
  });
}

function clientOf(place: { url: string; token: string }, timeoutMs = 120_000): NetBoxClient {
  return new NetBoxClient(netBoxSettings(place), { timeoutMs, pauseMs: 20 });
}

function makingOf(key: string, tag: number) {
  return {
    key,
    fields: {
      name: key,
      slug: key,
      tags: [tag],
      custom_fields: { [MARKS.id]: key, [MARKS.written]: { adopted: false, fields: {} } },
    },
  };
}
