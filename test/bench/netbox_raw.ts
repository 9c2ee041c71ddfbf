/** What anybody would write who has NetBox's objects at hand, knows that it is empty, and wants nothing but speed. */
import { type Kind, kindOf, KINDS } from "../../src/projections/netbox/kinds.ts";
import { type Desired, type DesiredState, resolved } from "../../src/projections/netbox/objects.ts";
import type { NetBoxPlace } from "../servers/netbox_place.ts";

const LIST = 125;

/** Writes a state by plain lists, two at a time; how long that took, in seconds. The marks are there already. */
export async function writeRaw(place: NetBoxPlace, { objects }: DesiredState): Promise<number> {
  const [tag] = await place.all("extras/tags");
  const ids = new Map<string, number>();
  const real = (fields: Desired["fields"]) => resolved(fields, (key) => ids.get(key))!;
  const began = performance.now();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const { countedAt } = kindOf(kind);
    const some = objects.filter((one) => one.kind === kind);
    // Otherwise NetBox ends the one or other list with "deadlock detected".
    const at = ({ fields }: Desired) =>
      Number(resolved(fields[countedAt!]!, (key) => ids.get(key)));
    if (countedAt) some.sort((one, other) => at(one) - at(other));
    await inLists(some, async (list) => {
      const bodies = list.map(({ key, sequence, fields }) => ({
        ...real(fields) as object,
        tags: [tag.id],
        custom_fields: {
          cim_id: key,
          cim_sequence: sequence ?? null,
          cim_written: { adopted: false, fields: real(fields) },
        },
      }));
      const made = await place.call("POST", `${KINDS[kind].endpoint}/`, bodies);
      for (const { id, custom_fields } of made) ids.set(custom_fields.cim_id, id);
    });
  }
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const some = objects.filter((one) => one.kind === kind && one.later);
    await inLists(some, async (list) => {
      const bodies = list.map(({ key, fields, later }) => ({
        id: ids.get(key),
        ...real(later!) as object,
        custom_fields: {
          cim_written: { adopted: false, fields: real({ ...fields, ...later }) },
        },
      }));
      await place.call("PATCH", `${KINDS[kind].endpoint}/`, bodies);
    });
  }
  return (performance.now() - began) / 1_000;
}

async function inLists<T>(items: readonly T[], write: (list: T[]) => Promise<void>): Promise<void> {
  const lists: T[][] = [];
  for (let at = 0; at < items.length; at += LIST) lists.push(items.slice(at, at + LIST));
  const writeSome = async () => {
    for (let list = lists.shift(); list; list = lists.shift()) await write(list);
  };
  await Promise.all([writeSome(), writeSome()]);
}
