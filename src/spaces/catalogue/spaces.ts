/** The spaces that come with the project. */
import type { Domain, Space } from "../space.ts";
import { CAPACITY } from "./capacity.ts";
import { CONNECTION } from "./connection.ts";
import { NETWORK } from "./network.ts";
import { PERFORMANCE } from "./performance.ts";
import { POLICY } from "./policy.ts";
import { RELIABILITY } from "./reliability.ts";
import { SOFTWARE } from "./software.ts";

const RESOURCES = "machines, containers, switches …";
const alone = (domain: Domain): Space => ({
  name: domain.name,
  about: RESOURCES,
  domains: [domain],
});

/**
 * Every space that comes with the project: `compute`, and each of its domains as a space by itself; `software`,
 * `network`, `connection` and `policy`. The read model has a point of each thing in them: of `performance.cpu` it is
 * `performance_cpu` in `compute_positions`. The window that dimensions speak of is the hour that ends with the newest
 * measurement; of what is measured more seldom, the newest value counts until the next is due.
 *
 * @example
 * ```ts
 * import { dimensionsOf, SPACES } from "@cim/infrastructure";
 * import { strictEqual } from "node:assert";
 * const [compute] = SPACES;
 * strictEqual(compute!.name, "compute");
 * strictEqual(dimensionsOf(compute!)[0]!.name, "performance.cpu");
 * ```
 */
export const SPACES: readonly Space[] = [
  { name: "compute", about: RESOURCES, domains: [PERFORMANCE, CAPACITY, RELIABILITY] },
  alone(PERFORMANCE),
  alone(CAPACITY),
  alone(RELIABILITY),
  SOFTWARE,
  NETWORK,
  CONNECTION,
  POLICY,
];
