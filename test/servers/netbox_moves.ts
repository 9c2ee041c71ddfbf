/** What moves: NetBox has a machine's host in its cluster, a cluster's hosts in its site, and what hangs where it hung. */
import { expect, test } from "vitest";
import { dumpNetBox } from "./netbox_dump.ts";
import type { Servers } from "./netbox_servers.ts";
import { smallOffice, Story } from "./netbox_story.ts";

/** Moves of hosts and guests, and resources that become of another kind. */
export function moves(servers: () => Servers): void {
  test("guests go from host to host, hosts with their guests from site to site, and the last guest ends", async () => {
    const { netbox, log: { connection } } = servers();
    await using place = await netbox.place();
    await using fresh = await netbox.place();
    const [story, other] = [new Story(place, connection), new Story(fresh, connection)];
    for (const one of [story, other]) await smallOffice(one);
    const says = [
      () => ({ compute: "vm-01", host: "db-01" }),
      () => ({ compute: "db-01", location: { site: "Oslo" } }),
      () => ({ compute: "web-01", tags: { env: "prod" } }),
    ];
    await story.run({ remove: true });
    for (const said of says) {
      for (const one of [story, other]) await one.say("UpdateCompute", said());
      const { plan, applied } = await story.run({ remove: true });
      expect([applied.refused, plan.conflicts]).toEqual([[], []]);
    }
    await other.run({ remove: true });
    expect(await dumpNetBox(place)).toEqual(await dumpNetBox(fresh));

    await story.say("DecommissionCompute", { compute: "vm-01" });
    expect((await story.run()).applied).toMatchObject({ refused: [] });
    const { results: [guest] } = await place.call("GET", "virtualization/virtual-machines/");
    expect(guest).toMatchObject({ status: { value: "decommissioning" }, device: null });
  });

  test("a device that becomes a virtual machine is removed only if nothing of others hangs on it", async () => {
    const { netbox, log: { connection } } = servers();
    await using place = await netbox.place();
    const story = new Story(place, connection);
    await smallOffice(story);
    await story.run();
    const { results: [db] } = await place.call("GET", "dcim/devices/?name=db-01");
    const mine = { device: db.id, name: "by hand", type: "other" };
    const { id } = await place.call("POST", "dcim/interfaces/", mine);
    await story.say("UpdateCompute", { compute: "db-01", host: "web-01" });
    const { plan } = await story.run({ remove: true });
    expect(plan.blocked).toMatchObject([{ kind: "device", title: "db-01" }]);
    expect(await place.call("GET", `dcim/interfaces/${id}/`)).toMatchObject({ name: "by hand" });
    await place.call("DELETE", `dcim/interfaces/${id}/`);
    const { applied } = await story.run({ remove: true });
    expect(applied).toMatchObject({ refused: [], removed: expect.any(Number) });
    expect((await place.call("GET", "dcim/devices/?name=db-01")).count).toBe(0);
  });
}
