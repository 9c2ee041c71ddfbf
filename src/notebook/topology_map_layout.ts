/** Where the resources of a topology map are: by forces, the same each time. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";
import { hierarchy, tree } from "d3-hierarchy";
import type { DrawnTopology, MappedResource } from "./topology_map_fold.ts";
import { layered } from "./topology_map_layers.ts";

/** A place and a size, in units of the layout: pixels, before it is made to fit. */
export interface Placed {
  x: number;
  y: number;
  r: number;
}

/** A body of the simulation: a group, or a machine with the room that its guests need. */
interface Body extends SimulationNodeDatum {
  x: number;
  y: number;
  /** The radius of all that it is. */
  room: number;
  home?: Body | undefined;
}

/** The radius of a guest, and from each ring of them to the next. */
const GUEST = 3.4;
const RING = 15;
/** Between guests on a ring. */
const BESIDE = 9;
/** Between any two bodies. */
const GAP = 7;
/** Of more that nothing joins, names are not read: they are nearer to each other. */
const MANY_ALONE = 80;
/** As much of a circle is for guests at most; the rest is for the machine's links. */
const FAN = 1.5 * Math.PI;

/** How large a machine is: the more is joined to it, the larger. */
function sizeOf({ neighbours, folded }: MappedResource): number {
  return Math.min(17, 6.5 + 1.9 * Math.sqrt(neighbours) + 0.5 * Math.sqrt(folded));
}

/** The places of all that is drawn, guests too. */
export function layoutOf(drawn: DrawnTopology): Map<MappedResource, Placed> {
  const grouped = new Set(drawn.groups.flatMap(({ members }) => members));
  const { alone = [], joined = [] } = Object.groupBy(
    drawn.machines,
    (one) => one.neighbours + one.guests.length > 0 || grouped.has(one) ? "joined" : "alone",
  );
  const rest = { ...drawn, machines: joined };
  const layers = layered(rest, sizeOf);
  const places = layers
    ? new Map([...layers].map(([one, place]) => [one, { ...place, r: sizeOf(one) }]))
    : forced(rest);
  const [left, right] = [
    Math.min(-330, ...[...places.values()].map(({ x, r }) => x - r)),
    Math.max(330, ...[...places.values()].map(({ x, r }) => x + r)),
  ];
  const [across, down] = alone.length > MANY_ALONE ? [22, 22] : [104, 38];
  const count = Math.floor((right - left) / across);
  const top = Math.max(0, ...[...places.values()].map(({ y, r }) => y + r)) + 64;
  for (const [at, one] of alone.entries()) {
    places.set(one, {
      x: (left + right) / 2 + (at % count - (Math.min(count, alone.length) - 1) / 2) * across,
      y: top + Math.floor(at / count) * down,
      r: sizeOf(one),
    });
  }
  return places;
}

/** By forces: what is joined attracts each other, all else is apart; what is in one group stays together. */
function forced({ machines, links, groups }: DrawnTopology): Map<MappedResource, Placed> {
  const rings = new Map(machines.map((one) => [one, ringsOf(one)]));
  const bodies = new Map(machines.map((one): [MappedResource, Body] => {
    const room = (rings.get(one)!.at(-1) ?? sizeOf(one)) + (one.guests.length > 0 ? GUEST : 0);
    return [one, { x: NaN, y: NaN, room }]; // d3 lets those begin on a spiral
  }));
  const homes = groups.map(({ members }): Body => {
    const area = members.reduce((sum, one) => sum + (bodies.get(one)!.room + GAP) ** 2, 0);
    const home = { x: NaN, y: NaN, room: 1.35 * Math.sqrt(area) + 4 };
    for (const one of members) bodies.get(one)!.home = home;
    return home;
  });
  const joined = links.flatMap(({ from, to, kind }) => {
    const [source, target] = [bodies.get(from), bodies.get(to)];
    return source && target && kind !== "flow" ? [{ source, target }] : [];
  });
  const all = [...bodies.values()];
  if (homes.length > 0) {
    const outer = joined.map(({ source, target }) => ({
      source: source.home ?? source,
      target: target.home ?? target,
    })).filter(({ source, target }) => source !== target);
    settle([...homes, ...all.filter(({ home }) => !home)], outer);
    begin(all);
  }
  settle(all, joined);
  turn(all);
  return placed(machines, bodies, rings, links);
}

/** Members of a group begin around its middle, on a spiral that leaves none beside another (Vogel, 1979). */
function begin(bodies: readonly Body[]): void {
  const placed = new Map<Body, number>();
  for (const body of bodies) {
    const { home } = body;
    if (!home) continue;
    const at = placed.get(home) ?? 0;
    placed.set(home, at + 1);
    const [angle, distance] = [at * Math.PI * (3 - Math.sqrt(5)), 10 * Math.sqrt(0.5 + at)];
    body.x = home.x + distance * Math.cos(angle);
    body.y = home.y + distance * Math.sin(angle);
  }
}

