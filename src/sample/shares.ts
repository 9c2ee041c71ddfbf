/** How many of each kind of resource a fleet has. */
import type { RegisterCompute } from "../domain/compute_schema.ts";
import { MOST_SITES } from "./site.ts";

/** The kinds of resources that a fleet has. */
export type Kind = Exclude<RegisterCompute["resource_type"], "unknown">;

/** Each kind is there at least so often, and of all others so many in a hundred are of it. */
const SHARES: Record<Kind, readonly [least: number, percent: number]> = {
  physical_server: [1, 12],
  virtual_machine: [2, 44],
  container: [1, 20],
  switch: [1, 4],
  router: [1, 2],
  firewall: [1, 2],
  load_balancer: [1, 2],
  storage: [1, 3],
  iot_device: [1, 11],
};

/** One site has about so many resources. */
const RESOURCES_OF_A_SITE = 120;

/**
 * How many of each kind there are among so many resources, and in how many sites.
 *
 * @param resources at least 10
 */
export function sharesOf(resources: number): { kinds: Record<Kind, number>; sites: number } {
  const all = Object.entries(SHARES) as [Kind, readonly [number, number]][];
  const rest = resources - all.reduce((sum, [, [least]]) => sum + least, 0);
  const kinds = Object.fromEntries(
    all.map(([kind, [least, percent]]) => [kind, least + Math.floor(rest * percent / 100)]),
  ) as Record<Kind, number>;
  kinds.virtual_machine += resources - Object.values(kinds).reduce((sum, one) => sum + one, 0);
  const { router, firewall, load_balancer } = kinds;
  const most = Math.min(router, firewall, load_balancer, kinds.switch, MOST_SITES);
  return { kinds, sites: Math.min(most, Math.ceil(resources / RESOURCES_OF_A_SITE)) };
}
