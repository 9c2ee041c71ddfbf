/** Plans in lines, for tests. */
import type { Plan } from "../../src/projections/netbox/plan.ts";

/** What a plan does, in a line each. */
export function done({ changes }: Plan): string[] {
  return changes.map(({ action, kind, title, fields }) => {
    const names = action === "create" || action === "remove" || action === "uncable"
      ? ""
      : ` (${Object.keys(fields)})`;
    return `${action} ${kind} ${title}${names}`;
  });
}

/** What is held, and why. */
export function told(held: readonly { title: string; reason: string }[]): string[] {
  return held.map(({ title, reason }) => `${title}: ${reason}`);
}
