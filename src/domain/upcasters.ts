/** Old versions of events, on their way to the newest: each step from one version to the next. Pure. */
import type { EventType } from "./event_types.ts";

/** The data of an event as some version had it. */
export type OldData = Record<string, unknown>;

/** For each event type, its steps: the first leads from version 1 to 2. */
export type Upcasters = Partial<Record<EventType, readonly ((data: OldData) => OldData)[]>>;

const same = (data: OldData) => data;

/**
 * What has changed since each version. Fields that have only come in need nothing done: their absence says what it
 * said then.
 */
export const UPCASTERS: Upcasters = {
  // 2: evidence/container_id, host, status_reason, findings. 3: location/room.
  ComputeRegistered: [same, same],
  ComputeUpdated: [same, same],
  // 2: location/room.
  ComputeStatusChanged: [same],
  ComputeDecommissioned: [same],
  // 2: findings.
  NetworkDefined: [same],
  // 2: the kind `neighbour`, to/mac_address, findings.
  ConnectionEstablished: [same],
  // 2: covariance.
  ConceptDefined: [same],
};

/**
 * Leads data of a version up to the newest one.
 *
 * @param version of the data, from 1 on
 */
export function upcast(
  type: EventType,
  version: number,
  data: OldData,
  upcasters: Upcasters = UPCASTERS,
): OldData {
  return (upcasters[type] ?? []).slice(version - 1).reduce((older, step) => step(older), data);
}
