/** Virtual machines and their hosts: NetBox has a machine's host in its cluster, and a cluster's hosts in its site. */
import { expect, test } from "vitest";
import type { Desired } from "../../src/projections/netbox/objects.ts";
import type { Plan } from "../../src/projections/netbox/plan.ts";
import { cluster, device, machine, role, site } from "./netbox_objects.ts";
import { desiredState, World } from "./netbox_world.ts";

const to = (ref: string) => ({ ref });

/** Two hosts with a cluster each, and a virtual machine. */
function hosts(sites: readonly [string, string], host: "h1" | "h2"): Desired[] {
  return [
    role,
    site("fra1"),
    site("ams2"),
    ...["h1", "h2"].flatMap((name, at) => [
      {
        ...cluster(name),
        fields: { name, scope_type: "dcim.site", scope_id: to(`site:${sites[at]}`) },
      },
      device(name, { site: to(`site:${sites[at]}`), cluster: to(`cluster:${name}`) }),
    ]),
    {
      ...machine("vm", { site: to(`site:${sites[0]}`), cluster: to(`cluster:${host}`) }),
      later: { device: to(host) },
    },
  ];
}

const told = ({ changes }: Plan) =>
  changes.map(({ action, kind, title, fields }) =>
    `${action} ${kind} ${title} ${Object.keys(fields)}`
  );

test("a machine moves to another host and its cluster in one", () => {
  const world = new World();
  world.apply(desiredState(...hosts(["fra1", "fra1"], "h1")));
  const plan = world.apply(desiredState(...hosts(["fra1", "fra1"], "h2")));
  expect(told(plan)).toEqual(["update virtual_machine vm cluster,device"]);
});

test("a host that moves to another site leaves its cluster for as long as that moves", () => {
  const world = new World();
  world.apply(desiredState(...hosts(["fra1", "fra1"], "h1")));
  const plan = world.apply(desiredState(...hosts(["ams2", "fra1"], "h1")));
  expect(told(plan)).toEqual([
    "clear device h1 cluster",
    "update cluster h1 scope_id",
    "update device h1 site,cluster",
    "update virtual_machine vm site",
  ]);
});

test("a cluster into which a person has put a host stays in its site", () => {
  const world = new World();
  world.apply(desiredState(...hosts(["fra1", "fra1"], "h1")));
  const [own, fra1] = [world.own("cluster:h1").id, world.own("site:fra1").id];
  world.make("device", { name: "theirs", site: fra1, cluster: own });
  const plan = world.plan(desiredState(...hosts(["ams2", "fra1"], "h1")));
  expect(plan.waiting).toMatchObject([
    { kind: "cluster", reason: "it cannot move to another site: somebody has put theirs into it" },
  ]);
});
