/** Writing to a real NetBox: what is refused, what is lost on the way, and what is not ours. */
import { expect, test } from "vitest";
import { makeMarks } from "../../src/projections/netbox/marks.ts";
import { readOwn, readState } from "../../src/projections/netbox/observed.ts";
import { createAll, removeAll, updateAll } from "../../src/projections/netbox/write.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import type { TestNetBox } from "./netbox_server.ts";
import { clientOf, makeWorld, ours } from "./netbox_world.ts";

const sites = (tag: number, names: readonly string[]) =>
  names.map((name) => ours(name, tag, { name: name.startsWith("bad") ? "" : name, slug: name }));
const numbered = (length: number) => Array.from({ length }, (_, at) => `s${at}`);
const refusals = (outcomes: ReadonlyMap<string | number, { id: number } | { refused: string }>) =>
  [...outcomes].flatMap(([key, one]) => "refused" in one ? [[key, one.refused]] : []);

/** What is done, and what is said to be. */
export function writing(netbox: () => TestNetBox): void {
  test("what NetBox refuses is left out with its own words, and the rest is made and changed", async () => {
    await using place = await netbox().place();
    const client = clientOf(place);
    const tag = await makeMarks(client);
    const names = [...numbered(25), "bad1", ...numbered(5).map((name) => `t${name}`), "bad2"];
    const made = await createAll(client, "site", sites(tag, names));
    const blank = "name: This field may not be blank.";
    expect(refusals(made).sort()).toEqual([["bad1", blank], ["bad2", blank]]);
    const own = await readOwn(client, "site");
    expect(own.map(({ key, id }) => [key, { id }])).toEqual(
      [...made].filter(([, one]) => "id" in one).sort(([, a], [, b]) =>
        (a as { id: number }).id - (b as { id: number }).id
      ),
    );
    const [first, ...others] = own.map(({ id }) => id);
    const changed = await updateAll(client, "site", [
      { id: first!, fields: { description: "x".repeat(300) } },
      ...[...others, 9999].map((id) => ({ id, fields: { description: "x" } })),
    ]);
    expect(refusals(changed).sort()).toEqual([
      [9999, expect.stringMatching(/does not exist|has it no longer/)],
      [first, expect.stringMatching(/^description: .*200/)],
    ].sort());
    const after = await readOwn(client, "site");
    expect(after.map(({ fields }) => fields.description)).toEqual(["", ...others.map(() => "x")]);
  });

  test("two lists at a time of which nobody hears are made, changed and removed once", async () => {
    await using place = await netbox().place();
    const tag = await makeMarks(clientOf(place));
    await using proxy = await startFaultProxy(place.url);
    const client = clientOf({ url: proxy.url, token: place.token });
    let faults = 0;
    proxy.fault = ({ method }) => method !== "GET" && ++faults <= 2 ? "cut after" : undefined;
    const names = numbered(30);
    expect(refusals(await createAll(client, "site", sites(tag, names)))).toEqual([]);
    expect(proxy.count("POST")).toBe(2);
    const own = await readOwn(client, "site");
    expect(own.map(({ key }) => key).sort()).toEqual([...names].sort());
    faults = 0;
    const changes = own.map(({ id }) => ({ id, fields: { description: `of ${id}` } }));
    expect(refusals(await updateAll(client, "site", changes))).toEqual([]);
    const changed = await readOwn(client, "site");
    expect(changed.map(({ fields }) => fields.description)).toEqual(
      own.map(({ id }) => `of ${id}`),
    );
    faults = 0;
    const all = own.map(({ id, key }) => ({ id, key: key! }));
    expect(refusals(await removeAll(client, "site", all))).toEqual([]);
    expect(await place.all("dcim/sites")).toEqual([]);
  });

  test("what is not ours any more, or is in use, is not removed; what is gone is", async () => {
    await using place = await netbox().place();
    const { ids } = await makeWorld(place);
    const client = clientOf(place);
    const device = ids.get("web-01")!;
    // The child comes behind its parent, and has to go first.
    const tag = (await place.all("extras/tags"))[0].id;
    const parent = ids.get("eth0")!;
    const fields = { device, name: "eth0.100", type: "virtual", parent };
    const child = await createAll(client, "interface", [ours("child", tag, fields)]);
    const { id } = child.get("child") as { id: number };
    await place.call("DELETE", "dcim/cables/", [{ id: ids.get("cable") }]);
    await place.call("PATCH", `dcim/interfaces/${ids.get("eth1")}/`, { tags: [] });
    const removed = await removeAll(client, "interface", [
      { id: parent, key: "eth0" },
      { id, key: "child" },
      { id: ids.get("eth1")!, key: "eth1" },
      { id: 9999, key: "gone" },
    ]);
    expect(refusals(removed)).toEqual([[
      ids.get("eth1"),
      expect.stringContaining("not ours any more"),
    ]]);
    const left = await place.all("dcim/interfaces");
    expect(left.map((one) => one.id)).toEqual([ids.get("eth1")]);
    const type = ids.get("r650")!;
    const inUse = await removeAll(client, "device_type", [{ id: type, key: "r650" }]);
    expect(refusals(inUse)).toEqual([[type, expect.stringContaining("1 dependent object")]]);
    const wrong = await removeAll(client, "device", [{ id: device, key: "another" }]);
    expect(refusals(wrong)).toHaveLength(1);
  });

  test("a user who may not see, or not write, is told which permission is missing", async () => {
    await using place = await netbox().place();
    const tag = await makeMarks(clientOf(place));
    const types = ["dcim.site", "extras.tag", "extras.customfield"];
    const reader = clientOf({ url: place.url, token: await place.user({ view: types }) });
    const outcomes = await createAll(reader, "site", sites(tag, numbered(30)));
    expect(refusals(outcomes)).toHaveLength(30);
    expect(refusals(outcomes)[0]![1]).toMatch("NETBOX_TOKEN may not add dcim/sites: give its user");
    // Before 4.7 it does not say whether this is about all of them, or only some.
    expect(reader.requests.POST).toBeLessThanOrEqual((await reader.version())[1] >= 7 ? 2 : 4);
    await expect(readState(reader, [])).rejects.toMatchObject({
      code: "netbox_permission_missing",
      action: "view",
    });
    const stranger = clientOf({ url: place.url, token: "nbt_abcdefghijkl.nobody" });
    await expect(stranger.version()).rejects.toMatchObject({
      code: "netbox_settings",
      variable: "NETBOX_TOKEN",
    });
  });

  test("nothing is written without leave, and it ends when it is told to", async () => {
    await using place = await netbox().place();
    const tag = await makeMarks(clientOf(place));
    const before = () => {
      throw new Error("the lease is lost");
    };
    const makings = sites(tag, numbered(3));
    await expect(createAll(clientOf(place), "site", makings, { before })).rejects.toThrow("lease");
    const stop = new AbortController();
    const client = clientOf(place, { signal: stop.signal });
    await client.version();
    stop.abort(new Error("Ctrl-C"));
    await expect(createAll(client, "site", makings)).rejects.toThrow("Ctrl-C");
    expect(await place.all("dcim/sites")).toEqual([]);
  });
}
