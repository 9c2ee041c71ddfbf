/** What NetBox would say to a desired state: its rules as its models have them, where they are about several objects. */
import { byCodeUnit } from "../../src/domain/values.ts";
import { KIND_NAMES } from "../../src/projections/netbox/kinds.ts";
import {
  type Desired,
  type DesiredState,
  type Fields,
  isRef,
  refsOf,
  type Value,
} from "../../src/projections/netbox/objects.ts";

const NAMES: Partial<Record<Desired["kind"], number>> = {
  device: 64,
  virtual_machine: 64,
  interface: 64,
  vm_interface: 64,
  vlan: 64,
};

/** Fields that are there once together; of a text without case where it says so. */
const ONCE: readonly [kind: Desired["kind"], fields: readonly string[], ignoresCase?: boolean][] = [
  ["site", ["name"]],
  ["site", ["slug"]],
  ["location", ["site", "name"]],
  ["location", ["site", "slug"]],
  ["rack", ["site", "location", "name"], true],
  ["manufacturer", ["name"]],
  ["manufacturer", ["slug"]],
  ["device_type", ["manufacturer", "model"]],
  ["device_type", ["manufacturer", "slug"]],
  ["device_role", ["slug"]],
  ["platform", ["name"]],
  ["platform", ["slug"]],
  ["cluster_type", ["name"]],
  ["cluster_type", ["slug"]],
  ["cluster", ["scope_id", "name"], true],
  ["vrf", ["name"], true],
  ["vlan", ["site", "vid"]],
  ["device", ["site", "name"], true],
  ["virtual_machine", ["cluster", "name"], true],
  ["interface", ["device", "name"]],
  ["vm_interface", ["virtual_machine", "name"]],
  ["prefix", ["vrf", "prefix"]],
  ["service", ["parent_object_id", "name", "protocol"]],
];

/** Everything that is wrong with a desired state, in words. */
export function wrongs({ objects }: DesiredState): string[] {
  const found: string[] = [];
  const keys = new Map(objects.map((one) => [one.key, one]));
  if (keys.size !== objects.length) found.push("a key is there twice");
  const place = (kind: Desired["kind"]) => KIND_NAMES.indexOf(kind);
  for (const [at, one] of objects.entries()) {
    const before = objects[at - 1];
    if (before && (place(before.kind) - place(one.kind) || byCodeUnit(before.key, one.key)) >= 0) {
      found.push(`${one.key} is not in order`);
    }
    for (const key of refsOf(one.fields)) {
      const other = keys.get(key);
      if (!other || place(other.kind) >= place(one.kind) || other.ending) {
        found.push(`${one.key} → ${key} is not there before it`);
      }
    }
    for (const key of refsOf(one.later ?? {})) {
      if (!keys.has(key)) found.push(`${one.key} → ${key} is not there`);
    }
    found.push(...textWrongs(one));
  }
  const alive = objects.filter(({ ending }) => !ending);
  for (const [kind, fields, ignoresCase] of ONCE) {
    once(found, alive, kind, fields.join(), ({ fields: has }) => {
      const text = JSON.stringify(fields.map((field) => has[field] ?? null));
      return [ignoresCase ? text.toLowerCase() : text];
    });
  }
  once(
    found,
    alive,
    "device",
    "place in a rack",
    ({ fields: { rack, position } }) =>
      position === undefined ? [] : [JSON.stringify([rack, position])],
  );
  once(found, alive, "ip_address", "address", ({ fields: { vrf, address } }) => [
    JSON.stringify([vrf, `${address}`.replace(/\/.*/, "")]),
  ]);
  once(found, alive, "cable", "end", ({ fields }) => refsOf(fields));
  for (const one of alive) found.push(...pairWrongs(one, keys));
  return found;
}

