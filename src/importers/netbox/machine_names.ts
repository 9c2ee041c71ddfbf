/** Host names of what NetBox calls as people like. */
import { hostNameOf, joinedName } from "../host_names.ts";

/** Something that wants a host name. */
export interface Named {
  /** What tells it from all others: `device 7`. */
  key: string;
  name: string;
  /** The slug of the site that it is in. */
  site: string | undefined;
}

/**
 * A host name for each. NetBox has a name once in a site, and the log once at all: those whose names come to the same get
 * their site behind it, all of them, so that it does not matter in which order they are; and what is then still the same its
 * kind and number in NetBox.
 *
 * @returns by their keys
 */
export function machineNames(all: readonly Named[]): Map<string, string> {
  const names = new Map(all.map((one) => [one.key, hostNameOf(one.name, one.key)]));
  const ends = [({ site }: Named) => site, ({ key }: Named) => key];
  for (const endOf of ends) {
    const counts = new Map<string, number>();
    for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const one of all) {
      const name = names.get(one.key)!;
      const end = endOf(one)?.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
      if (counts.get(name)! > 1 && end) names.set(one.key, joinedName(name, end.slice(0, 24)));
    }
  }
  return names;
}
