/** Edges → cables. */
import type { EstablishConnection } from "../domain/connection.ts";
import { quote } from "../domain/refusal.ts";
import { byCodeUnit } from "../domain/values.ts";
import type { FilePlace } from "./import_error.ts";
import { linkSpeed } from "./link_speed.ts";
import { type LeftOut, type TopologyFile, valueOf } from "./topology_file.ts";

const FROM = ["sourceport", "source_interface", "source_port", "src_interface", "src_port"];
const TO = ["targetport", "target_interface", "target_port", "dst_interface", "dst_port"];

type End = EstablishConnection["from"];

/** What becomes of the edges of a file. */
export interface Cables {
  cables: { data: EstablishConnection; at: FilePlace }[];
  refused: LeftOut[];
  passedOver: LeftOut[];
}

/**
 * A cable for each edge. A connection is told from others by its ends, so that parallel edges that name no interfaces get
 * some, which say what they are: `to-paris-2` is the plug of the second edge to paris. The first has none, and stays the
 * same cable whatever is laid beside it. In a directed file an edge and its reverse are one cable.
 *
 * @param nameOf the host name of a node, by its id
 */
export function cablesOf(
  { edges, isDirected }: TopologyFile,
  nameOf: (id: string) => string | undefined,
): Cables {
  const found: Cables = { cables: [], refused: [], passedOver: [] };
  const laid = new Map<string, FilePlace>();
  const counts = new Map<string, number>();
  for (const { source, target, attributes, at } of edges) {
    const [from, to] = [nameOf(source), nameOf(target)];
    if (from === undefined || to === undefined) {
      const missing = quote(from === undefined ? source : target);
      found.refused.push({ at, why: `there is no node with the id ${missing}` });
      continue;
    }
    if (from === to) {
      found.passedOver.push({ at, why: `it goes from ${from} to itself` });
      continue;
    }
    const ends = [end(from, valueOf(attributes, ...FROM)), end(to, valueOf(attributes, ...TO))];
    const keys = ends.map((one) => JSON.stringify(one));
    const pair = keys.toSorted(byCodeUnit).join();
    const way = isDirected ? keys.join() : pair;
    const count = (counts.get(way) ?? 0) + 1;
    counts.set(way, count);
    const before = laid.get(`${pair}${count}`);
    if (before) {
      const why = `it is the other direction of the one in line ${before.line}`;
      found.passedOver.push({ at, why });
      continue;
    }
    if (count > 1 && ends.every((one) => one.interface !== undefined)) {
      const why = `it is the cable of line ${laid.get(`${pair}1`)!.line} again`;
      found.passedOver.push({ at, why });
      continue;
    }
    laid.set(`${pair}${count}`, at);
    const speed = linkSpeed(attributes);
    if (speed === null) {
      found.passedOver.push({
        at,
        why: "its speed, which is no number of bits per second; the cable is kept",
      });
    }
    const [one, other] = count === 1
      ? ends
      : [plugged(ends[0]!, to, count), plugged(ends[1]!, from, count)];
    const data: EstablishConnection = { kind: "cable", from: one!, to: other! };
    if (speed) data.speed_bps = speed;
    found.cables.push({ data, at });
  }
  return found;
}

function end(compute: string, name: string | undefined): End {
  return name === undefined ? { compute } : { compute, interface: name };
}

function plugged(end: End, other: string, count: number): End {
  return { ...end, interface: end.interface ?? `to-${other}-${count}` };
}