function textWrongs({ kind, key, fields }: Desired): string[] {
  const wrong: string[] = [];
  const name = fields.name ?? fields.model;
  if (typeof name === "string" && [...name].length > (NAMES[kind] ?? 100)) {
    wrong.push(`${key}: name`);
  }
  if (name === "") wrong.push(`${key}: no name`);
  if (fields.slug !== undefined && !/^[-a-zA-Z0-9_]{1,100}$/.test(`${fields.slug}`)) {
    wrong.push(`${key}: slug ${fields.slug}`);
  }
  for (const value of Object.values(fields)) {
    if (typeof value !== "string") continue;
    if (
      value !== value.trim() || /\p{Cc}/u.test(value) || !value.isWellFormed() ||
      [...value].length > 200
    ) {
      wrong.push(`${key}: ${JSON.stringify(value.slice(0, 50))}`);
    }
  }
  return wrong;
}

function once(
  found: string[],
  objects: readonly Desired[],
  kind: Desired["kind"],
  what: string,
  of: (one: Desired) => string[],
): void {
  const seen = new Set<string>();
  for (const one of objects) {
    for (const text of one.kind === kind ? of(one) : []) {
      if (seen.has(text)) found.push(`${one.key}: ${what} twice`);
      seen.add(text);
    }
  }
}

/** What one object says that another one does not allow. */
function pairWrongs(
  { key, kind, fields, later = {} }: Desired,
  all: ReadonlyMap<string, Desired>,
): string[] {
  const at = (value: Value | undefined): Fields | undefined =>
    value !== undefined && value !== null && isRef(value) ? all.get(value.ref)?.fields : undefined;
  const same = (a: Value | undefined, b: Value | undefined) =>
    JSON.stringify(a) === JSON.stringify(b);
  const wrong: string[] = [];
  const hold = (isSo: boolean, what: string) => void (isSo || wrong.push(`${key}: ${what}`));
  const owner = at(fields.device) ?? at(fields.virtual_machine);
  const site = kind === "vm_interface" ? at(owner?.cluster)?.scope_id : owner?.site;
  const vlan = at(fields.untagged_vlan);
  if (vlan?.site) hold(same(vlan.site, site), "VLAN of another site");
  if (vlan) hold(fields.mode === "access", "VLAN without a mode");
  if (kind === "device") {
    const rack = at(fields.rack);
    if (rack) hold(same(rack.site, fields.site) && fields.location === undefined, "rack elsewhere");
    hold((fields.position === undefined) === (fields.face === undefined), "face");
    hold(fields.position === undefined || rack !== undefined, "position without a rack");
    hold(Number(fields.position ?? 0) <= Number(rack?.u_height ?? 42), "above its rack");
    if (fields.location) hold(same(at(fields.location)?.site, fields.site), "location elsewhere");
    if (fields.cluster) hold(same(at(fields.cluster)?.scope_id, fields.site), "cluster elsewhere");
  }
  if (later.device) {
    hold(same(at(later.device)?.cluster, fields.cluster), "host in another cluster");
  }
  for (const family of ["primary_ip4", "primary_ip6"]) {
    if (!later[family]) continue;
    const address = at(later[family]);
    const on = at(address?.assigned_object_id);
    hold(same(on?.device ?? on?.virtual_machine, { ref: key }), `${family} of another one`);
    hold(
      `${address?.address}`.includes(":") === (family === "primary_ip6"),
      `${family} of the other family`,
    );
  }
  if (later.primary_mac_address) {
    hold(
      same(at(later.primary_mac_address)?.assigned_object_id, { ref: key }),
      "MAC of another one",
    );
  }
  if (later.parent) {
    hold(fields.type === undefined || fields.type === "virtual", "parent of a port");
  }
  if (kind === "cable") {
    for (const end of refsOf(fields)) {
      const { type } = all.get(end)?.fields ?? {};
      hold(
        !["virtual", "lag", "bridge", "other-wireless", undefined].includes(type as string),
        "cabled",
      );
    }
  }
  if (fields.vcpus !== undefined) hold(Number(fields.vcpus) < 10_000, "vcpus");
  for (const field of ["memory", "disk", "speed"]) {
    hold(Number(fields[field] ?? 0) < 2 ** 31 && Number.isInteger(fields[field] ?? 0), field);
  }
  return wrong;
}
