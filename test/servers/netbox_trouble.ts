/** A NetBox that does not let us do all, and one that is full of what others have there. */
import { expect, test } from "vitest";
import { KIND_NAMES, kindOf } from "../../src/projections/netbox/kinds.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import { dumpNetBox, type NetBoxDump } from "./netbox_dump.ts";
import type { NetBoxPlace } from "./netbox_place.ts";
import type { Servers } from "./netbox_servers.ts";
import { smallOffice, Story } from "./netbox_story.ts";

const MARK_TYPES = ["extras.tag", "extras.customfield"];
const TYPES = [...MARK_TYPES, ...KIND_NAMES.map((kind) => kindOf(kind).type)];
const WRITES = ["POST", "PATCH", "PUT", "DELETE"];
/** What there is of others in a full one. */
const THEIRS = {
  dcim_site: "'name', 'Theirs ' || n, 'slug', 'theirs-' || n",
  dcim_device: "'name', 'theirs-' || n, 'asset_tag', null",
  dcim_interface: "'name', 'port' || n",
  ipam_ipaddress: "'address', ('172.16.0.0'::inet + n)::text",
};

/** What stands in the way of a projection. */
export function troubles(servers: () => Servers): void {
  const begin = async () => {
    const { netbox, log: { connection } } = servers();
    const story = new Story(await netbox.place(), connection);
    await smallOffice(story);
    return story;
  };

  test("where one permission is missing it is named, and all that does not depend on it is done", async () => {
    const story = await begin();
    const { place } = story;
    const add = TYPES.filter((type) => type !== "dcim.cable");
    const token = await place.user({ view: TYPES, add, change: TYPES });
    const { applied } = await story.run({ token });
    expect(applied.refused).toMatchObject([{ kind: "cable" }]);
    expect(applied.refused[0]!.reason).toMatch("NETBOX_TOKEN may not add dcim/cables: give its");
    const again = (await story.run({ token })).applied;
    expect([again.created, again.updated, again.refused.length]).toEqual([0, 0, 1]);
    await using whole = await servers().netbox.place();
    const { "dcim/cables": cables, ...others } = await dumpOf(story, whole);
    expect(cables).toHaveLength(1);
    // Which interfaces are cabled shows at these.
    const uncabled = await dumpNetBox(place);
    expect(Object.keys(uncabled)).toEqual(Object.keys(others));
    expect(uncabled["dcim/devices"]).toEqual(others["dcim/devices"]);
    expect((await story.run()).applied).toMatchObject({ created: 1, refused: [] });
    expect(await dumpNetBox(place)).toEqual({ ...others, "dcim/cables": cables });
    await place.drop();
  });

  test("with a token that may only read there is a plan, and a run says what is the matter and writes nothing", async () => {
    const story = await begin();
    const { place } = story;
    const token = await place.user({ view: TYPES, add: TYPES }, true);
    expect((await story.plan({ token })).changes.length).toBeGreaterThan(10);
    await expect(story.run({ token })).rejects.toMatchObject({
      message: expect.stringMatching(/tag cim.*NETBOX_TOKEN may not add.*token is one that may/),
    });
    expect(await dumpNetBox(place)).toEqual({});
    await place.drop();
  });

  test("in a NetBox full of what others have no more is asked, and theirs stays as it is", async () => {
    const story = await begin();
    const { place } = story;
    await fill(place);
    const before = await theirs(place);
    await using proxy = await startFaultProxy(place.url);
    const at = proxy.url;
    const { plan, applied } = await story.run({ at });
    expect([plan.conflicts, plan.existing, applied.refused]).toEqual([[], [], []]);
    expect(applied.created).toBeGreaterThan(20);
    expect(proxy.count("GET")).toBeLessThanOrEqual(80);
    expect(await theirs(place)).toEqual(before);
    proxy.asked.length = 0;
    expect((await story.run({ at, remove: true, adopt: true })).plan.changes).toEqual([]);
    expect(proxy.count(...WRITES)).toBe(0);
    expect(proxy.asked.length).toBeLessThanOrEqual(40);
    await story.reset();
    expect(await theirs(place)).toEqual(before);
    await place.drop();
  });
}

/** 300 sites, 1,000 devices with as many interfaces, and addresses: as NetBox makes one of each, and the rest alike. */
async function fill(place: NetBoxPlace): Promise<void> {
  const make = (path: string, fields: object) => place.call("POST", `${path}/`, fields);
  const named = (name: string) => ({ name, slug: name.toLowerCase() });
  const site = await make("dcim/sites", named("Theirs"));
  const manufacturer = (await make("dcim/manufacturers", named("Maker"))).id;
  const type = await make("dcim/device-types", { manufacturer, model: "One", slug: "one" });
  const role = await make("dcim/device-roles", named("Theirs"));
  const of = { site: site.id, device_type: type.id, role: role.id };
  const device = await make("dcim/devices", { name: "theirs", ...of });
  await make("dcim/interfaces", { device: device.id, name: "port", type: "other" });
  await make("ipam/ip-addresses", { address: "172.16.0.0/32" });
  for (const [table, fields] of Object.entries(THEIRS)) {
    const many = table === "dcim_site" ? 299 : 999;
    await place.query(
      `INSERT INTO ${table}
       SELECT (jsonb_populate_record(one, jsonb_build_object('id', one.id + n, ${fields}))).*
       FROM ${table} AS one, generate_series(1, ${many}) AS n;
       SELECT setval(pg_get_serial_sequence('${table}', 'id'), max(id)) FROM ${table}`,
    );
  }
}

/** What of these tables is not ours, as a sum of all that is in it. */
async function theirs(place: NetBoxPlace): Promise<string[]> {
  return await Promise.all(
    Object.keys(THEIRS).map((table) =>
      place.query(
        `SELECT count(*), md5(string_agg((to_jsonb(one) - 'custom_field_data')::text, ',' ORDER BY id))
         FROM ${table} AS one WHERE custom_field_data ->> 'cim_id' IS NULL`,
      )
    ),
  );
}

/** What a whole run of the same makes of an empty NetBox. */
async function dumpOf(story: Story, place: NetBoxPlace): Promise<NetBoxDump> {
  await story.run({ at: place.url });
  return await dumpNetBox(place);
}
