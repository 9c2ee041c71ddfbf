/** Alerts as they come and go. */
import type { Alert } from "./alerts.ts";

/** What has changed since the alerts were looked at before. */
export interface AlertChange {
  /** Those that fire now and did not. */
  fired: Alert[];
  /** Those that are over. */
  resolved: Alert[];
  /** All that fire. */
  firing: Alert[];
}

/**
 * Tells of two looks at all alerts what has changed between them. Nothing has to be remembered but which ones fired:
 * alerts are made anew from the log each time, with the same beginnings, so that also a watch that is started again says
 * nothing else than the one before.
 */
export class AlertWatch {
  #firing = new Map<string, Alert>();

  /** Takes all alerts there ever were, as of now. */
  look(alerts: readonly Alert[]): AlertChange {
    const before = this.#firing;
    const now = new Map(
      alerts.filter(({ state }) => state === "firing").map((alert) => [keyOf(alert), alert]),
    );
    const known = new Map(alerts.map((alert) => [keyOf(alert), alert]));
    this.#firing = now;
    return {
      fired: [...now].filter(([key]) => !before.has(key)).map(([, alert]) => alert),
      // What a late measurement has shown never to have been is over as well, from its beginning on.
      resolved: [...before].filter(([key]) => !now.has(key)).map(([key, alert]) => {
        const end = known.get(key);
        return end?.state === "resolved"
          ? end
          : { ...alert, state: "resolved", resolved_at: alert.fired_at! };
      }),
      firing: [...now.values()],
    };
  }
}

/**
 * What is to be told an Alertmanager as over: what it has not taken yet, and what is over now. Not what fires again, or
 * since another moment as a late measurement has shown: its alerts are told by policy and resource, and the last counts.
 */
export function toldAsOver(untold: readonly Alert[], { resolved, firing }: AlertChange): Alert[] {
  const label = ({ policy, resource }: Alert) => `${policy}\0${resource}`;
  const still = new Set(firing.map(label));
  return [...untold, ...resolved].filter((alert) => !still.has(label(alert)));
}

function keyOf({ policy, resource, since }: Alert): string {
  return `${policy}\0${resource}\0${since}`;
}
