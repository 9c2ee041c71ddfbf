/** What people see of a NetBox that follows the log, from the first plan to the reset. */
import { expect, test } from "vitest";
import type { Plan } from "../../src/projections/netbox/plan.ts";
import { dumpNetBox } from "./netbox_dump.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import type { NetBoxObject, NetBoxPlace } from "./netbox_place.ts";
import type { Servers } from "./netbox_servers.ts";
import { smallOffice, Story } from "./netbox_story.ts";

const WRITES = ["POST", "PATCH", "PUT", "DELETE"];

/** What happens between the log, NetBox and people. */
export function scenarios(servers: () => Servers): void {
  const begin = async () => {
    const { netbox, log: { connection } } = servers();
    return new Story(await netbox.place(), connection);
  };

  test("a plan writes nothing, a run makes all of it, and the next run has nothing to write", async () => {
    const story = await begin();
    await smallOffice(story);
    await using proxy = await startFaultProxy(story.place.url);
    const at = proxy.url;
    const planned = await story.plan({ at });
    expect(proxy.count(...WRITES)).toBe(0);
    expect(await dumpNetBox(story.place)).toEqual({});

    const { plan, applied } = await story.run({ at });
    expect(plan.changes).toEqual(planned.changes);
    expect(applied).toMatchObject({ refused: [], waiting: [] });
    const made = new Set(plan.changes.filter(({ action }) => action === "create").map(keyOf));
    expect(applied.created).toBe(made.size);
    const [web] = await story.place.call("GET", "dcim/devices/?name=web-01").then(resultsOf);
    expect(web).toMatchObject({
      status: { value: "active" },
      serial: "S-0",
      site: { name: "Berlin" },
      rack: { name: "r1" },
      position: 10,
      device_type: { model: "R740", manufacturer: { name: "Dell" } },
      primary_ip4: { address: "10.0.0.7/24" },
      tags: [{ slug: "cim" }],
    });
    const cables = await story.place.all("dcim/cables");
    expect(cables).toHaveLength(1);

    const before = await dumpNetBox(story.place);
    proxy.asked.length = 0;
    expect((await story.run({ at })).plan.changes).toEqual([]);
    expect(proxy.count(...WRITES)).toBe(0);
    expect(proxy.asked.length).toBeLessThanOrEqual(40);
    expect(await dumpNetBox(story.place)).toEqual(before);
    await story.place.drop();
  });

  test("what a person has changed stays, and is a conflict until it is as before or as the log has it", async () => {
    const story = await begin();
    await smallOffice(story);
    await story.run();
    const { place } = story;
    const [web] = await place.call("GET", "dcim/devices/?name=web-01").then(resultsOf);
    const change = (fields: NetBoxObject) => place.call("PATCH", `dcim/devices/${web.id}/`, fields);
    await change({ serial: "by hand", comments: "mine" });
    const conflict = { kind: "device", title: "web-01", field: "serial", observed: "by hand" };
    const { plan, applied } = await story.run();
    expect(plan.conflicts).toMatchObject([conflict]);
    expect(applied).toMatchObject({ created: 0, updated: 0, removed: 0 });
    expect(await place.call("GET", `dcim/devices/${web.id}/`))
      .toMatchObject({ serial: "by hand", comments: "mine" });

    // What the person did not touch goes on to follow.
    await story.say("ChangeComputeStatus", { compute: "web-01", status: "maintenance" });
    expect((await story.run()).plan.conflicts).toMatchObject([conflict]);
    expect(await place.call("GET", `dcim/devices/${web.id}/`))
      .toMatchObject({ serial: "by hand", status: { value: "offline" } });
    await change({ serial: "S-0" });
    const again = await story.run();
    expect([again.plan.conflicts, again.plan.changes]).toEqual([[], []]);
    await place.drop();
  });

  test("what was there before is used, or adopted when it is asked for, and is as it was after the reset", async () => {
    const story = await begin();
    await smallOffice(story);
    const { place } = story;
    await makeByHand(place);
    const before = await dumpNetBox(place);

    const first = await story.run();
    expect(first.plan.existing).toMatchObject([{ kind: "device", title: "web-01" }]);
    expect(first.plan.waiting.length).toBeGreaterThan(0);
    const adopting = await story.run({ adopt: true });
    expect(adopting.applied).toMatchObject({ adopted: 1, refused: [] });
    expect(adopting.plan.conflicts).toMatchObject([{ title: "web-01", field: "serial" }]);
    const [web] = await place.call("GET", "dcim/devices/?name=web-01").then(resultsOf);
    expect(web).toMatchObject({ serial: "by hand", comments: "mine", position: 10 });
    expect(web.tags.map(({ slug }: { slug: string }) => slug).sort()).toEqual(["cim", "theirs"]);

    const { applied, plan, marks } = await story.reset();
    expect([applied.refused, plan.blocked, marks]).toEqual([[], [], []]);
    expect(applied.released).toBe(1);
    expect(await dumpNetBox(place)).toEqual(before);
    await place.drop();
  });

  test("what people have put on something of ours holds its removal, and is named", async () => {
    const story = await begin();
    await smallOffice(story);
    await story.run();
    const { place } = story;
    const [db] = await place.call("GET", "dcim/devices/?name=db-01").then(resultsOf);
    const theirs = await place.call("POST", "dcim/interfaces/", {
      device: db.id,
      name: "by hand",
      type: "other",
    });
    await story.say("DecommissionCompute", { compute: "db-01" });
    await story.say("DecommissionCompute", { compute: "vm-01" });
    const gone = (await story.run()).plan.gone.map(({ kind }) => kind);
    expect(gone).toContain("device"); // it stays, and is said to be over
    expect(await place.call("GET", `dcim/devices/${db.id}/`))
      .toMatchObject({ status: { value: "decommissioning" } });

    // What it needs itself stays for its sake.
    const held = ({ blocked }: Plan) => blocked.filter(({ by }) => by.length > 0);
    const byHand = [{ kind: "device", title: "db-01", by: [{ display: "by hand" }] }];
    expect(held((await story.run({ remove: true })).plan)).toMatchObject(byHand);
    expect(await place.all("virtualization/virtual-machines")).toEqual([]);

    expect(held((await story.reset()).plan)).toMatchObject(byHand);
    expect(await place.call("GET", `dcim/interfaces/${theirs.id}/`)).toMatchObject(theirs);
    expect((await place.all("dcim/devices")).map(({ name }) => name)).toEqual(["db-01"]);
    await place.call("DELETE", `dcim/interfaces/${theirs.id}/`);
    expect((await story.reset()).plan.blocked).toEqual([]);
    expect(await dumpNetBox(place)).toEqual({});
    await place.drop();
  });

  test("names that are code, and names of every length, come to NetBox as they are or are told", async () => {
    const story = await begin();
    const names = [`'; DROP TABLE x; --`, `<img src=x onerror=alert(1)>`, "x".repeat(200), "Ünï"];
    for (const [at, name] of names.entries()) {
      await story.say("RegisterCompute", {
        hostname: `host-${at}`,
        resource_type: "physical_server",
        manufacturer: name,
        model: name,
        location: { site: name },
        interfaces: [{ name, kind: "ethernet", addresses: [`10.0.0.${at + 1}/24`] }],
      });
    }
    const { plan, applied } = await story.run();
    expect(applied.refused).toEqual([]);
    expect(plan.findings.length).toBeGreaterThan(0);
    const sites = (await story.place.all("dcim/sites")).map(({ name }) => name);
    for (const name of [names[0], names[1], names[3]]) expect(sites).toContain(name);
    expect((await story.run()).plan.changes).toEqual([]);
    await story.reset();
    expect(await dumpNetBox(story.place)).toEqual({});
    await story.place.drop();
  });
}

/** A site of the same name, and one of the servers, as people have them. */
async function makeByHand(place: NetBoxPlace): Promise<void> {
  const tag = await place.call("POST", "extras/tags/", { name: "theirs", slug: "theirs" });
  const site = await place.call("POST", "dcim/sites/", { name: "Berlin", slug: "berlin" });
  const maker = await place.call("POST", "dcim/manufacturers/", { name: "Dell", slug: "dell" });
  const type = await place.call("POST", "dcim/device-types/", {
    manufacturer: maker.id,
    model: "R740",
    slug: "r740",
  });
  const role = await place.call("POST", "dcim/device-roles/", { name: "Server", slug: "server" });
  await place.call("POST", "dcim/devices/", {
    name: "web-01",
    site: site.id,
    device_type: type.id,
    role: role.id,
    serial: "by hand",
    comments: "mine",
    tags: [tag.id],
  });
}

function resultsOf({ results }: NetBoxObject): NetBoxObject[] {
  return results;
}

function keyOf({ key }: { key: string }): string {
  return key;
}
