/** Cables between interfaces, through whatever patch panels there are on the way. */
import type { ConnectionState, EstablishConnection } from "../../domain/connection.ts";
import { endKey } from "../../domain/connection_ends.ts";
import type { Inventory } from "../../domain/inventory.ts";
import type { NetBoxRow } from "../../projections/netbox/client.ts";
import { choice, idIn, listed, type Nested, type NetBoxContent, text } from "./content.ts";
import { TAGS } from "./machine_facts.ts";
import { ownId } from "./machines.ts";
import { type NetBoxCommand, type NetBoxLeftOut, OWN, placeOf } from "./told.ts";

type End = EstablishConnection["from"];

/** What a cable may lead through. */
const THROUGH = new Set(["dcim.interface", "dcim.frontport", "dcim.rearport"]);

/** What is needed besides the cables. */
export interface CablesOptions {
  /** How commands name a machine, by its key. */
  referenceOf: (key: string) => string | undefined;
  /** The id in the log of a machine, by its key. */
  idOf: (key: string) => string | undefined;
  inventory: Inventory;
  /** Of the NetBox. */
  url: string;
}

/**
 * A cable for each pair of interfaces that NetBox says are connected. Where one of them has another cable in the log, and
 * that leads to a machine of this NetBox, it was moved: that one is severed first.
 */
export function cableCommands(
  { interface: interfaces, cable: cables }: Pick<NetBoxContent, "interface" | "cable">,
  options: CablesOptions,
  passedOver: NetBoxLeftOut[],
): NetBoxCommand[] {
  const { inventory } = options;
  const own = new Set(cables.filter((row) => ownId(row, inventory)).map(({ id }) => id));
  for (const row of cables) {
    const why = own.has(row.id) ? OWN : unfit(row);
    if (why !== undefined) passedOver.push({ at: placeOf("cable", row), why });
  }
  const laid = new Set<string>();
  const [severed, established]: [NetBoxCommand[], NetBoxCommand[]] = [[], []];
  for (const row of interfaces) {
    const cable = idIn(row, "cable");
    const isEnd = text(row, "connected_endpoints_type") === "dcim.interface" &&
      row["connected_endpoints_reachable"] === true;
    if (cable === undefined || own.has(cable) || !isEnd) continue;
    const at = placeOf("interface", row);
    const leaveOut = (why: string) => passedOver.push({ at, why });
    const [to, ...others] = listed(row, "connected_endpoints");
    if (to === undefined) continue;
    if (others.length > 0) {
      leaveOut("its cable, which leads to several interfaces");
      continue;
    }
    const pair = [row.id, Number(to["id"])].sort((a, b) => a - b).join();
    if (laid.size === laid.add(pair).size) continue; // told from its other end
    const ends = [endOf(row, options.referenceOf), endOf(to, options.referenceOf)];
    const [from, far] = ends;
    if (!from || !far) {
      leaveOut("its cable, which ends at something that is not imported");
      continue;
    }
    const known = [endOf(row, options.idOf), endOf(to, options.idOf)];
    severed.push(
      ...moved(known, options).map((data) => ({
        command: "SeverConnection" as const,
        data,
        at,
      })),
    );
    established.push({
      command: "EstablishConnection",
      data: { kind: "cable", from, to: far },
      at,
    });
  }
  return [...severed, ...established];
}

/** Why a cable is none between interfaces that are connected now. */
function unfit(row: NetBoxRow): string | undefined {
  const status = choice(row, "status");
  if (status !== undefined && status !== "connected") return `it is ${status}, and not connected`;
  const types = ["a_terminations", "b_terminations"].flatMap((side) => listed(row, side))
    .map((end) => text(end, "object_type") ?? "nothing");
  const other = types.find((type) => !THROUGH.has(type));
  if (types.length === 0) return "it has no ends";
  return other && `it ends at what is no interface (${other.replace("dcim.", "")})`;
}

function endOf(link: Nested, nameOf: (key: string) => string | undefined): End | undefined {
  const device = idIn(link, "device");
  const compute = device === undefined ? undefined : nameOf(`device ${device}`);
  const name = text(link, "name");
  return compute === undefined || name === undefined ? undefined : { compute, interface: name };
}

/** The cables of the log that are where NetBox has another one, between machines of this NetBox. */
function moved(
  ends: readonly (End | undefined)[],
  { inventory, url }: CablesOptions,
): Pick<ConnectionState, "kind" | "from" | "to">[] {
  const here = ends.filter((end) => end !== undefined);
  const keys = here.map(endKey);
  const others = new Map(
    keys.flatMap((key) => inventory.idsWith(`cable:${key}`)).map((id) => [
      id,
      inventory.get("connection", id)!.state,
    ]),
  );
  return [...others.values()].filter(({ from, to }) =>
    !(keys.includes(endKey(from)) && keys.includes(endKey(to))) &&
    [from, to].every((end) => {
      const tags = "compute" in end && inventory.get("compute", end.compute)?.state.tags;
      return tags && tags[TAGS.address]?.startsWith(`${url}/`);
    })
  ).map(({ kind, from, to }) => ({ kind, from, to }));
}
