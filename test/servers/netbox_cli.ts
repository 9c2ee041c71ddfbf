/** `cim project netbox`, as processes: what it ends with, and that one which ends in the middle leaves nothing wrong. */
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { parsed, Place } from "./cim.ts";
import { startFaultProxy } from "./fault_proxy.ts";
import { dumpNetBox } from "./netbox_dump.ts";
import type { TestNetBox } from "./netbox_server.ts";
import { SMALL_OFFICE } from "./netbox_story.ts";

const WRITES = ["POST", "PATCH", "PUT", "DELETE"];

/** What the command line does with a NetBox. */
export function cli(netbox: () => TestNetBox): void {
  /** A workspace that has the small office in its log. */
  const office = async () => {
    const place = await Place.make();
    const lines = SMALL_OFFICE.map(([command, data]) => ({ command, data, source: "observed" }));
    const stdin = lines.map((line) => JSON.stringify(line)).join("\n");
    expect((await place.run(["submit", "-"], { stdin })).code).toBe(0);
    return place;
  };

  test("what it is called with comes about, and it ends with 0, 1 or 3", async () => {
    await using there = await netbox().place();
    await using place = await office();
    await using proxy = await startFaultProxy(there.url);
    const env = { ...there.env, NETBOX_URL: proxy.url };
    const json = async (...args: string[]) => {
      proxy.asked.length = 0;
      const ran = await place.run(["project", "netbox", "--json", ...args], { env });
      expect(ran.out + ran.err).not.toContain(there.token);
      return { code: ran.code, told: parsed(ran.out).at(-1), err: ran.err };
    };

    const none = await place.run(["project", "netbox"], {
      env: { NETBOX_URL: "", NETBOX_TOKEN: "" },
    });
    expect([none.code, none.out]).toEqual([1, ""]);
    expect(none.err).toMatch(/^cim: NETBOX_URL is not set/m);
    const wrong = { ...env, NETBOX_TOKEN: "nbt_abcdefghijkl.hunter2" };
    const refused = await place.run(["project", "netbox"], { env: wrong });
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/NETBOX_TOKEN/);
    expect(refused.err).not.toContain("hunter2");

    const planned = await json("--plan");
    expect([planned.code, proxy.count(...WRITES)]).toEqual([0, 0]);
    const creating = planned.told.changes.filter(({ action }: { action: string }) =>
      action === "create"
    );
    const first = await json();
    expect([first.code, first.told]).toMatchObject([0, { created: creating.length, refused: [] }]);
    const second = await json();
    expect([second.code, second.told]).toMatchObject([0, { created: 0, updated: 0 }]);
    expect(proxy.count(...WRITES)).toBe(0);
    expect(proxy.asked.length).toBeLessThanOrEqual(40);

    // What people have put on something of ours is in the way.
    const [device] = (await there.call("GET", "dcim/devices/?name=db-01")).results;
    const mine = { device: device.id, name: "by hand", type: "other" };
    const { id } = await there.call("POST", "dcim/interfaces/", mine);
    const held = await json("--reset");
    const { blocked } = held.told;
    expect(held.code).toBe(3);
    expect(blocked.filter(({ by }: { by: unknown[] }) => by.length > 0))
      .toMatchObject([{ title: "db-01", by: [{ display: "by hand" }] }]);
    await there.call("DELETE", `dcim/interfaces/${id}/`);
    expect(await json("--reset")).toMatchObject({ code: 0 });
    expect(await dumpNetBox(there)).toEqual({});
  });

  test("interrupted or killed in the middle, the next one brings it to what a whole run does", async () => {
    await using there = await netbox().place();
    await using place = await office();
    await using proxy = await startFaultProxy(there.url);
    const env = { ...there.env, NETBOX_URL: proxy.url };
    /** Runs until it sends that write, of which NetBox hears; what it ended with. */
    const endedAt = async (write: number, signal: Deno.Signal) => {
      const run = place.start(["project", "netbox"], { env });
      let writes = 0;
      proxy.fault = ({ method }) => {
        if (WRITES.includes(method) && ++writes === write) run.kill(signal);
        return undefined;
      };
      return (await run.end()).code;
    };
    expect(await endedAt(5, "SIGINT")).toBe(130);
    expect(await endedAt(6, "SIGKILL")).toBe(137);
    const half = await dumpNetBox(there);
    expect(half["dcim/cables"]).toBeUndefined();
    // It waits whether the killed one is really gone.
    expect((await place.run(["project", "netbox"], { env })).code).toBe(0);
    await using clean = await netbox().place();
    expect((await place.run(["project", "netbox"], { env: clean.env })).code).toBe(0);
    expect(await dumpNetBox(there)).toEqual(await dumpNetBox(clean));

    const beside = place.start(["project", "netbox", "--watch", "--json"], { env });
    // A busy NetBox takes its time.
    while (!beside.lines.some(({ position, healthy }) => position > 0 && healthy)) await delay(100);
    const other = await place.run(["project", "netbox"], { env });
    expect([other.code, other.out]).toEqual([1, ""]);
    expect(other.err).toMatch(/process \d+ on .* keeps it in step/);
    beside.kill("SIGINT");
    expect((await beside.end()).code).toBe(130);
  });
}
