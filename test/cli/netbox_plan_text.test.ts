import { expect, test } from "vitest";
import { planJson, planLines } from "../../src/cli/netbox_plan_text.ts";
import { address, cable, device, nic, role, site } from "../projections/netbox_objects.ts";
import { desiredState, World } from "../projections/netbox_world.ts";

const to = (ref: string) => ({ ref });
const at = { site: to("site:fra1") };
const end = (of: string) => `${of}/interface/eth0`;
const base = [site("fra1"), site("ams2"), role, device("db", at), nic("db", "eth0")];
const before = [
  ...base,
  device("web", { ...at, serial: "S1" }),
  nic("web", "eth0"),
  device("old", at),
  cable("k1", end("db"), end("web")),
];
const after = [
  ...base,
  device("web", { site: to("site:ams2"), status: "offline" }, {
    later: { primary_ip4: to("10.0.0.1/24") },
  }),
  nic("web", "eth0"),
  address("10.0.0.1/24", "web", "eth0"),
  device("mail", at),
  nic("mail", "eth0"),
  device("new", at),
  nic("new", "eth0"),
  cable("k1", end("db"), end("new")),
];

/** A NetBox in which people were at work, and a log that has gone on. */
function world(): World {
  const world = new World();
  world.apply(desiredState(...before));
  world.edit("device", world.own("web").id, { status: "planned" });
  world.make("device", { name: "mail", site: world.own("site:fra1").id });
  return world;
}

test("a plan says in lines what becomes of each object, what stays as it is and why, and what to do next", () => {
  expect(planLines(world().plan(desiredState(...after)))).toEqual([
    "Devices",
    "  + new",
    "  ~ web",
    "      site: fra1 → ams2",
    "      serial: S1 → nothing",
    "      primary_ip4: nothing → 10.0.0.1/24",
    "  ! web  status: planned in NetBox stays, the log has offline",
    "  = mail  it is there already, and is not ours",
    "  - old  the log no longer has it; it is kept",
    "",
    "Interfaces",
    "  + new eth0",
    "  ? mail eth0  it waits for the device mail",
    "",
    "IP address",
    "  + 10.0.0.1/24",
    "",
    "Cable",
    "  ~ k1  is taken away and made anew: its ends are others",
    "",
    "3 to create, 1 to change, 1 to make anew, 1 in conflict, 1 there already, 1 gone and kept, 1 waiting, " +
    "6 objects as they should be.",
    "Nothing was written. The same without --plan does it.",
    "What is there already, and is not ours, is taken over with --adopt.",
    "What is gone is removed with --delete.",
    "A conflict ends when NetBox, or the log, has what the other one has.",
  ]);
});

test("with what may be done, it says that as well", () => {
  const plan = world().plan(desiredState(...after), { adopt: true, remove: true });
  expect(planLines(plan).filter((line) => /mail|old/.test(line))).toEqual([
    "  = mail  is taken over",
    "  - old",
    "  + mail eth0",
  ]);
});

test("where nothing is to be done, it says that", () => {
  const there = new World();
  there.apply(desiredState(...base));
  expect(planLines(there.plan(desiredState(...base)))).toEqual([
    "5 objects as they should be.",
    "Nothing was written.",
  ]);
});

test("as JSON it has the same, by names that stay", () => {
  const there = world();
  const plan = there.plan(desiredState(...after));
  const said = JSON.parse(JSON.stringify(planJson(plan)));
  expect(said.counts).toMatchObject({ create: 3, update: 1, replace: 1, conflicts: 1, gone: 1 });
  expect(said.changes.find(({ key }: { key: string }) => key === "web")).toEqual({
    action: "update",
    kind: "device",
    key: "web",
    title: "web",
    id: there.own("web").id,
    fields: [
      { field: "site", from: there.own("site:fra1").id, to: there.own("site:ams2").id },
      { field: "serial", from: "S1", to: "" },
      { field: "primary_ip4", from: null, to: { ref: "10.0.0.1/24" } },
    ],
  });
  expect(said.conflicts).toMatchObject([
    { field: "status", observed: "planned", written: "active", desired: "offline" },
  ]);
});

test("where of many only the number of the event is another one, it says that in a line", () => {
  const there = new World();
  there.apply(desiredState(...base));
  const next = desiredState(
    ...base.map((one) => one.kind === "device" ? { ...one, sequence: 7 } : one),
  );
  const plan = there.plan(next);
  expect(planLines(plan)).toEqual([
    "Device",
    "  ~ 1 device  nothing but cim_sequence, the number of the last event",
    "",
    "1 to mark with a later event, 4 objects as they should be.",
    "Nothing was written. The same without --plan does it.",
  ]);
  expect(planJson(plan)).toMatchObject({
    changes: [{ action: "mark", kind: "device", key: "db", fields: [] }],
  });
  there.apply(next);
  expect(there.own("db").sequence).toBe(7);
});
