/** Spaces of small logs, for the tests of what is perceived. */
import type { Perception, PerceptionOptions } from "../../src/perception/perception.ts";
import { replay } from "../../src/replay/replay.ts";
import { history, type Said } from "../replay/history.ts";

/** What is registered of a resource. */
type Compute = Extract<Said, ["RegisterCompute", unknown]>[1];

/** A byte's 10⁹. */
export const GB = 1e9;

/** A virtual machine is registered, or what `more` says. */
export const machine = (hostname: string, more: Partial<Compute> = {}): Said => [
  "RegisterCompute",
  { hostname, resource_type: "virtual_machine", interfaces: [], ...more },
];

/** One of so many processors and so much memory. */
export const sized = (hostname: string, cpu_cores: number, gigabytes: number): Said =>
  machine(hostname, { cpu_cores, memory_bytes: gigabytes * GB });

/** A concept of the space `capacity` is defined around one prototype. */
export const size = (name: string, cpu: number, gigabytes: number): Said => ["DefineConcept", {
  space: "capacity",
  name,
  prototypes: [{ "capacity.cpu": cpu, "capacity.memory": gigabytes * GB }],
}];

/** Somebody says what a resource is. */
export const label = (compute: string, concept: string, space = "capacity"): Said => [
  "LabelResource",
  { compute, space, concept },
];

/** The space of a log in which all this was said. */
export async function seen(
  space: string,
  said: readonly Said[],
  options: PerceptionOptions = {},
): Promise<Perception> {
  await using model = await replay(await history(...said));
  return await model.space(space, options);
}

/** The paths of numbers in an answer that are none: NaN and the infinite. */
export function oddNumbers(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path}: ${value}`];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, one]) => oddNumbers(one, `${path}/${name}`));
}
