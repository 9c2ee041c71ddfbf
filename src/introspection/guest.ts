/** Containers and virtual machines as their host sees them. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { byCodeUnit } from "../domain/values.ts";

/**
 * What a host knows of a guest; whose guest it is, is said where the host's id is known. A guest that introspects
 * itself knows more, and is recognised by the evidence that both see: its container id, DMI UUID or machine id.
 */
export type Guest = Omit<RegisterCompute, "host">;

/** A guest's tag for what it does, in its manager's word: `running`, `exited`, `paused`, `shutoff` … */
export const GUEST_STATE = "guest.state";

/** Guests without those said before, by the same evidence, sorted by name and evidence. */
export function distinct(guests: readonly Guest[]): Guest[] {
  const byEvidence = new Map<string, Guest>();
  for (const guest of guests) {
    const key = JSON.stringify(guest.evidence);
    if (!byEvidence.has(key)) byEvidence.set(key, guest);
  }
  return [...byEvidence].sort(([key, guest], [otherKey, other]) =>
    byCodeUnit(guest.hostname, other.hostname) || byCodeUnit(key, otherKey)
  ).map(([, guest]) => guest);
}
