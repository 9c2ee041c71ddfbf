/** What of a step goes into the graph: written as a whole, in the transaction of the checkpoint. */
import type { EventData } from "../../domain/event_types.ts";
import type { Asking } from "./asking.ts";
import { enforce } from "./enforce.ts";
import type { Folded } from "./fold.ts";
import { Rows } from "./rows.ts";
import * as cypher from "./statements.ts";

type Compute = EventData["ComputeRegistered"];
/** A resource that is there, and the JSON of all that is known of it. */
interface Kept {
  id: string;
  state: string;
}

/**
 * Writes what a step comes to. The graph is then that of the events applied, in whatever steps and, but for those of one
 * aggregate, in whatever order they came: what an event says is written as it is, and what lies between things is made
 * anew from both.
 */
export async function write(ask: Asking, folded: Folded): Promise<void> {
  const rows = new Rows(ask.graph);
  const { states, ended } = folded;
  const loose = new Set<string>();
  const loosen = (found: readonly { id: string }[]) => {
    for (const { id } of found) loose.add(id);
  };

  loosen(await ask.ids(cypher.LOOSE_NEIGHBOURS, [...ended.compute, ...ended.software]));
  loosen(await ask.ids(cypher.LOOSE_ENDS, ended.connection));
  await ask.ids(cypher.SEVER, ended.connection);
  await ask.ids(cypher.REMOVE, [...ended.software, ...ended.policy]);
  const prefixes = new Set<string>();
  const note = (found: readonly { id: string }[]) => {
    for (const { id } of found) prefixes.add(id);
  };
  note(await ask.ids(cypher.REMOVE_NETWORKS, ended.network));
  for (const statement of cypher.DISOWN) await ask.ids(statement, ended.compute);

  await ask.rows(cypher.COMPUTES, folded.list("compute").map((one) => rows.compute(one)));
  const networks = folded.list("network").map((one) => rows.network(one));
  note(await ask.rows(cypher.NETWORKS, networks.filter(({ scope }) => scope === undefined)));
  note(await ask.rows(cypher.SCOPED_NETWORKS, networks.filter(({ scope }) => scope !== undefined)));
  await ask.rows(cypher.SOFTWARE, folded.list("software").map((one) => rows.software(one)));
  await ask.rows(cypher.POLICIES, folded.list("policy").map((one) => rows.policy(one)));
  const connections = folded.list("connection").map((one) => rows.connection(one));
  const isToAddress = ({ address }: typeof connections[number]) => address !== undefined;
  await ask.rows(cypher.CONNECTIONS, connections.filter((one) => !isToAddress(one)));
  await ask.rows(cypher.ADDRESS_CONNECTIONS, connections.filter(isToAddress));
  for (const { from, to } of connections) {
    // Where one end is no more, the other may have been made for nothing.
    for (const end of [from, to] as string[]) if (!states.compute.has(end)) loose.add(end);
  }

  const computes = new Map<string, Compute>();
  for (const { id, state } of await ask.ids<Kept>(cypher.RESOURCES_OF_PREFIXES, prefixes)) {
    computes.set(id, JSON.parse(state));
  }
  for (const { id, data } of folded.list("compute")) computes.set(id, data);
  loosen(await ask.ids(cypher.LOOSE_TARGETS, computes.keys()));
  for (const statement of cypher.CLEAR) await ask.ids(statement, computes.keys());
  const ofEach = <T>(make: (id: string, data: Compute) => T[]) =>
    [...computes].flatMap(([id, data]) => make(id, data));
  await ask.rows(cypher.INTERFACES, ofEach((id, data) => rows.interfaces(id, data)));
  await ask.rows(cypher.MEMBERSHIPS, ofEach((id, data) => rows.addresses(id, data)));
  const routes = ofEach((id, data) => rows.routes(id, data));
  await ask.rows(cypher.ROUTES, routes);
  await ask.rows(cypher.PREFIX_ROUTES, routes);
  await ask.rows(
    cypher.HOSTS,
    ofEach((compute, { host }) => host === undefined ? [] : [{ compute, host }]),
  );

  await enforce(ask, folded);
  await ask.ids(cypher.SWEEP, loose);
}
