/** Where things are: sites, locations (rooms) and racks. */
import { type Compute, type Estate, isVirtual } from "./estate.ts";
import { Names } from "./names.ts";
import type { DesiredObjects } from "./objects.ts";
import { cut, line, MOST, slugOf } from "./text.ts";
import type { Fields } from "../objects.ts";

/** The site of what the log knows none of: NetBox has no device without. */
const UNPLACED = "Unplaced";
/** How many units a rack of NetBox has that nobody said anything else of. */
const USUAL_HEIGHT = 42;

type Location = NonNullable<Compute["state"]["location"]>;

/** Racks of one name in one site. */
interface Racks {
  name: string;
  site: string;
  /** The highest position in each room; undefined is where no room was said. */
  rooms: Map<string | undefined, number>;
}

/** The places, and who is where. */
export class Places {
  /** The slug of the site of each resource. */
  readonly #sites = new Map<string, string>();
  readonly #siteNames = new Names();
  readonly #rooms = new Names();
  readonly #racks = new Map<string, Racks>();
  /** Who is at a place of a rack. */
  readonly #taken = new Map<string, string>();

  constructor(private readonly estate: Estate, private readonly objects: DesiredObjects) {
    for (const one of estate.computes) {
      this.#sites.set(one.id, this.#siteNames.add(this.#knownSite(one) ?? UNPLACED));
      if (one.state.location && !isVirtual(one.state)) this.#take(one.state.location);
    }
    for (const [slug, name] of this.#siteNames) {
      const description = { description: "Of what is here the log does not know where it is" };
      const fields = { slug, ...(name === UNPLACED ? description : {}) };
      const site = {
        kind: "site",
        key: `site:${slug}`,
        title: cut(name, MOST.other),
        fields,
      } as const;
      objects.addNamed(site, name, MOST.other);
    }
    for (const [path, name] of this.#rooms) {
      const [site = "", slug = ""] = path.split("/");
      const fields = { slug, site: { ref: `site:${site}` } };
      const title = cut(name, MOST.other);
      objects.addNamed(
        { kind: "location", key: `location:${path}`, title, fields },
        name,
        MOST.other,
      );
    }
    for (const racks of this.#racks.values()) this.#addRacks(racks);
  }

  /** The key of the site that a resource is in: its own; what runs on another one is where that is. */
  siteOf({ id }: Compute): string {
    return `site:${this.#sites.get(id)}`;
  }

  /** What that site is called. */
  siteNameOf({ id }: Compute): string {
    return this.#siteNames.get(this.#sites.get(id)!)!;
  }

  /** Whether the log knows where it is. */
  isPlaced(compute: Compute): boolean {
    return this.#knownSite(compute) !== undefined;
  }

  /**
   * The site, rack, position and location of a device. The first one at a place of a rack has it; another one is in the
   * rack without a position. The location of what is in a rack is the rack's, which NetBox fills in.
   */
  fieldsOf(device: Compute): Fields {
    const site = { ref: this.siteOf(device) };
    const { location } = device.state;
    if (location?.rack === undefined) {
      const room = location && roomPath(location);
      return room !== undefined && this.objects.has(`location:${room}`)
        ? { site, location: { ref: `location:${room}` } }
        : { site };
    }
    const key = this.#rackOf(location);
    if (!this.objects.has(key)) return { site };
    const { position } = location;
    if (position === undefined || !this.#takes(device, key, position)) {
      return { site, rack: { ref: key } };
    }
    return { site, rack: { ref: key }, position, face: "front" };
  }

  #takes({ id, state: { hostname } }: Compute, rack: string, position: number): boolean {
    const place = `${rack} ${position}`;
    const other = this.#taken.get(place);
    if (other === undefined) {
      this.#taken.set(place, hostname);
      return true;
    }
    return this.objects.refuse(
      { kind: "device", key: id, title: hostname },
      `unit ${position} of its rack is that of ${other} too, and NetBox has one device there: it is in the rack ` +
        "without a position until the log says another one",
    );
  }

  #knownSite(compute: Compute): string | undefined {
    let top = compute;
    for (const one of this.estate.withHosts(compute)) top = one;
    return top.state.location?.site;
  }

  #take(location: Location): void {
    const site = slugOf(location.site);
    const room = roomPath(location);
    if (room !== undefined) this.#rooms.add(location.room!, room);
    if (location.rack === undefined) return;
    const name = line(location.rack);
    const id = racksId(location);
    const known = this.#racks.get(id) ?? { name, site, rooms: new Map() };
    this.#racks.set(id, known);
    if (name < known.name) known.name = name;
    known.rooms.set(room, Math.max(location.position ?? 0, known.rooms.get(room) ?? 0));
  }

  /** A rack in each room. Where one room is known, that is the room of those as well that say none. */
  #addRacks({ name, site, rooms }: Racks): void {
    const [first] = knownRooms(rooms);
    const isOne = first !== undefined && knownRooms(rooms).length === 1;
    for (const [room, position] of rooms) {
      if (isOne && room === undefined) continue;
      const highest = isOne ? Math.max(position, rooms.get(undefined) ?? 0) : position;
      const fields = {
        site: { ref: `site:${site}` },
        ...(room === undefined ? {} : { location: { ref: `location:${room}` } }),
        ...(highest > USUAL_HEIGHT ? { u_height: highest } : {}),
      };
      const key = rackKey(site, room, name);
      this.objects.addNamed(
        { kind: "rack", key, title: cut(name, MOST.other), fields },
        name,
        MOST.other,
      );
    }
  }

  #rackOf(location: Location): string {
    const { name, site, rooms } = this.#racks.get(racksId(location))!;
    const known = knownRooms(rooms);
    return rackKey(site, roomPath(location) ?? (known.length === 1 ? known[0] : undefined), name);
  }
}

function knownRooms(rooms: Racks["rooms"]): string[] {
  return [...rooms.keys()].filter((room) => room !== undefined);
}

function roomPath({ site, room }: Location): string | undefined {
  return room === undefined ? undefined : `${slugOf(site)}/${slugOf(room)}`;
}

function racksId({ site, rack }: Location): string {
  return `${slugOf(site)}/${line(rack!).toLowerCase()}`;
}

function rackKey(site: string, room: string | undefined, name: string): string {
  return `rack:${room ?? `${site}/`}/${name.toLowerCase()}`;
}
