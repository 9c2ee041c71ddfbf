/** Cables. */
import type { ConnectionState } from "../../../domain/connection.ts";
import { type Estate, isVirtual } from "./estate.ts";
import { interfaceKey, interfaceType } from "./interfaces.ts";
import type { DesiredObjects } from "./objects.ts";
import { cut, line, MOST } from "./text.ts";

/** Types of interfaces that no cable can be plugged into. */
const CABLELESS: ReadonlySet<string> = new Set(["virtual", "bridge", "lag", "other-wireless"]);

type End = ConnectionState["to"];

/**
 * Adds the cables between interfaces of devices. An interface that only a cable tells of (a switch that nobody looked into)
 * is made for it. An interface has one cable in NetBox: the first one, by id, keeps it.
 */
export function addCables(estate: Estate, objects: DesiredObjects): void {
  const taken = new Map<string, string>();
  for (const { id, changed, state } of estate.connections) {
    if (state.kind !== "cable") continue;
    const ends = [state.from, state.to];
    const title = cut(ends.map((end) => titleOf(estate, end)).join(" — "), MOST.description);
    const desired = { kind: "cable", key: id, sequence: changed, title } as const;
    const wrong = ends.map((end) => unpluggable(estate, end, taken)).find((why) =>
      why !== undefined
    );
    if (wrong !== undefined) {
      objects.refuse(desired, wrong);
      continue;
    }
    const keys = ends.map((end) => interfaceAt(estate, end, state, objects));
    const [a, b] = keys;
    if (a === undefined || b === undefined) continue;
    if (a === b) {
      objects.refuse(desired, "it ends twice at one interface");
      continue;
    }
    const isAdded = objects.add({
      ...desired,
      fields: {
        status: "connected",
        a_terminations: terminations(a),
        b_terminations: terminations(b),
      },
    });
    if (isAdded) { for (const key of keys) taken.set(key!, title); }
  }
}

function terminations(key: string) {
  return [{ object_type: "dcim.interface", object_id: { ref: key } }];
}

function titleOf(estate: Estate, end: End): string {
  if (!("compute" in end)) return end.address;
  const name = estate.compute(end.compute)?.state.hostname ?? end.compute;
  return end.interface === undefined ? name : `${name} ${line(end.interface)}`;
}

/** Why no cable can be at an end. */
function unpluggable(
  estate: Estate,
  end: End,
  taken: ReadonlyMap<string, string>,
): string | undefined {
  const title = titleOf(estate, end);
  if (!("compute" in end)) return `${title} is an address, and a cable ends at an interface`;
  if (end.interface === undefined) {
    return `the log does not say at which interface of ${title} it ends`;
  }
  const compute = estate.compute(end.compute);
  if (compute && isVirtual(compute.state)) {
    return `${title} is virtual, and NetBox lets no cable end there`;
  }
  const link = linkAt(estate, end.compute, end.interface);
  const type = link && interfaceType(link);
  if (type !== undefined && CABLELESS.has(type)) {
    return `${title} is of the type ${type}, and NetBox lets no cable end there`;
  }
  const other = taken.get(interfaceKey(end.compute, end.interface));
  return other === undefined
    ? undefined
    : `another cable ends at ${title} (${other}), and NetBox has one there: sever the one that is not there`;
}

function linkAt(estate: Estate, compute: string, name: string) {
  return estate.compute(compute)?.state.interfaces.find((link) => line(link.name) === line(name));
}

/** The key of the interface at an end, which is made where only the cable tells of it. */
function interfaceAt(
  estate: Estate,
  end: End,
  { speed_bps }: ConnectionState,
  objects: DesiredObjects,
): string | undefined {
  if (!("compute" in end) || end.interface === undefined) return undefined;
  const key = interfaceKey(end.compute, end.interface);
  // One that the resource tells of, and is not there, was refused.
  if (objects.has(key) || linkAt(estate, end.compute, end.interface)) return key;
  const speed = speed_bps === undefined ? {} : { speed_bps };
  const fields = { device: { ref: end.compute }, type: interfaceType(speed) };
  const title = cut(titleOf(estate, end), MOST.description);
  objects.addNamed({ kind: "interface", key, title, fields }, line(end.interface), MOST.own);
  return key;
}
