/** Places: sites with their racks, prefixes and addresses. */

/** The networks that each site has: what they are called, and their VLAN (IEEE 802.1Q). */
export const VLANS = {
  management: 10,
  servers: 20,
  guests: 30,
  containers: 40,
  storage: 50,
  devices: 60,
} as const;

/** The name of a network of a site. */
export type Vlan = keyof typeof VLANS;

const HOURS = 3_600_000;
/** Where the sites are, and by how much their clocks are ahead of UTC, in hours. */
const PLACES: readonly [name: string, ahead: number][] = [
  ["berlin", 1],
  ["dublin", 0],
  ["oslo", 1],
  ["lisbon", 0],
  ["vilnius", 2],
  ["montreal", -5],
  ["singapore", 8],
  ["zurich", 1],
];
/** Every rack has so many units; network gear is at the top, servers of two units each fill it from below. */
const RACK_UNITS = 42;
const FIRST_UNIT = 2;
const GEAR_UNITS = 6;
const SERVER_UNITS = 2;

/** There are no more sites than that, because there are no more prefixes. */
export const MOST_SITES = 250;

/** A site. Its prefix is 10.S.0.0/16, and each of its networks a /20 of it; the first address of each is its gateway. */
export class Site {
  readonly name: string;
  readonly zone: number;
  /** The VRF of its networks. */
  readonly vrf: string;
  readonly #octet: number;
  readonly #used = new Map<Vlan, number>();
  readonly #units = new Map<string, { low: number; high: number }>();
  #rack = 0;

  /** @param index from 0 on, below {@linkcode MOST_SITES} */
  constructor(readonly index: number) {
    const [place, ahead] = PLACES[index % PLACES.length]!;
    const round = Math.floor(index / PLACES.length);
    this.name = round === 0 ? place : `${place}-${round + 1}`;
    this.zone = ahead * HOURS;
    this.#octet = index + 1;
    this.vrf = this.name;
  }

  /** The prefix that all of its networks are part of. */
  get prefix(): string {
    return `10.${this.#octet}.0.0/16`;
  }

  /** The prefix of a network that nobody uses, and that is given up one day. */
  get laboratory(): string {
    return `10.${this.#octet}.240.0/24`;
  }

  /** The prefix of one of its networks. */
  cidr(vlan: Vlan): string {
    return `10.${this.#octet}.${this.#third(vlan)}.0/20`;
  }

  /** The address of that network's gateway. */
  gateway(vlan: Vlan): string {
    return `10.${this.#octet}.${this.#third(vlan)}.1`;
  }

  /** An address that nobody has had there, with its prefix: `10.1.32.7/20`. */
  address(vlan: Vlan): string {
    const host = (this.#used.get(vlan) ?? 9) + 1;
    this.#used.set(vlan, host);
    return `10.${this.#octet}.${this.#third(vlan) + (host >> 8 & 15)}.${host & 255}/20`;
  }

  /** A place in a rack: for network gear from the top down, for a server two units from below. */
  place(of: "gear" | "server", rack: string): { site: string; rack: string; position: number } {
    let units = this.#units.get(rack);
    if (!units) this.#units.set(rack, units = { low: FIRST_UNIT, high: RACK_UNITS });
    if (of === "gear") return { site: this.name, rack, position: units.high-- };
    const position = units.low;
    units.low += SERVER_UNITS;
    return { site: this.name, rack, position };
  }

  /** A new rack. */
  addRack(): string {
    return `r${String(++this.#rack).padStart(2, "0")}`;
  }

  /** Whether there is room for one more server in a rack. */
  hasRoom(rack: string): boolean {
    return (this.#units.get(rack)?.low ?? FIRST_UNIT) + SERVER_UNITS <= RACK_UNITS - GEAR_UNITS;
  }

  #third(vlan: Vlan): number {
    return VLANS[vlan] / 10 * 16;
  }
}
