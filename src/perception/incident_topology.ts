/** Which resources have to do with each other. */
import type { Asked } from "./thing.ts";

/**
 * Whether two resources were neighbours at a moment.
 *
 * @param at milliseconds since 1970
 */
export type Connected = (one: string, other: string, at: number) => boolean;

/** What was severed, or has moved, within an hour still counts: its loss may be what happened. */
const RECENT = 3_600_000;

/** Neighbours: what is connected by cable or wireless, talks to each other (a flow), or is in one rack of a site. */
export async function connectedOf(model: Asked): Promise<Connected> {
  const { values: connections } = await model.query(
    `SELECT from_compute_id::VARCHAR, to_compute_id::VARCHAR, epoch_ms(valid_from), epoch_ms(valid_to)
     FROM connections_history WHERE to_compute_id IS NOT NULL`,
  );
  const { values: locations } = await model.query(
    `SELECT compute_id::VARCHAR, site, rack, epoch_ms(valid_from), epoch_ms(valid_to)
     FROM locations_history WHERE rack IS NOT NULL`,
  );
  const periods = Map.groupBy(
    connections.map(([one, other, from, to]) => ({
      pair: pairOf(String(one), String(other)),
      from: Number(from),
      to: to === null ? Infinity : Number(to) + RECENT,
    })),
    ({ pair }) => pair,
  );
  const racks = Map.groupBy(
    locations.map(([id, site, rack, from, to]) => ({
      id: String(id),
      place: JSON.stringify([site, rack]),
      from: Number(from),
      to: to === null ? Infinity : Number(to),
    })),
    ({ id }) => id,
  );
  const rackAt = (id: string, at: number) =>
    racks.get(id)?.find(({ from, to }) => from <= at && at < to)?.place;
  return (one, other, at) => {
    const rack = rackAt(one, at);
    if (rack !== undefined && rack === rackAt(other, at)) return true;
    return periods.get(pairOf(one, other))?.some(({ from, to }) => from <= at && at < to) ?? false;
  };
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