/** Moves bodies until what is joined is near and nothing covers another; members of a group stay in its circle. */
function settle(
  bodies: readonly Body[],
  links: readonly { source: Body; target: Body }[],
): void {
  const isHome = bodies.some(({ home }) => home);
  const ticks = Math.round(Math.min(300, Math.max(60, 60_000 / (bodies.length + 1))));
  const near = ({ source, target }: { source: Body; target: Body }) => source.home === target.home;
  const home = (axis: "x" | "y") => (body: Body) => body.home?.[axis] ?? (isHome ? body[axis] : 0);
  const pull = (body: Body) => body.home ? 0.12 : isHome ? 0.3 : 0.05;
  const degrees = new Map<Body, number>();
  for (const end of links.flatMap(({ source, target }) => [source, target])) {
    degrees.set(end, (degrees.get(end) ?? 0) + 1);
  }
  // Its random numbers, which part what is at one place, are the same each time.
  const simulation = forceSimulation<Body>([...bodies]).stop()
    .alphaDecay(1 - 0.001 ** (1 / ticks))
    .force(
      "links",
      forceLink<Body, { source: Body; target: Body }>(links.map((link) => ({ ...link })))
        .distance(({ source, target }) => source.room + target.room + 26)
        .strength((link) => {
          const least = Math.min(degrees.get(link.source)!, degrees.get(link.target)!);
          return (isHome && !near(link) ? 0.15 : 1) / least;
        }),
    )
    .force(
      "apart",
      forceManyBody<Body>().strength(({ room }) => -60 - 6 * room).distanceMax(450).theta(1.1),
    )
    .force("beside", forceCollide<Body>(({ room }) => room + GAP))
    .force("across", forceX<Body>(home("x")).strength(pull))
    .force("down", forceY<Body>(home("y")).strength((body) => 1.3 * pull(body)));
  for (let at = 0; at < ticks; at++) {
    simulation.tick();
    for (const body of bodies) {
      if (!body.home) continue;
      const [x, y] = [body.x - body.home.x, body.y - body.home.y];
      const most = Math.max(0, body.home.room - body.room) / Math.hypot(x, y);
      if (most < 1) [body.x, body.y] = [body.home.x + x * most, body.home.y + y * most];
    }
  }
}

/** Turns all so that it is wider than it is high: by the principal axis of the places. */
function turn(bodies: readonly Body[]): void {
  const mean = (of: (body: Body) => number) =>
    bodies.reduce((sum, body) => sum + of(body), 0) / (bodies.length || 1);
  const [x, y] = [mean((body) => body.x), mean((body) => body.y)];
  const [xx, yy, xy] = [
    mean((body) => (body.x - x) ** 2),
    mean((body) => (body.y - y) ** 2),
    mean((body) => (body.x - x) * (body.y - y)),
  ];
  const angle = -Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (const body of bodies) {
    const [across, down] = [body.x - x, body.y - y];
    [body.x, body.y] = [across * cos - down * sin, across * sin + down * cos];
  }
}

/** How far from a machine each ring of guests is: as far as so many need. */
function ringsOf(machine: MappedResource): number[] {
  const rings: number[] = [];
  let last = sizeOf(machine) + 2;
  for (let ring = machine.guests; ring.length > 0; ring = ring.flatMap(({ guests }) => guests)) {
    last = Math.max(last + RING, ring.length * BESIDE / FAN);
    rings.push(last);
  }
  return rings;
}

/** The machines where they are, and their guests as a fan that is turned away from what the machine is joined to. */
function placed(
  machines: readonly MappedResource[],
  bodies: ReadonlyMap<MappedResource, Body>,
  rings: ReadonlyMap<MappedResource, readonly number[]>,
  links: DrawnTopology["links"],
): Map<MappedResource, Placed> {
  const toward = new Map<MappedResource, [x: number, y: number]>();
  const look = (one: MappedResource, other: MappedResource) => {
    const [from, to] = [bodies.get(one), bodies.get(other)];
    if (!from || !to) return;
    const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const [x, y] = toward.get(one) ?? [0, 0];
    toward.set(one, [x + (to.x - from.x) / distance, y + (to.y - from.y) / distance]);
  };
  for (const { from, to, kind } of links) {
    if (kind === "flow") continue;
    look(from, to);
    look(to, from);
  }
  const places = new Map<MappedResource, Placed>();
  for (const machine of machines) {
    const { x, y } = bodies.get(machine)!;
    places.set(machine, { x, y, r: sizeOf(machine) });
    const radii = rings.get(machine)!;
    if (radii.length === 0) continue;
    const [toX, toY] = toward.get(machine) ?? [0, 1];
    const middle = Math.atan2(-toY, -toX);
    const root = tree<MappedResource>().size([1, 1]).separation((a, b) =>
      a.parent === b.parent ? 1 : 1.4
    )(hierarchy(machine, ({ guests }) => guests));
    const widest = Math.max(
      ...radii.map((radius, at) =>
        BESIDE * 1.4 * root.descendants().filter(({ depth }) => depth === at + 1).length / radius
      ),
    );
    const fan = Math.min(FAN, widest);
    root.each(({ data, depth, x: across }) => {
      if (depth === 0) return;
      const angle = middle + (across - 0.5) * fan;
      const distance = radii[depth - 1]!;
      places.set(data, {
        x: x + distance * Math.cos(angle),
        y: y + distance * Math.sin(angle),
        r: GUEST,
      });
    });
  }
  return places;
}
