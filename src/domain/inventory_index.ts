/** Which aggregates a key leads to: evidence, host names, addresses, the resource that something belongs to. */
import type { Aggregate } from "./inventory.ts";
import { endKey } from "./connection_ends.ts";
import { evidenceKeys } from "./identity.ts";
import { byCodeUnit } from "./values.ts";

/**
 * The keys under which an aggregate is found.
 *
 * - a compute: `dmi:…`, `cloud:…`, `container:…`, `machine_id:…`, `serial:…`, `mac:…`, `hostname:…`, `address:…` (of hardware
 *   interfaces, without prefix), `position:…` in a rack, of whatever room and of this one, and `host:ID` for a guest of it
 * - what is on a compute or ends there, and is no more when that is no more: `of:ID`
 * - a cable: `cable:END` for each end at an interface
 */
export function keysOf({ type, state }: Aggregate): string[] {
  switch (type) {
    case "compute":
      return [
        ...evidenceKeys(state),
        `hostname:${state.hostname}`,
        ...addressKeys(state.interfaces),
        ...positionKeys(state.location),
        ...(state.host === undefined ? [] : [`host:${state.host}`]),
      ];
    case "software":
    case "label":
      return [`of:${state.compute}`];
    case "network":
      return state.scope === undefined ? [] : [`of:${state.scope}`];
    case "connection": {
      const ends = [state.from, state.to].filter((end) => "compute" in end);
      const cabled = state.kind === "cable"
        ? ends.filter((end) => end.interface !== undefined).map((end) => `cable:${endKey(end)}`)
        : [];
      return [...new Set(ends.map(({ compute }) => `of:${compute}`)), ...cabled];
    }
    default:
      return [];
  }
}

/** Addresses that only one machine of a network should have; loopback, link-local and bridges repeat on every host. */
export function addressKeys(
  interfaces: Aggregate<"compute">["state"]["interfaces"],
): string[] {
  return interfaces
    .filter(({ kind }) => kind === undefined || ["ethernet", "wireless", "bond"].includes(kind))
    .flatMap(({ addresses }) => addresses.map((one) => one.slice(0, one.indexOf("/"))))
    .filter((address) => !/^(fe80:|169\.254\.|127\.)/.test(address) && address !== "::1")
    .map((address) => `address:${address}`);
}

type Location = Aggregate<"compute">["state"]["location"];

/** The place of one thing in one rack: in whatever room, and in the room that it is said to be in, if any. */
function positionKeys(location: Location): string[] {
  const place = positionKey(location);
  return place === undefined ? [] : [place, inRoom(place, location?.room)];
}

/**
 * The places of a rack that only one thing should be in. Racks of one name are told apart by their rooms only where both
 * are known.
 */
export function takenPositionKeys(location: Location): string[] {
  const place = positionKey(location);
  if (place === undefined) return [];
  const room = location?.room;
  return room === undefined ? [place] : [inRoom(place, room), inRoom(place, undefined)];
}

function positionKey(location: Location): string | undefined {
  const { site, rack, position } = location ?? {};
  return rack === undefined || position === undefined
    ? undefined
    : `position:${JSON.stringify([site, rack, position])}`;
}

function inRoom(place: string, room: string | undefined): string {
  return `${place} in ${JSON.stringify(room ?? null)}`;
}

/** A map from keys to sets of ids. Nearly all sets are of one id, which is then kept by itself. */
export class IdIndex {
  readonly #ids = new Map<string, string | Set<string>>();

  /** The ids of a key, in an order that depends on them alone and not on the way that led to them. */
  get(key: string): readonly string[] {
    const found = this.#ids.get(key);
    if (found === undefined) return [];
    return typeof found === "string" ? [found] : [...found].sort(byCodeUnit);
  }

  /** The least id of a key but this one, and whether there are more; O(ids of the key). */
  other(key: string, than: string | undefined): { id: string; more: boolean } | undefined {
    const found = this.#ids.get(key);
    if (found === undefined || found === than) return undefined;
    if (typeof found === "string") return { id: found, more: false };
    let least: string | undefined;
    for (const id of found) if (id !== than && (least === undefined || id < least)) least = id;
    if (least === undefined) return undefined;
    return { id: least, more: found.size > (than !== undefined && found.has(than) ? 2 : 1) };
  }

  /** Adds an id to a key; one that is there already is not added. */
  add(key: string, id: string): void {
    const found = this.#ids.get(key);
    if (found === undefined || found === id) this.#ids.set(key, id);
    else if (typeof found === "string") this.#ids.set(key, new Set([found, id]));
    else found.add(id);
  }

  /** Takes an id from a key. */
  remove(key: string, id: string): void {
    const found = this.#ids.get(key);
    if (found === id) this.#ids.delete(key);
    else if (typeof found === "object") {
      found.delete(id);
      if (found.size === 0) this.#ids.delete(key);
    }
  }
}
